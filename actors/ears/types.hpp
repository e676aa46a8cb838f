#pragma once
// How a conversation listens.

#include <cstdint>
#include <optional>
#include <string>

#include "actors/ears/audio_format.hpp"
#include "runtime/base/clock.hpp"

namespace dhr {

// The rate of all sound inside the ears, in Hz, mono.
inline constexpr std::int64_t hearing_sample_rate = 16'000;

enum class turn_detection_kind : std::uint8_t {
  none,          // the client commits what it sent
  server_vad,    // a turn ends after `silence_duration` without voice
  semantic_vad,  // a turn ends when a model takes the words for complete
};

// How soon semantic_vad takes a pause for the end; automatic is medium.
enum class eagerness_kind : std::uint8_t { automatic, low, medium, high };

struct turn_detection {
  turn_detection_kind kind = turn_detection_kind::semantic_vad;
  double threshold = 0.5;  // of the voice activity, 0 to 1
  milliseconds prefix_padding{300};
  milliseconds silence_duration{500};
  std::optional<milliseconds> idle_timeout;  // of silence after the face fell silent
  eagerness_kind eagerness = eagerness_kind::automatic;
  bool create_response = true;     // a turn's end asks for a reply
  bool interrupt_response = true;  // speech interrupts the reply under way
  friend bool operator==(const turn_detection&, const turn_detection&) = default;
};

// Speech is always transcribed; this says whether the client is told, and gives the transcription
// its hints.
struct transcription_settings {
  bool wanted = false;
  std::string model;
  std::string language;  // "" finds out
  std::string prompt;
  friend bool operator==(const transcription_settings&, const transcription_settings&) = default;
};

struct listening_settings {
  audio_format input;
  turn_detection detection;
  transcription_settings transcription;
  friend bool operator==(const listening_settings&, const listening_settings&) = default;
};

// Where the time between the end of speech and the turn's begin went.
struct hearing_timings {
  milliseconds endpointing{0};    // until the end was decided
  milliseconds transcription{0};  // from then until the words were there
  friend bool operator==(const hearing_timings&, const hearing_timings&) = default;
};

}  // namespace dhr
