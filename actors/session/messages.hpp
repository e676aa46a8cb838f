#pragma once
// What clients and a session say to each other. They may be on different machines: everything here
// is carried by CAF, and a media chunk stays under 64 KiB.

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "actors/avatar/types.hpp"
#include "actors/session/types.hpp"
#include "actors/speech/types.hpp"
#include "runtime/base/ids.hpp"
#include "runtime/base/shared_bytes.hpp"

namespace dhr {

// ---- client -> session; `request` is the client's own id for its event, given back in
// request_failed

// Changes the settings. Answered by settings_changed or request_failed.
struct update_session {
  std::string request;
  settings_patch patch;
  friend bool operator==(const update_session&, const update_session&) = default;
};

// Adds an item after `previous` ("" appends, "root" goes first). An empty item id gets a new one.
// Answered by item_added or request_failed.
struct create_item {
  std::string request;
  std::string previous;
  conversation_item item;
  friend bool operator==(const create_item&, const create_item&) = default;
};

// Answered by item_deleted or request_failed.
struct delete_item {
  std::string request;
  std::string item_id;
  friend bool operator==(const delete_item&, const delete_item&) = default;
};

// Answered by item_retrieved or request_failed.
struct retrieve_item {
  std::string request;
  std::string item_id;
  friend bool operator==(const retrieve_item&, const retrieve_item&) = default;
};

// Begins a turn with settings that `patch` changes for this turn alone. Answered by turn_started,
// then the turn's pieces, then exactly one turn_finished; or by request_failed while a turn is
// under way.
struct create_response {
  std::string request;
  settings_patch patch;
  friend bool operator==(const create_response&, const create_response&) = default;
};

// Interrupts the turn under way (or, with a response id, only that one). Answered by that turn's
// turn_finished with `cancelled`, after which nothing of it is sent; or by request_failed.
struct cancel_response {
  std::string request;
  std::string response_id;
  friend bool operator==(const cancel_response&, const cancel_response&) = default;
};

// Makes the sender's client the one that the session's events go to; a client before it gets
// session_closed. Answered by session_opened.
struct attach_client {
  bool paced = true;  // false: send all that is made at once instead of at most run_ahead before
                      // its time (for a client that collects a whole turn)
  friend bool operator==(const attach_client&, const attach_client&) = default;
};

// From the directory: take no more requests, let the turn under way end within `grace`, close.
struct drain_session {
  milliseconds grace{5'000};
  friend bool operator==(const drain_session&, const drain_session&) = default;
};

// ---- door -> directory
// Asks for the conversation of this id, made anew if there is none (or the id is empty). Answered
// by the session or an error (errc as the code of category "dhr").
struct open_conversation {
  conversation_id id;
  friend bool operator==(const open_conversation&, const open_conversation&) = default;
};

// Takes no more conversations and drains the living ones.
struct drain_all {
  milliseconds grace{5'000};
  friend bool operator==(const drain_all&, const drain_all&) = default;
};

// ---- session -> client
struct session_opened {
  session_settings settings;
  friend bool operator==(const session_opened&, const session_opened&) = default;
};

struct settings_changed {
  session_settings settings;
  friend bool operator==(const settings_changed&, const settings_changed&) = default;
};

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

// The request did nothing; the session lives on.
struct request_failed {
  std::string request;
  error reason;
};

struct turn_started {
  std::string response_id;
  std::string item_id;
  std::string previous_item_id;
  session_settings settings;  // of this turn
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

struct turn_finished {
  std::string response_id;
  conversation_item item;  // as it stands in the history now
  turn_status status = turn_status::completed;
  std::string reason;  // of cancelled: "client_cancelled", "server_shutdown"; of incomplete:
                       // "max_output_tokens"
  std::optional<error> problem;
  token_usage usage;
  turn_timings timings;
};

// The resting face's next frames; frame numbers grow by what was sent.
struct idle_chunk {
  std::int64_t first_frame = 0;
  shared_bytes frames;
  friend bool operator==(const idle_chunk&, const idle_chunk&) = default;
};

// Something that the client should know of and that needs no answer.
struct notice {
  std::string kind;  // "engine_fallback", "voice_fallback", "restarted"
  std::string message;
  friend bool operator==(const notice&, const notice&) = default;
};

// The last event of a session.
struct session_closed {
  std::string reason;  // "idle", "shutdown", "failed"
  std::string message;
  friend bool operator==(const session_closed&, const session_closed&) = default;
};

using session_payload =
    std::variant<session_opened, settings_changed, item_added, item_deleted, item_retrieved,
                 request_failed, turn_started, text_piece, media_chunk, turn_finished, idle_chunk,
                 notice, session_closed>;

// All that a session sends. Sequence numbers grow by one in an epoch.
struct session_event {
  turn_id turn;  // of the payload; number 0 outside of turns
  std::uint64_t sequence = 0;
  session_payload payload;
};

}  // namespace dhr
