#pragma once
// What a session tells its client of what the ears hear. Part of messages.hpp. Times of the sound,
// in milliseconds, count from the first sample that the conversation was ever sent.

#include <cstdint>
#include <string>

#include "actors/ears/prosody.hpp"
#include "runtime/base/result.hpp"

namespace dhr {

// `item_id` is the item that the speech becomes, if it is speech.
struct listening_began {
  std::string item_id;
  std::int64_t audio_start_ms = 0;
  friend bool operator==(const listening_began&, const listening_began&) = default;
};

struct listening_ended {
  std::string item_id;
  std::int64_t audio_end_ms = 0;
  friend bool operator==(const listening_ended&, const listening_ended&) = default;
};

// It was no speech, or nothing that interrupts: the item will not come.
struct listening_ignored {
  std::string item_id;
  std::string reason;  // "no_words", "echo", "back_channel", "cleared"
  friend bool operator==(const listening_ignored&, const listening_ignored&) = default;
};

// Nobody said anything for the idle time-out.
struct listening_timed_out {
  std::string item_id;
  std::int64_t audio_start_ms = 0;
  std::int64_t audio_end_ms = 0;
  friend bool operator==(const listening_timed_out&, const listening_timed_out&) = default;
};

// Followed by item_added.
struct audio_committed {
  std::string item_id;
  std::string previous_item_id;
  friend bool operator==(const audio_committed&, const audio_committed&) = default;
};

struct audio_cleared {
  friend bool operator==(const audio_cleared&, const audio_cleared&) = default;
};

struct output_cleared {
  std::string response_id;  // "" when nothing was under way
  friend bool operator==(const output_cleared&, const output_cleared&) = default;
};

// The next words of what the user says.
struct transcript_piece {
  std::string item_id;
  std::string text;
  friend bool operator==(const transcript_piece&, const transcript_piece&) = default;
};

struct transcript_done {
  std::string item_id;
  std::string text;
  std::int64_t audio_ms = 0;
  friend bool operator==(const transcript_done&, const transcript_done&) = default;
};

struct transcript_failed_for {
  std::string item_id;
  error reason;
};

// How the item was said.
struct speech_melody {
  std::string item_id;
  prosody melody;
  friend bool operator==(const speech_melody&, const speech_melody&) = default;
};

}  // namespace dhr
