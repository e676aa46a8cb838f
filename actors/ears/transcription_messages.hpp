#pragma once
// What the ears ask of a transcription worker. Both live on one node.

#include <cstdint>
#include <string>

#include "runtime/base/clock.hpp"
#include "runtime/base/ids.hpp"
#include "runtime/base/result.hpp"
#include "runtime/base/shared_bytes.hpp"

namespace dhr {

// From the ears of a conversation to the worker. Answered by exactly one `transcript_ready` or
// `transcript_failed`. An attempt supersedes the older ones of its utterance: those that still wait
// are answered with errc::cancelled; one that runs already may still be answered with its words.
struct transcribe {
  turn_id utterance;          // its number is that of the utterance, not of a turn
  std::uint32_t attempt = 0;  // 0, 1, 2, ... of the utterance
  bool is_final = false;      // somebody waits for these words; else speech may still go on
  shared_bytes pcm;           // int16 little endian, mono, 16 kHz: the utterance from its beginning
  std::string language;       // ISO 639-1; "": the worker finds out, or knows but one
  std::string prompt;         // words that may be said; a hint, which a worker may ignore
  milliseconds budget{10'000};
  friend bool operator==(const transcribe&, const transcribe&) = default;
};

// From the ears to the worker: forget the attempts of this utterance up to this one, also those
// that come yet. Without an answer of its own; what still waits is answered with errc::cancelled.
struct cancel_transcription {
  turn_id utterance;
  std::uint32_t attempt = 0;
  friend bool operator==(const cancel_transcription&, const cancel_transcription&) = default;
};

// The words, with capitals and punctuation; empty when there are none in the sound.
struct transcript_ready {
  turn_id utterance;
  std::uint32_t attempt = 0;
  std::string text;
  milliseconds took{0};       // time of transcription, without the wait in the queue
  std::string fallback = {};  // why not the configured server but its stand-in answered; else empty
  friend bool operator==(const transcript_ready&, const transcript_ready&) = default;
};

struct transcript_failed {
  turn_id utterance;
  std::uint32_t attempt = 0;
  error reason;
};

}  // namespace dhr
