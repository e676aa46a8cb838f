#include "actors/conversation/conversation_actor.hpp"

#include <algorithm>

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

void conversation_state::begin(const converse& request) {
  abandon();
  if (engine_down_) {
    self_->send(session_,
                reply_failed{request.turn,
                             {errc::unavailable, "the language engine has stopped", "engine", {}}});
    return;
  }
  generate prompt{request.turn, {}, request.sampling, request.budget};
  prompt.sampling.tokens_max = std::min(request.sampling.tokens_max, config_.context_tokens / 2);
  auto trimmed =
      trim_history(request.instructions, request.history,
                   {.prompt_tokens_max = config_.context_tokens - prompt.sampling.tokens_max},
                   [this](std::string_view text) { return count_remembered(text); });
  if (!trimmed) {
    self_->send(session_, reply_failed{request.turn, trimmed.error()});
    return;
  }
  prompt.messages = std::move(trimmed.value().messages);
  reply_.emplace(reply{request.turn, request.speak, clause_splitter{config_.clauses}});
  self_->send(engine_, std::move(prompt), generation_client{self_});
  self_->delayed_send(self_, request.budget, reply_budget_atom::value, request.turn);
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

void conversation_state::finish(const generation_done& done) {
  if (!is_current(done.turn)) return;
  if (reply_->speak) {
    std::vector<std::string> rest = reply_->splitter.finish();
    // White space at the very end belongs to no clause.
    if (!rest.empty() && rest.back().find_first_not_of(" \t\r\n") == std::string::npos) {
      rest.pop_back();
    }
    say(std::move(rest));
  }
  self_->send(session_, reply_finished{done.turn, reply_->clauses, done.usage, done.reason});
  reply_.reset();
}

void conversation_state::fail_turn(const turn_id& turn, error reason) {
  if (!is_current(turn)) return;
  self_->send(session_, reply_failed{turn, std::move(reason)});
  reply_.reset();
}

void conversation_state::budget_spent(const turn_id& turn) {
  if (!is_current(turn)) return;
  abandon();
  self_->send(session_,
              reply_failed{turn, {errc::deadline, "the reply took too long", "engine", {}}});
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
      [=](const generation_done& m) { self->state.finish(m); },
      [=](const generation_failed& m) { self->state.fail_turn(m.turn, m.reason); },
      [=](const engine_fallback& m) { self->state.changed(m); },
      [=](const converse& m) { self->state.begin(m); },
      [=](const cancel_reply& m) { self->state.cancel(m.turn); },
      [=](reply_budget_atom, const turn_id& turn) { self->state.budget_spent(turn); },
  };
}

}  // namespace dhr
