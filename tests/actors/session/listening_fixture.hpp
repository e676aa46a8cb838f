#pragma once
// A session with ears that hear what the test says.

#include <string>
#include <vector>

#include "tests/actors/session/session_fixture.hpp"

namespace dhr {

inline constexpr hearing_timings heard_in{200ms, 50ms};

struct listening_bench : session_bench {
  listening_bench() { listen_with_fake_ears(); }

  void hears(ears_event_payload event) {
    caf::anon_send(caf::actor_cast<session_self>(session), ears_event{std::move(event)});
    world.settle();
  }
  // The client's first sound, so that the ears are there.
  void append() { tell(append_audio{"a", shared_bytes{"\1\2"}}); }
  void user_says(std::uint64_t utterance, const std::string& words) {
    hears(speech_began{utterance, 100});
    hears(speech_ended{utterance, 900});
    hears(utterance_heard{utterance, words, 800, heard_in});
  }
  // An answer of one clause with two words of half a second each is being sent.
  void answer() {
    child_says(clause_ready{turn(), 0, "One two."});
    child_says(speech_ready{turn(),
                            0,
                            shared_bytes{std::string(48'000, '\0')},
                            {},
                            {{"One", 0, 12'000}, {"two.", 12'000, 24'000}},
                            0ms});
  }
  // An answer is under way, and what is said into it does not interrupt it.
  void ask_and_speak_into_it(const std::string& words) {
    settings_patch patch;
    patch.detection = turn_detection{};
    patch.detection->interrupt_response = false;
    ask();
    tell(update_session{"u", patch});
    append();
    user_says(1, words);
  }
  // An answer is being said and was heard to its first word.
  void ask_and_hear_one_word() {
    ask();
    append();
    answer();
    world.advance(600ms, 100ms);
  }
};

// What the ears were asked.
template <class Request>
std::vector<Request> of(const record& seen) {
  std::vector<Request> found;
  for (const auto& request : seen.ears) {
    if (const auto* x = std::get_if<Request>(&request)) found.push_back(*x);
  }
  return found;
}

}  // namespace dhr
