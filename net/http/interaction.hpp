#pragma once
// One whole interaction: what POST /v1/interactions takes and gives. Pure.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "actors/session/directory_messages.hpp"
#include "actors/session/messages.hpp"
#include "actors/session/turn_collector.hpp"
#include "net/http/message.hpp"

namespace dhr::http {

struct interaction_request {
  conversation_id conversation;  // empty: a new one
  std::string owner;             // name of the asker's key; told by the connection
  std::string idempotency_key;   // the same in every attempt at this turn; empty: none
  node_wish wish;                // for the node that gets the conversation
  bool redirect = false;         // the client can go to the conversation's node itself
  std::string text;              // may be empty where there is sound
  shared_bytes sound;            // a file of sound as it came, not looked into; may be empty
  std::string sound_param;       // the field that it came in; empty: as the body
  settings_patch session;        // instructions and voice: they stay with the conversation
  settings_patch response;       // modality and outputs: for this turn
  bool audio = false;            // the sound is wanted
  bool animation = true;         // the face is wanted
};

// A body of this length is taken when it is a file of sound, whatever doors.http.body_bytes_max.
inline constexpr std::size_t sound_bytes_max = 16 * 1'024 * 1'024;

[[nodiscard]] realtime::checked<interaction_request> decode_interaction(std::string_view json);

// For a body that is a file of sound: what JSON's other fields say comes in the query.
[[nodiscard]] realtime::checked<interaction_request> decode_spoken_interaction(
    std::string_view body, const std::vector<std::pair<std::string, std::string>>& query);

struct finished_interaction {
  conversation_id conversation;
  std::optional<std::string> heard;  // in the request's sound
  collected_turn turn;
};

// 200 for a turn that completed, was cut short or was cancelled; the error's status for one that
// failed.
[[nodiscard]] reply encode_interaction(const interaction_request& request,
                                       const finished_interaction& finished, int fps);

}  // namespace dhr::http
