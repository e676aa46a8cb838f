#pragma once
// An engine that recites a fixed script: for tests and benchmarks, where the language model's own
// speed and words must not matter. One actor serves any number of conversations.
//
// It calls functions when it is told to:
//   - the last message is the user's, "/call NAME {json}", and NAME is one of the tools that it may
//     call: it calls NAME with that JSON object;
//   - the choice is a function, or required: it calls that function, or the first tool, with {} (or
//     with the JSON of a "/call" of it);
//   - the last message is a tool's output: it recites that output, word by word.
// A call comes in several pieces, each like a token of the script.

#include <optional>
#include <unordered_map>

#include "actors/conversation/actors.hpp"

namespace dhr {

struct script_token {
  std::string text;       // not empty
  milliseconds after{0};  // since the token before, or since the request
};

struct scripted_engine_config {
  std::vector<script_token> script;
};

using script_tick_atom = caf::atom_constant<caf::atom("tick")>;
// The interface with the actor's own timer: which turn, and which of its recitals.
using scripted_engine_impl =
    engine_actor::extend<caf::reacts_to<script_tick_atom, turn_id, std::uint64_t>>;

// Lives on: a scheduler thread. Owned by: its actor.
class scripted_engine_state {
 public:
  static inline const char* name = "scripted_engine";
  using pointer = scripted_engine_impl::stateful_pointer<scripted_engine_state>;

  void start(pointer self, scripted_engine_config config);
  void begin(const generate& request, const generation_client& client);
  void cancel(const turn_id& turn);
  void tick(const turn_id& turn, std::uint64_t recital);

 private:
  struct reply {
    std::uint64_t recital = 0;  // ticks of an older recital of the same turn are stale
    generation_client client;
    std::vector<script_token> script;
    std::optional<tool_call> call;  // the script's texts are its arguments
    std::size_t next = 0;
    caf::actor_clock::time_point due;
    token_usage usage;
    int tokens_max = 0;
  };
  [[nodiscard]] reply reply_to(const generate& request) const;
  void schedule(const turn_id& turn, reply& r);
  void say(const turn_id& turn, reply& r);

  pointer self_ = nullptr;
  scripted_engine_config config_;
  std::unordered_map<turn_id, reply> replies_;
  std::uint64_t recitals_ = 0;
};

// Spawn with: system.spawn(scripted_engine, config). Time is CAF's clock, so that it follows a test
// scheduler's; a token that is late does not delay the ones after it.
scripted_engine_impl::behavior_type scripted_engine(scripted_engine_state::pointer self,
                                                    scripted_engine_config config);

// The script that says `text` word by word, `after` between the words.
[[nodiscard]] scripted_engine_config script_of(std::string_view text, milliseconds after);

}  // namespace dhr
