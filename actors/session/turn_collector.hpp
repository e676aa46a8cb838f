#pragma once
// A whole turn put together again from its events, for clients that want it in one piece.

#include <optional>
#include <string>
#include <vector>

#include "actors/session/messages.hpp"

namespace dhr {

struct collected_turn {
  std::string text;
  std::vector<std::int16_t> samples;  // speech_sample_rate, mono
  std::vector<face_frame> frames;
  std::vector<viseme_mark> visemes;
  std::vector<word_span> words;
  std::vector<felt> feelings;  // of its clauses
  std::vector<notice> notices;
  turn_finished finished;
};

// Pure. Feed it everything that the session sends.
class turn_collector {
 public:
  // The turn, once its turn_finished has come; or why there will be none: the session refused a
  // request or closed. Empty while it goes on. Not to be fed further after a value.
  [[nodiscard]] std::optional<result<collected_turn>> add(const session_event& event);

 private:
  collected_turn turn_;
};

}  // namespace dhr
