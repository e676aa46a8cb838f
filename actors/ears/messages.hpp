#pragma once
// What a session and its ears say to each other. Both live on one node. Times of the sound, in
// milliseconds, count from the first sample that the conversation was ever sent.

#include <cstdint>
#include <string>
#include <variant>

#include "actors/ears/prosody.hpp"
#include "actors/ears/types.hpp"
#include "runtime/base/result.hpp"
#include "runtime/base/shared_bytes.hpp"

namespace dhr {

// ---- session -> ears

// Listen in this way from here on. A changed input format forgets what was heard.
struct listen {
  listening_settings settings;
  friend bool operator==(const listen&, const listen&) = default;
};

// The next sound, in the format of the settings.
struct hear {
  shared_bytes audio;
  friend bool operator==(const hear&, const hear&) = default;
};

// What was heard since the last turn is one. Answered by `audio_taken` and then like any utterance,
// or by `commit_refused`.
struct commit_heard {
  std::string request;
  friend bool operator==(const commit_heard&, const commit_heard&) = default;
};

// Forget what was heard since the last turn.
struct forget_heard {
  friend bool operator==(const forget_heard&, const forget_heard&) = default;
};

// Sound that came as a whole inside an item, in the format of the settings. Answered by item_heard
// or item_unheard.
struct hear_item {
  std::string item_id;
  shared_bytes audio;
  friend bool operator==(const hear_item&, const hear_item&) = default;
};

// What the face says, for the echo guard: sound whose first sample is heard at `begins`. Times are
// the node's: what waits in a mailbox is not late for that. Sound without a pause in it has times
// that follow each other to a millisecond.
struct face_sounded {
  mono_time begins{};
  shared_bytes pcm;  // int16 little endian, mono, speech_sample_rate
  friend bool operator==(const face_sounded&, const face_sounded&) = default;
};

// The face broke off; what it was to say after `at` is not heard.
struct face_silenced {
  mono_time at{};
  friend bool operator==(const face_silenced&, const face_silenced&) = default;
};

// ---- ears -> session. An utterance's events: speech_began, any number of words_heard,
// end_expected and end_withdrawn, speech_ended (not after a commit by the client), then exactly one
// utterance_heard, _dropped or _failed. utterance_dropped may come without speech_ended.

struct speech_began {
  std::uint64_t utterance = 0;  // 1, 2, 3, ... in a conversation
  std::int64_t audio_start_ms = 0;
  friend bool operator==(const speech_began&, const speech_began&) = default;
};

// Words so far, told at a pause. When speech goes on they are understood anew with what follows, so
// that those of utterance_heard may differ.
struct words_heard {
  std::uint64_t utterance = 0;
  std::string text;  // to be appended to those before
  friend bool operator==(const words_heard&, const words_heard&) = default;
};

// A pause that is probably the utterance's end: if so, its text will be this one. Speech may go on.
struct end_expected {
  std::uint64_t utterance = 0;
  std::string text;
  friend bool operator==(const end_expected&, const end_expected&) = default;
};

// It was not; speech went on.
struct end_withdrawn {
  std::uint64_t utterance = 0;
  friend bool operator==(const end_withdrawn&, const end_withdrawn&) = default;
};

struct speech_ended {
  std::uint64_t utterance = 0;
  std::int64_t audio_end_ms = 0;
  friend bool operator==(const speech_ended&, const speech_ended&) = default;
};

// The client's commit was accepted.
struct audio_taken {
  std::uint64_t utterance = 0;
  std::string request;
  friend bool operator==(const audio_taken&, const audio_taken&) = default;
};

struct commit_refused {
  std::string request;
  error reason;
};

struct utterance_heard {
  std::uint64_t utterance = 0;
  std::string text;           // empty only after a commit by the client
  std::int64_t audio_ms = 0;  // length of its sound
  hearing_timings timings;
  friend bool operator==(const utterance_heard&, const utterance_heard&) = default;
};

// How it was said; comes after utterance_heard.
struct melody_heard {
  std::uint64_t utterance = 0;
  prosody melody;
};

// It was no speech.
struct utterance_dropped {
  std::uint64_t utterance = 0;
  std::string reason;  // "no_words", "cleared"
  friend bool operator==(const utterance_dropped&, const utterance_dropped&) = default;
};

// It was speech, and what was said could not be found out.
struct utterance_failed {
  std::uint64_t utterance = 0;
  error reason;
};

struct item_heard {
  std::string item_id;
  std::string text;
  friend bool operator==(const item_heard&, const item_heard&) = default;
};

struct item_unheard {
  std::string item_id;
  error reason;
};

// Nobody has said anything for turn_detection::idle_timeout.
struct nothing_heard {
  std::int64_t audio_start_ms = 0;
  std::int64_t audio_end_ms = 0;
  friend bool operator==(const nothing_heard&, const nothing_heard&) = default;
};

// Sound could not be decoded; the ears go on with the next.
struct hearing_failed {
  error reason;
};

// Another transcription than the configured one answered; once until the configured one does again.
struct hearing_changed {
  std::string why;
  friend bool operator==(const hearing_changed&, const hearing_changed&) = default;
};

using ears_request_payload =
    std::variant<listen, hear, commit_heard, forget_heard, hear_item, face_sounded, face_silenced>;
struct ears_request {
  ears_request_payload what;
};

using ears_event_payload =
    std::variant<speech_began, words_heard, end_expected, end_withdrawn, speech_ended, audio_taken,
                 commit_refused, utterance_heard, melody_heard, utterance_dropped, utterance_failed,
                 item_heard, item_unheard, nothing_heard, hearing_failed, hearing_changed>;
struct ears_event {
  ears_event_payload what;
};

}  // namespace dhr
