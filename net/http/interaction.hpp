#pragma once
// One whole interaction as JSON: what POST /v1/interactions takes and gives. Pure.

#include <string>
#include <string_view>

#include "actors/session/messages.hpp"
#include "actors/session/turn_collector.hpp"
#include "net/http/message.hpp"

namespace dhr::http {

struct interaction_request {
  conversation_id conversation;  // empty: a new one
  std::string text;
  settings_patch session;   // instructions and voice: they stay with the conversation
  settings_patch response;  // modality and outputs: for this turn
  bool audio = false;       // the sound is wanted
  bool animation = true;    // the face is wanted
};

[[nodiscard]] realtime::checked<interaction_request> decode_interaction(std::string_view json);

struct finished_interaction {
  conversation_id conversation;
  collected_turn turn;
};

// 200 for a turn that completed, was cut short or was cancelled; the error's status for one that
// failed.
[[nodiscard]] reply encode_interaction(const interaction_request& request,
                                       const finished_interaction& finished, int fps);

}  // namespace dhr::http
