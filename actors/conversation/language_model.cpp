#include "actors/conversation/language_model.hpp"

#include <llama.h>

#include <algorithm>
#include <mutex>

namespace dhr {
namespace {

// llama.cpp has one log per process and calls it from any thread.
struct log_route {
  std::mutex mutex;
  language_log sink;
  std::string line;  // llama.cpp sends lines in parts
  language_log_level level = language_log_level::info;
};

log_route& route() {
  static log_route instance;
  return instance;
}

void take_log(ggml_log_level level, const char* text, void*) {
  log_route& log = route();
  const std::lock_guard guard{log.mutex};
  switch (level) {
    case GGML_LOG_LEVEL_ERROR:
      log.level = language_log_level::error;
      break;
    case GGML_LOG_LEVEL_WARN:
      log.level = language_log_level::warning;
      break;
    case GGML_LOG_LEVEL_INFO:
      log.level = language_log_level::info;
      break;
    case GGML_LOG_LEVEL_CONT:
      break;
    default:
      log.level = language_log_level::debug;
  }
  log.line += text;
  while (true) {
    const std::size_t end = log.line.find('\n');
    if (end == std::string::npos) return;
    if (log.sink && end > 0) log.sink(log.level, std::string_view{log.line}.substr(0, end));
    log.line.erase(0, end + 1);
  }
}

}  // namespace

void set_language_log(language_log sink) {
  {
    const std::lock_guard guard{route().mutex};
    route().sink = std::move(sink);
  }
  llama_log_set(take_log, nullptr);
}

language_model::language_model(::llama_model* model) : model_{model} {
  if (const char* text = llama_model_chat_template(model_, nullptr)) template_ = text;
  const llama_vocab* vocab = llama_model_get_vocab(model_);
  for (llama_token token = 0; token < llama_vocab_n_tokens(vocab); ++token) {
    if (!llama_vocab_is_control(vocab, token)) continue;
    const char* text = llama_vocab_get_text(vocab, token);
    if (text != nullptr && std::string_view{text}.size() > 1) control_texts_.emplace_back(text);
  }
}

language_model::~language_model() { llama_model_free(model_); }

result<std::shared_ptr<const language_model>> language_model::load(const std::string& path) {
  static std::once_flag backend;
  std::call_once(backend, [] { llama_backend_init(); });
  llama_model_params params = llama_model_default_params();
  params.n_gpu_layers = 0;
  ::llama_model* handle = llama_model_load_from_file(path.c_str(), params);
  if (handle == nullptr) {
    return fail(errc::unavailable, "the language model can't be loaded from " + path, path);
  }
  std::shared_ptr<const language_model> model{new language_model{handle}};
  const auto probe = model->tokenize_chat({{"user", "Hello"}}, true);
  if (!probe) {
    return fail(errc::unavailable, "the language model has no chat template that llama.cpp knows",
                path);
  }
  return model;
}

std::string language_model::precision() const {
  return llama_ftype_name(llama_model_ftype(model_));
}

std::string language_model::without_control_tokens(std::string text) const {
  for (const auto& control : control_texts_) {
    for (std::size_t at = text.find(control); at != std::string::npos;
         at = text.find(control, at)) {
      text.insert(at + 1, 1, ' ');
    }
  }
  return text;
}

std::vector<language_token> language_model::tokenize(std::string_view text, bool is_prompt) const {
  const llama_vocab* vocab = llama_model_get_vocab(model_);
  std::vector<language_token> tokens(text.size() + 8);
  const auto length = static_cast<std::int32_t>(text.size());
  const int count = llama_tokenize(vocab, text.data(), length, tokens.data(),
                                   static_cast<std::int32_t>(tokens.size()), is_prompt, is_prompt);
  tokens.resize(static_cast<std::size_t>(std::max(0, count)));
  return tokens;
}

result<std::vector<language_token>> language_model::tokenize_chat(
    const std::vector<chat_message>& messages, bool opens_reply) const {
  std::vector<chat_message> safe;
  std::vector<llama_chat_message> chat;
  std::size_t size = 256;
  safe.reserve(messages.size());
  for (const auto& message : messages) {
    safe.push_back({message.role, without_control_tokens(message.content)});
    chat.push_back({safe.back().role.c_str(), safe.back().content.c_str()});
    size += 64 + 2 * safe.back().content.size();
  }
  std::string text(size, '\0');
  const auto render = [&] {
    return llama_chat_apply_template(template_.c_str(), chat.data(), chat.size(), opens_reply,
                                     text.data(), static_cast<std::int32_t>(text.size()));
  };
  int length = render();
  if (length > static_cast<int>(text.size())) {
    text.resize(static_cast<std::size_t>(length));
    length = render();
  }
  if (length < 0) {
    return fail(errc::failed, "the messages don't fit the model's chat template", "messages");
  }
  text.resize(static_cast<std::size_t>(length));
  return tokenize(text, true);
}

std::string language_model::piece(language_token token) const {
  const llama_vocab* vocab = llama_model_get_vocab(model_);
  std::string bytes(64, '\0');
  int length = llama_token_to_piece(vocab, token, bytes.data(), 64, 0, false);
  if (length < 0) {
    bytes.resize(static_cast<std::size_t>(-length));
    length = llama_token_to_piece(vocab, token, bytes.data(), -length, 0, false);
  }
  bytes.resize(static_cast<std::size_t>(std::max(0, length)));
  return bytes;
}

bool language_model::ends_reply(language_token token) const {
  const llama_vocab* vocab = llama_model_get_vocab(model_);
  return llama_vocab_is_eog(vocab, token) || llama_vocab_is_control(vocab, token);
}

int language_model::count(std::string_view text) const {
  return static_cast<int>(tokenize(text, false).size());
}

token_counter make_token_counter(std::shared_ptr<const language_model> model) {
  return [model = std::move(model)](std::string_view text) { return model->count(text); };
}

void sampler_deleter::operator()(::llama_sampler* sampler) const { llama_sampler_free(sampler); }

sampler_handle make_sampler(const sampling_options& options, const repeat_penalty& penalty,
                            std::uint32_t seed) {
  sampler_handle chain{llama_sampler_chain_init(llama_sampler_chain_default_params())};
  const auto add = [&](::llama_sampler* sampler) { llama_sampler_chain_add(chain.get(), sampler); };
  // First of all, so that everything after it looks at a few tokens and not at the vocabulary.
  add(llama_sampler_init_top_k(40));
  // The size of the vocabulary only matters for penalties over more than the candidates given.
  add(llama_sampler_init_penalties(0, penalty.tokens, penalty.factor, 0, 0));
  if (options.temperature <= 0) {
    add(llama_sampler_init_greedy());
  } else {
    add(llama_sampler_init_top_p(static_cast<float>(options.top_p), 1));
    add(llama_sampler_init_temp(static_cast<float>(options.temperature)));
    add(llama_sampler_init_dist(seed));
  }
  return chain;
}

std::uint32_t seed_of(const turn_id& turn) {
  std::uint32_t hash = 2166136261U;
  for (const char c : to_string(turn)) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  }
  // All ones asks llama.cpp for a random seed.
  return hash == LLAMA_DEFAULT_SEED ? 1 : hash;
}

}  // namespace dhr
