#pragma once
// What a client asks of its session. `request` is the client's own id for its event, given back in
// request_failed. Everything here is carried by CAF; a piece of sound stays under 64 KiB.

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "actors/session/types.hpp"
#include "runtime/base/ids.hpp"
#include "runtime/base/shared_bytes.hpp"

namespace dhr {

// Changes the settings. Answered by settings_changed or request_failed.
struct update_session {
  std::string request;
  settings_patch patch;
  friend bool operator==(const update_session&, const update_session&) = default;
};

// Adds an item after `previous` ("" appends, "root" goes first). An empty item id gets a new one.
// With `audio` (in the input format) the item's text is what is heard in it, told later by
// transcript_done. Answered by item_added or request_failed.
struct create_item {
  std::string request;
  std::string previous;
  conversation_item item;
  shared_bytes audio;
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

// Of this spoken answer only so much was heard: the history keeps the words before. Answered by
// item_truncated or request_failed.
struct truncate_item {
  std::string request;
  std::string item_id;
  std::int64_t audio_end_ms = 0;
  friend bool operator==(const truncate_item&, const truncate_item&) = default;
};

inline constexpr std::size_t idempotency_key_bytes_max = 128;

// Begins a turn with settings that `patch` changes for this turn alone. Answered by turn_started,
// then the turn's pieces, then exactly one turn_finished; or by request_failed while a turn is
// under way. With a key it is a retry of the turn that had the same one: that turn's events answer
// it while it is under way, its words alone when it has ended whole, and otherwise it begins anew.
struct create_response {
  std::string request;
  settings_patch patch;
  bool out_of_band = false;  // the answer is not added to the conversation
  // In place of the history.
  std::optional<std::vector<conversation_item>> input;
  std::vector<std::pair<std::string, std::string>> metadata;  // given back with the response
  std::string idempotency_key;  // empty: none; of at most idempotency_key_bytes_max
  friend bool operator==(const create_response&, const create_response&) = default;
};

// Interrupts the turn under way (or, with a response id, only that one). Answered by that turn's
// turn_finished with `cancelled`, after which nothing of it is sent; or by request_failed.
struct cancel_response {
  std::string request;
  std::string response_id;
  friend bool operator==(const cancel_response&, const cancel_response&) = default;
};

// The next sound of the microphone, in the input format. Not answered but for request_failed.
struct append_audio {
  std::string request;
  shared_bytes audio;
  friend bool operator==(const append_audio&, const append_audio&) = default;
};

// What was heard is a turn of the user's. Answered by audio_committed or request_failed.
struct commit_audio {
  std::string request;
  friend bool operator==(const commit_audio&, const commit_audio&) = default;
};

// Answered by audio_cleared.
struct clear_audio {
  std::string request;
  friend bool operator==(const clear_audio&, const clear_audio&) = default;
};

// Interrupts the turn under way, if there is one. Answered by output_cleared.
struct clear_output {
  std::string request;
  friend bool operator==(const clear_output&, const clear_output&) = default;
};

using client_request_payload = std::variant<update_session, create_item, delete_item, retrieve_item,
                                            truncate_item, create_response, cancel_response,
                                            append_audio, commit_audio, clear_audio, clear_output>;

// All that a client asks.
struct client_request {
  client_request_payload what;
  friend bool operator==(const client_request&, const client_request&) = default;
};

// An event that a client has seen: the `index`-th that the door made of session_event::sequence.
struct event_mark {
  std::uint64_t epoch = 0;
  std::uint64_t sequence = 0;
  std::uint32_t index = 0;
  friend auto operator<=>(const event_mark&, const event_mark&) = default;
};

// Makes the sender's client the one that the session's events go to; a client before it gets
// session_closed. Answered by session_opened; with `seen` by what was sent after it and then
// session_resumed, or where that is no longer there by session_opened, resume_gap and an item_added
// for each item; with `continues` by session_taken_over.
struct attach_client {
  bool paced = true;  // false: send all that is made at once instead of at most run_ahead before
                      // its time (for a client that collects a whole turn)
  bool resumable = false;  // its turns go on without it until it comes back or its time is over
  std::optional<event_mark> seen;
  bool continues = false;  // the client was there before, with another activation that it lost
  friend bool operator==(const attach_client&, const attach_client&) = default;
};

// From the directory: take no more requests, let the turn under way end within `grace`, close.
struct drain_session {
  milliseconds grace{5'000};
  bool moves = false;  // other nodes take its conversation up: the client is told "moved"
  friend bool operator==(const drain_session&, const drain_session&) = default;
};

// From the directory: others own the conversation, or may. Ends at once, saves nothing; the client
// is told "moved" and finds it again by its id.
struct leave_conversation {
  friend bool operator==(const leave_conversation&, const leave_conversation&) = default;
};

}  // namespace dhr
