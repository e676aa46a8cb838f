#pragma once
// What a session says to its client. They may be on different machines: everything here is carried
// by CAF, and a media chunk stays under 64 KiB. What clients say to a session: requests.hpp.

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "actors/avatar/types.hpp"
#include "actors/emotion/messages.hpp"
#include "actors/session/listening_messages.hpp"
#include "actors/session/requests.hpp"
#include "actors/session/types.hpp"
#include "actors/speech/types.hpp"
#include "runtime/base/ids.hpp"
#include "runtime/base/shared_bytes.hpp"

namespace dhr {

struct session_opened {
  session_settings settings;
  friend bool operator==(const session_opened&, const session_opened&) = default;
};

// All that the client missed has been sent.
struct session_resumed {
  std::uint64_t events_replayed = 0;
  friend bool operator==(const session_resumed&, const session_resumed&) = default;
};

// What was sent after the event that the client saw last is no longer there.
struct resume_gap {
  std::string message;
  friend bool operator==(const resume_gap&, const resume_gap&) = default;
};

// The first event of an activation that takes a client over from an earlier one, on another node or
// after a fault. What the client knows of and these items do not have is lost.
struct session_taken_over {
  session_settings settings;
  std::vector<std::string> last_items;  // ids, the newest last; at most taken_over_items
  friend bool operator==(const session_taken_over&, const session_taken_over&) = default;
};
inline constexpr std::size_t taken_over_items = 64;

struct settings_changed {
  session_settings settings;
  friend bool operator==(const settings_changed&, const settings_changed&) = default;
};

// ---- items

struct item_added {
  conversation_item item;
  std::string previous_item_id;  // "" when it is the first
  friend bool operator==(const item_added&, const item_added&) = default;
};

struct item_deleted {
  std::string item_id;
  friend bool operator==(const item_deleted&, const item_deleted&) = default;
};

struct item_retrieved {
  conversation_item item;
  friend bool operator==(const item_retrieved&, const item_retrieved&) = default;
};

struct item_truncated {
  std::string item_id;
  std::int64_t audio_end_ms = 0;
  friend bool operator==(const item_truncated&, const item_truncated&) = default;
};

// The request did nothing; the session lives on.
struct request_failed {
  std::string request;
  error reason;
};

// ---- turns

struct turn_started {
  std::string response_id;
  std::string item_id;
  std::string previous_item_id;
  session_settings settings;  // of this turn
  bool out_of_band = false;
  std::string resumes;  // the response that speech seemed to interrupt and that goes on here
  std::vector<std::pair<std::string, std::string>> metadata;
  friend bool operator==(const turn_started&, const turn_started&) = default;
};

// The next words of the reply: as text, or as the transcript of the sound that follows.
struct text_piece {
  std::string text;
  friend bool operator==(const text_piece&, const text_piece&) = default;
};

// Sound and the face of the same samples. The turn's chunks follow each other without a gap. Frame
// i of the turn covers samples [i * rate / fps, (i + 1) * rate / fps); the last chunk's frames go
// on past the sound until the face is at rest.
struct media_chunk {
  std::int64_t first_sample = 0;
  shared_bytes pcm;  // int16 little endian, mono, speech_sample_rate; may be empty at the end
  std::int64_t first_frame = 0;
  shared_bytes frames;  // face_frame values; empty unless the settings ask for blendshapes
  std::vector<viseme_mark> visemes;
  std::vector<word_span> words;  // counted from the turn's first sample
  friend bool operator==(const media_chunk&, const media_chunk&) = default;
};

// The next piece of the arguments of a function that the reply calls. A turn's calls have the
// indices 0, 1, 2, ...; each is an item of its own after the message, if there is one.
struct call_piece {
  std::uint32_t index = 0;
  std::string item_id;
  std::string call_id;
  std::string name;
  std::string arguments;
  friend bool operator==(const call_piece&, const call_piece&) = default;
};

// The call is whole.
struct call_ready {
  std::uint32_t index = 0;
  conversation_item item;
  std::string previous_item_id;
  friend bool operator==(const call_ready&, const call_ready&) = default;
};

struct turn_finished {
  std::string response_id;
  conversation_item item;  // the message as it stands in the history now; no id if there was none
  turn_status status = turn_status::completed;
  // Of cancelled: "client_cancelled", "turn_detected", "server_shutdown"; of incomplete:
  // "max_output_tokens".
  std::string reason;
  std::optional<error> problem;
  token_usage usage;
  turn_timings timings;
  std::vector<conversation_item> calls;
};

// ---- the rest

// The resting face's next frames; frame numbers grow by what was sent.
struct idle_chunk {
  std::int64_t first_frame = 0;
  shared_bytes frames;
  friend bool operator==(const idle_chunk&, const idle_chunk&) = default;
};

// Something that the client should know of and that needs no answer.
struct notice {
  std::string kind;  // "engine_fallback", "voice_fallback", "restarted", "hearing_failed",
                     // answered_before
  std::string message;
  friend bool operator==(const notice&, const notice&) = default;
};

// Of the turn that it comes in: it is one that had been answered, told again.
inline constexpr const char* answered_before = "answered_before";

// The last event of a session.
struct session_closed {
  std::string reason;  // "idle", "shutdown", "failed", "moved"
  std::string message;
  friend bool operator==(const session_closed&, const session_closed&) = default;
};

using session_payload =
    std::variant<session_opened, settings_changed, item_added, item_deleted, item_retrieved,
                 request_failed, turn_started, text_piece, media_chunk, turn_finished, idle_chunk,
                 notice, session_closed, session_resumed, session_taken_over, resume_gap,
                 item_truncated, listening_began, listening_ended, listening_ignored,
                 listening_timed_out, audio_committed, audio_cleared, output_cleared,
                 transcript_piece, transcript_done, transcript_failed_for, speech_melody,
                 call_piece, call_ready, felt>;

// `felt` comes after the words of its clause (of an answer that is only written: its sentence), once
// for each in order, and not for one that nobody could read in time.

// All that a session sends. Sequence numbers grow by one in an epoch.
struct session_event {
  turn_id turn;  // of the payload; number 0 outside of turns
  std::uint64_t sequence = 0;
  session_payload payload;
};

}  // namespace dhr
