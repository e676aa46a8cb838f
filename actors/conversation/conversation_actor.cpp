#include "actors/conversation/conversation_actor.hpp"

#include <algorithm>

#include "actors/conversation/tool_prompt.hpp"

namespace dhr {

conversation_state::~conversation_state() {
  if (reply_ && !engine_down_) caf::anon_send(engine_, cancel_generation{reply_->turn});
}

void conversation_state::start(pointer self, conversation_client session, engine_actor engine,
                               conversation_config config, token_counter count) {
  self_ = self;
  session_ = std::move(session);
  engine_ = std::move(engine);
  config_ = config;
  count_ = std::move(count);
  self->monitor(session_);
  self->monitor(engine_);
  self->set_down_handler([self](const caf::down_msg& message) { self->state.down(message); });
}

bool conversation_state::is_current(const turn_id& turn) const {
  return reply_ && reply_->turn == turn;
}

int conversation_state::count_remembered(std::string_view text) {
  const auto [entry, is_new] = counted_.try_emplace(std::hash<std::string_view>{}(text), 0);
  if (is_new) entry->second = count_(text);
  return entry->second;
}

// Ends the reply in progress without an answer to the session.
void conversation_state::abandon() {
  if (!reply_) return;
  if (!engine_down_) self_->send(engine_, cancel_generation{reply_->turn});
  reply_.reset();
}

result<generate> conversation_state::prompt_for(const converse& request) {
  DHR_TRY(check_tools(request.tools, request.choice));
  generate prompt{request.turn,  {}, request.sampling, request.budget, request.tools,
                  request.choice};
  prompt.sampling.tokens_max = std::min(request.sampling.tokens_max, config_.context_tokens / 2);
  const auto count = [this](std::string_view text) { return count_remembered(text); };
  const int room = config_.context_tokens - prompt.sampling.tokens_max;
  DHR_TRY(auto trimmed,
          trim_history(request.instructions, request.history,
                       {.prompt_tokens_max = room - tokens_of_tools(request.tools, count)}, count));
  prompt.messages = std::move(trimmed.messages);
  return prompt;
}

void conversation_state::begin(const converse& request) {
  abandon();
  if (engine_down_) {
    self_->send(session_,
                reply_failed{request.turn,
                             {errc::unavailable, "the language engine has stopped", "engine", {}}});
    return;
  }
  auto prompt = prompt_for(request);
  if (!prompt) {
    self_->send(session_, reply_failed{request.turn, std::move(prompt).assume_error()});
    return;
  }
  reply_.emplace(reply{request.turn, request.speak, clause_splitter{config_.clauses}});
  self_->send(engine_, std::move(prompt).assume_value(), generation_client{self_});
  self_->delayed_send(self_, request.budget, reply_budget_atom::value, request.turn);
}

void conversation_state::prepare(const prepare_reply& hint) {
  if (engine_down_ || reply_) return;
  converse expected;
  expected.turn = hint.turn;
  expected.instructions = hint.instructions;
  expected.history = hint.history;
  expected.history.push_back({"user", hint.partial});
  expected.sampling = hint.sampling;
  expected.tools = hint.tools;
  expected.choice = hint.choice;
  auto prompt = prompt_for(expected);
  if (!prompt) return;  // `converse` will say why
  auto& known = prompt.assume_value();
  self_->send(engine_, prefill{hint.turn, std::move(known.messages), std::move(known.tools),
                               std::move(known.choice)});
}

void conversation_state::cancel(const turn_id& turn) {
  if (is_current(turn)) abandon();
}

void conversation_state::say(std::vector<std::string> clauses) {
  for (auto& clause : clauses) {
    self_->send(session_, clause_ready{reply_->turn, reply_->clauses++, std::move(clause)});
  }
}

void conversation_state::take(const token_piece& piece) {
  if (!is_current(piece.turn)) return;
  if (reply_->speak) {
    say(reply_->splitter.push(piece.text));
  } else {
    self_->send(session_, text_ready{piece.turn, piece.text});
  }
}

void conversation_state::take_call(const tool_call_piece& piece) {
  if (!is_current(piece.turn)) return;
  if (auto taken = reply_->calls.take(piece); !taken) {
    return break_off(std::move(taken).assume_error());
  }
  const auto& call = reply_->calls.calls()[piece.index];
  self_->send(session_, function_call_piece{piece.turn, piece.index, call.call_id, call.name,
                                            piece.arguments});
}

void conversation_state::finish(const generation_done& done) {
  if (!is_current(done.turn)) return;
  if (auto whole = reply_->calls.check(); !whole) {
    return fail_turn(done.turn, std::move(whole).assume_error());
  }
  if (reply_->speak) {
    std::vector<std::string> rest = reply_->splitter.finish();
    // White space at the very end belongs to no clause.
    if (!rest.empty() && rest.back().find_first_not_of(" \t\r\n") == std::string::npos) {
      rest.pop_back();
    }
    say(std::move(rest));
  }
  std::uint32_t calls = 0;
  for (const auto& call : reply_->calls.calls()) {
    self_->send(session_,
                function_call_ready{done.turn, calls++, call.call_id, call.name, call.arguments});
  }
  self_->send(session_, reply_finished{done.turn, reply_->clauses, done.usage, done.reason, calls});
  reply_.reset();
}

void conversation_state::fail_turn(const turn_id& turn, error reason) {
  if (!is_current(turn)) return;
  self_->send(session_, reply_failed{turn, std::move(reason)});
  reply_.reset();
}

// Ends the reply in progress, which the engine does not know yet.
void conversation_state::break_off(error reason) {
  const turn_id turn = reply_->turn;
  abandon();
  self_->send(session_, reply_failed{turn, std::move(reason)});
}

void conversation_state::budget_spent(const turn_id& turn) {
  if (!is_current(turn)) return;
  break_off({errc::deadline, "the reply took too long", "engine", {}});
}

void conversation_state::changed(const engine_fallback& change) {
  if (!is_current(change.turn)) return;
  self_->send(session_, engine_changed{change.turn, change.from, change.to, change.why});
}

void conversation_state::down(const caf::down_msg& message) {
  if (message.source == session_.address()) {
    abandon();
    self_->quit();
    return;
  }
  engine_down_ = true;
  if (reply_) {
    fail_turn(turn_id{reply_->turn},
              {errc::unavailable, "the language engine has stopped", "engine", {}});
  }
}

conversation_impl::behavior_type conversation_behavior(conversation_state::pointer self,
                                                       conversation_client session,
                                                       engine_actor engine,
                                                       conversation_config config,
                                                       token_counter count) {
  self->state.start(self, std::move(session), std::move(engine), config, std::move(count));
  return {
      [=](const token_piece& m) { self->state.take(m); },
      [=](const tool_call_piece& m) { self->state.take_call(m); },
      [=](const generation_done& m) { self->state.finish(m); },
      [=](const generation_failed& m) { self->state.fail_turn(m.turn, m.reason); },
      [=](const engine_fallback& m) { self->state.changed(m); },
      [=](const converse& m) { self->state.begin(m); },
      [=](const cancel_reply& m) { self->state.cancel(m.turn); },
      [=](const prepare_reply& m) { self->state.prepare(m); },
      [=](reply_budget_atom, const turn_id& turn) { self->state.budget_spent(turn); },
  };
}

}  // namespace dhr
