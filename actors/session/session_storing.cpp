// Who has been told that a turn is over finds it in the conversation's next life: its end is held
// back until the store has it, and so is what follows, since events keep their order.
//
//   turn ends ──save──▶ store ──conversation_stored──▶ told, and what was said meanwhile
//       └───────────────── store_patience ──────────▶ told all the same, and counted

#include <utility>

#include "actors/session/session_state.hpp"

namespace dhr {

void session_state::save(const snapshot_listener& listener) {
  if (!environment_->save || !may_act()) return;
  environment_->save(turn_->current(),
                     session_memory{settings_, items_.items(), turn_->current().number, owner_,
                                    answered_.snapshot(), heart_.mood},
                     listener);
}

// A later turn that ends while an earlier one waits is saved with it: the later one counts.
void session_state::save_turn() {
  if (!environment_->save || !may_act()) return;
  const bool waits = std::exchange(stored_.turn, turn_->current().number) != 0;
  save(self_);
  if (waits) return;
  self_->delayed_send(self_, environment_->config.store_patience, session_store_late{stored_.turn});
}

void session_state::on(const conversation_stored& message) {
  if (message.turn_number == stored_.turn) tell_held();
}

void session_state::on(const session_store_late& message) {
  if (!awaits_store() || message.turn_number > stored_.turn) return;
  environment_->metrics->told_unstored();
  tell_held();
}

// Nothing more is said without the lease: others may have the conversation as it was stored.
void session_state::tell_held() {
  if (!awaits_store()) return;
  stored_.turn = 0;
  for (auto& event : std::exchange(stored_.events, {})) {
    if (may_act()) deliver(std::move(event));
  }
  if (closed_) return;
  for (auto& [how, client] : std::exchange(stored_.clients, {})) on(how, client);
  // Or once more, if one of them has to wait again.
  for (auto& request : std::exchange(stored_.requests, {})) on(request);
  if (draining_) end_when_drained();
}

// By who is drained: nothing is under way any more.
void session_state::end_when_drained() {
  if (turn_->phase() == turn_phase::idle && !awaits_store()) close_drained();
}

}  // namespace dhr
