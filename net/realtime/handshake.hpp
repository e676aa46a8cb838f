#pragma once
// What a connection's first request asks for. Pure; who may come in is net/door's business.

#include <optional>
#include <string>
#include <string_view>

#include "actors/session/directory_messages.hpp"
#include "net/realtime/event_problem.hpp"
#include "net/realtime/event_shape.hpp"
#include "runtime/base/ids.hpp"

namespace dhr::realtime {

// The parts of the HTTP request that matter; the views live as long as it.
struct upgrade_request {
  std::string_view target;        // with the query
  std::string_view subprotocols;  // Sec-WebSocket-Protocol
  std::string_view beta;          // OpenAI-Beta
  bool is_upgrade = true;
};

struct handshake {
  event_shape shape = event_shape::ga;
  conversation_id conversation;  // empty: a new one
  node_wish wish;                // for the node that gets it
  std::string last_event_id;     // the last event that the client saw of it; may be empty
  std::string model;             // as the client calls it; may be empty
  bool redirect = false;         // the client can go to the conversation's node itself
  bool subprotocol = false;      // "realtime" was offered and is to be echoed
};

struct handshake_refusal {
  int status = 400;  // HTTP
  event_problem problem;
};

template <class T>
using handshake_result =
    boost::outcome_v2::basic_result<T, handshake_refusal, boost::outcome_v2::policy::terminate>;

// Paths: /v1/realtime, /realtime (of clients that append it to an address without version),
// /openai/realtime and /openai/v1/realtime (Azure's), /voice-live/realtime. The shape is Voice
// Live's by that path, the beta's by `OpenAI-Beta: realtime=v1` or the subprotocol
// `openai-beta.realtime-v1`, else GA.
[[nodiscard]] handshake_result<handshake> read_handshake(const upgrade_request& request);

}  // namespace dhr::realtime
