#pragma once
// The child of a session that speaks: sends clauses to the synthesis worker and hands the answers
// on in order. What it decides is in clause_sequencer.hpp.

#include "actors/speech/actors.hpp"
#include "actors/speech/clause_sequencer.hpp"

namespace dhr {

// Lives on: a scheduler thread. Owned by: its actor.
class voice_state {
 public:
  static inline const char* name = "voice";
  using pointer = voice_actor::stateful_pointer<voice_state>;

  void start(pointer self, speech_client session, synthesis_actor worker, voice_options options);
  template <class Event>
  void take(Event event) {
    perform(sequencer_->on(std::move(event)));
  }

 private:
  void perform(voice_effects effects);
  void down(const caf::down_msg& message);
  // Ends the actor and frees the worker of its clauses. A voice that ends by a throw does not: the
  // one that takes its place goes on with the same turn.
  void leave(caf::error reason);

  pointer self_ = nullptr;
  speech_client session_;
  synthesis_actor worker_;
  bool worker_down_ = false;
  std::optional<turn_id> asked_;  // the last turn of which a clause went to the worker
  std::optional<clause_sequencer> sequencer_;
};

// Spawn with: self->spawn(voice_behavior, session, worker, options). Ends itself, and
// cancels its clauses, when the session goes down or an exit message comes; when the worker goes
// down, every clause fails with errc::unavailable.
voice_actor::behavior_type voice_behavior(voice_state::pointer self, speech_client session,
                                          synthesis_actor worker, voice_options options);

}  // namespace dhr
