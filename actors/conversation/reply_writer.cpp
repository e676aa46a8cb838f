#include "actors/conversation/reply_writer.hpp"

#include <llama.h>

#include <cmath>

#include "actors/conversation/tool_call_table.hpp"

namespace dhr {
namespace {

// As much of the tag as nobody would begin to speak with.
constexpr std::string_view sure_of_call = tool_call_tag.substr(0, 5);

std::vector<llama_token_data> candidates_of(::llama_context* context, int logits_at,
                                            const language_model& model) {
  const float* logits = llama_get_logits_ith(context, logits_at);
  const int size = llama_vocab_n_tokens(llama_model_get_vocab(model.handle()));
  std::vector<llama_token_data> candidates(static_cast<std::size_t>(size));
  for (int token = 0; token < size; ++token) {
    candidates[static_cast<std::size_t>(token)] = {token, logits[token], 0};
  }
  return candidates;
}

language_token choose(::llama_sampler* sampler, llama_token_data_array& candidates) {
  llama_sampler_apply(sampler, &candidates);
  return candidates.data[candidates.selected].id;
}

}  // namespace

result<reply_writer> reply_writer::make(std::shared_ptr<const language_model> model,
                                        const generate& request, const repeat_penalty& penalty,
                                        int tokens_max) {
  reply_writer writer;
  writer.model_ = std::move(model);
  writer.turn_ = request.turn;
  writer.tokens_max_ = tokens_max;
  writer.sampler_ = make_sampler(request.sampling, penalty, seed_of(request.turn));
  DHR_TRY(writer.bind(request));
  return writer;
}

result<void> reply_writer::bind(const generate& request) {
  const reply_form form = form_of(request);
  if (form == reply_form::words) return ok();
  tags_.emplace();
  std::string grammar = words_first_grammar;
  mode_ = mode::first_word;
  if (form != reply_form::words_first) {
    DHR_TRY(grammar, tool_call_grammar(request));
    mode_ = form == reply_form::call ? mode::call : mode::undecided;
  }
  const llama_vocab* vocab = llama_model_get_vocab(model_->handle());
  grammar_.reset(llama_sampler_init_grammar(vocab, grammar.c_str(), "root"));
  if (grammar_) return ok();
  return fail(errc::invalid_argument, "the tools' schemas make no grammar for the model", "tools");
}

bool reply_writer::allows(language_token token) const {
  llama_token_data candidate{token, 1, 0};
  llama_token_data_array candidates{&candidate, 1, -1, false};
  llama_sampler_apply(grammar_.get(), &candidates);
  return !std::isinf(candidate.logit);
}

// The model's own choice if the grammar allows it, since asking the grammar about the whole
// vocabulary takes milliseconds.
std::optional<language_token> reply_writer::pick_allowed(::llama_context* context, int logits_at) {
  auto all = candidates_of(context, logits_at, *model_);
  llama_token_data_array candidates{all.data(), all.size(), -1, false};
  language_token token = choose(sampler_.get(), candidates);
  if (!allows(token)) {
    all = candidates_of(context, logits_at, *model_);
    candidates = {all.data(), all.size(), -1, false};
    llama_sampler_apply(grammar_.get(), &candidates);
    token = choose(sampler_.get(), candidates);
    if (!allows(token)) return std::nullopt;
  }
  llama_sampler_accept(sampler_.get(), token);
  llama_sampler_accept(grammar_.get(), token);
  return token;
}

std::optional<language_token> reply_writer::pick(::llama_context* context, int logits_at) {
  if (mode_ == mode::call || mode_ == mode::first_word) return pick_allowed(context, logits_at);
  return llama_sampler_sample(sampler_.get(), context, logits_at);
}

void reply_writer::say(std::string text, std::vector<generation_event>& events) {
  if (tags_) text = tags_->push(text);
  if (!text.empty()) events.push_back(token_piece{turn_, std::move(text)});
}

void reply_writer::call(const std::string& text, std::vector<generation_event>& events) {
  auto news = reader_.push(text);
  if (news.name.empty() && news.arguments.empty()) return;
  auto id = news.name.empty() ? std::string{} : make_call_id(turn_, 0);
  events.push_back(
      tool_call_piece{turn_, 0, std::move(id), std::move(news.name), std::move(news.arguments)});
}

// Whether the reply can still become a call, or is sure to.
void reply_writer::decide(language_token token) {
  if (!allows(token)) {
    mode_ = mode::speech;
    grammar_.reset();
    return;
  }
  llama_sampler_accept(grammar_.get(), token);
  if ((held_ + model_->piece(token)).starts_with(sure_of_call)) mode_ = mode::call;
}

reply_writer::step reply_writer::end_speech(finish_reason reason,
                                            std::vector<generation_event>& events) {
  say(std::exchange(held_, {}) + gate_.finish(), events);
  auto rest = tags_ ? std::exchange(tags_, {})->finish() : std::string{};
  say(std::move(rest), events);
  return {0, reason, {}};
}

reply_writer::step reply_writer::write(::llama_context* context, int logits_at,
                                       std::vector<generation_event>& events) {
  const auto token = pick(context, logits_at);
  if (!token) {
    return {0,
            {},
            error{errc::failed, "the model found no word that its grammar allows", "embedded", {}}};
  }
  if (mode_ != mode::call && model_->ends_reply(*token)) {
    return end_speech(finish_reason::stop, events);
  }
  ++written_;
  if (mode_ == mode::first_word) mode_ = mode::speech;
  if (mode_ == mode::undecided) decide(*token);
  std::string text = std::exchange(held_, {}) + gate_.push(model_->piece(*token));
  const bool full = written_ >= tokens_max_;
  switch (mode_) {
    case mode::undecided:
      held_ = std::move(text);
      break;
    case mode::speech:
    case mode::first_word:
      say(std::move(text), events);
      break;
    case mode::call:
      call(text, events);
      if (reader_.is_whole()) return {0, finish_reason::tool_calls, {}};
      if (full) {
        return {0,
                {},
                error{errc::failed,
                      "the reply's longest length cut the call of '" + reader_.name() + "' off",
                      "embedded",
                      {}}};
      }
      break;
  }
  if (tags_ && tags_->is_shut()) return end_speech(finish_reason::stop, events);
  if (full) return end_speech(finish_reason::max_tokens, events);
  return {*token, {}, {}};
}

}  // namespace dhr
