#pragma once
// What crosses the threshold of the speech room.

#include <cstdint>
#include <string>
#include <vector>

#include "actors/speech/types.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/base/ids.hpp"
#include "runtime/base/result.hpp"
#include "runtime/base/shared_bytes.hpp"

namespace dhr {

// From a session to its voice child, and from the voice to the synthesis worker. Answered by
// exactly one `speech_ready` or `speech_failed`, in the order of the indices within a turn; a
// clause of a cancelled turn is answered with errc::cancelled or not at all.
struct speak {
  turn_id turn;
  std::uint32_t index = 0;  // of the clause within the turn; 0 goes before all others' later ones
  std::string text;         // as written; the voice normalises it
  std::string voice;        // a name of the voice catalogue
  speaking_style style;
  milliseconds budget{10'000};
  milliseconds pause{0};  // of silence before it, which belongs to its sound; 0 to 1'000
  friend bool operator==(const speak&, const speak&) = default;
};

// From a session to its voice child and on to the worker: forget all clauses of this conversation
// whose turn number is at most this one's.
struct cancel_speech {
  turn_id turn;
  friend bool operator==(const cancel_speech&, const cancel_speech&) = default;
};

// The sound of one clause. A clause with nothing to speak (only symbols) has no samples.
struct speech_ready {
  turn_id turn;
  std::uint32_t index = 0;
  shared_bytes pcm;  // int16 little endian, mono, speech_sample_rate
  std::vector<phoneme_span> phonemes;
  std::vector<word_span> words;
  milliseconds took{0};  // time of synthesis, without the wait in the queue
  friend bool operator==(const speech_ready&, const speech_ready&) = default;
};

struct speech_failed {
  turn_id turn;
  std::uint32_t index = 0;
  error reason;
};

// From a voice child to its session: from this clause on, to the end of the turn, another voice
// than the asked one speaks.
struct voice_changed {
  turn_id turn;
  std::string from;
  std::string to;
  std::string why;  // a sentence for a person
  friend bool operator==(const voice_changed&, const voice_changed&) = default;
};

}  // namespace dhr
