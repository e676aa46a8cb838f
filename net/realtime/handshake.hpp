#pragma once
// What a connection's first request asks for. Pure.

#include <string>
#include <string_view>

#include "net/realtime/event_problem.hpp"
#include "runtime/base/ids.hpp"

namespace dhr::realtime {

struct handshake {
  conversation_id conversation;  // empty: a new one
  std::string model;             // as the client calls it; may be empty
  bool subprotocol = false;      // "realtime" was offered and is to be echoed
};

struct handshake_refusal {
  int status = 400;  // HTTP
  event_problem problem;
};

template <class T>
using handshake_result =
    boost::outcome_v2::basic_result<T, handshake_refusal, boost::outcome_v2::policy::terminate>;

// `target` is the request's target, `offered` its Sec-WebSocket-Protocol.
[[nodiscard]] handshake_result<handshake> read_handshake(std::string_view target,
                                                         std::string_view offered, bool is_upgrade);

}  // namespace dhr::realtime
