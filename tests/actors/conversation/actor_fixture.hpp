#pragma once
// A deterministic actor system for the tests of this room, and a session that writes down what it
// is told.

#include <string>
#include <vector>

#include "actors/conversation/actors.hpp"
#include "tests/support/deterministic_system.hpp"

namespace dhr::test {

class actor_world {
 public:
  ~actor_world() {
    for (const auto& actor : spawned_) caf::anon_send_exit(actor, caf::exit_reason::kill);
    spawned_.clear();
    run();
  }

  caf::actor_system& system() { return world_.system; }
  // Spawns an actor that ends with this world.
  template <class... Arguments>
  auto spawn(Arguments&&... arguments) {
    auto actor = system().spawn(std::forward<Arguments>(arguments)...);
    spawned_.push_back(caf::actor_cast<caf::actor>(actor));
    return actor;
  }
  // Everything that can happen now.
  void run() { world_.settle(); }
  // One step of one actor.
  bool step() { return world_.step(); }
  // Lets time pass in steps of a millisecond.
  void pass(milliseconds time) { world_.advance(time); }

 private:
  testing::deterministic_system<add_conversation_messages> world_;
  std::vector<caf::actor> spawned_;
};

// Shared with the actor that fills it; tests run on one thread.
struct session_log {
  std::vector<clause_ready> clauses;
  std::vector<text_ready> texts;
  std::vector<reply_finished> finished;
  std::vector<reply_failed> failed;
  std::vector<engine_changed> changes;
  std::vector<function_call_piece> call_pieces;
  std::vector<function_call_ready> calls;

  [[nodiscard]] std::string spoken() const {
    std::string all;
    for (const auto& clause : clauses) all += clause.text;
    return all;
  }
};

inline conversation_client::behavior_type recording_session(conversation_client::pointer,
                                                            session_log* log) {
  return {
      [=](const clause_ready& m) { log->clauses.push_back(m); },
      [=](const text_ready& m) { log->texts.push_back(m); },
      [=](const reply_finished& m) { log->finished.push_back(m); },
      [=](const reply_failed& m) { log->failed.push_back(m); },
      [=](const engine_changed& m) { log->changes.push_back(m); },
      [=](const function_call_piece& m) { log->call_pieces.push_back(m); },
      [=](const function_call_ready& m) { log->calls.push_back(m); },
  };
}

// What an engine answered, in order of arrival.
struct generation_log {
  std::string text;
  std::vector<token_piece> pieces;
  std::vector<tool_call_piece> calls;
  std::vector<generation_done> done;
  std::vector<generation_failed> failed;
  std::vector<engine_fallback> fallbacks;
};

inline generation_client::behavior_type recording_asker(generation_client::pointer,
                                                        generation_log* log) {
  return {
      [=](const token_piece& m) {
        log->pieces.push_back(m);
        log->text += m.text;
      },
      [=](const tool_call_piece& m) { log->calls.push_back(m); },
      [=](const generation_done& m) { log->done.push_back(m); },
      [=](const generation_failed& m) { log->failed.push_back(m); },
      [=](const engine_fallback& m) { log->fallbacks.push_back(m); },
  };
}

// An engine that only writes down what it is asked; the test answers in its place.
struct engine_log {
  std::vector<generate> requests;
  std::vector<generation_client> askers;
  std::vector<turn_id> cancelled;
  std::vector<prefill> prefills;
};

inline engine_actor::behavior_type recording_engine(engine_actor::pointer, engine_log* log) {
  return {
      [=](const generate& m, const generation_client& asker) {
        log->requests.push_back(m);
        log->askers.push_back(asker);
      },
      [=](const cancel_generation& m) { log->cancelled.push_back(m.turn); },
      [=](const prefill& m) { log->prefills.push_back(m); },
  };
}

inline turn_id turn(std::uint64_t number, std::string conversation = "conv_test") {
  return {{std::move(conversation)}, {1}, number};
}

}  // namespace dhr::test
