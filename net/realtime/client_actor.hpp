#pragma once
// One per WebSocket connection: opens the conversation, turns what its session says into events and
// puts them into the connection's link.

#include <functional>
#include <optional>
#include <vector>

#include "actors/session/actors.hpp"
#include "net/door/rate_limiter.hpp"
#include "net/realtime/client_link.hpp"
#include "net/realtime/response_writer.hpp"

namespace dhr::realtime {

struct client_options {
  conversation_id conversation;      // empty: a new one
  milliseconds open_timeout{5'000};  // for the directory's answer
  writer_options writer;             // its skip_through is set by `seen`
  std::optional<event_mark> seen;    // the last event that a client saw before it came back
  // What the client's key may still use; asked after each response, on a thread of the scheduler.
  // Without it, or with no limits, the client is told nothing.
  std::function<std::vector<door::rate_limit>()> rate_limits;
};

// Ends when the connection sends it an exit, and closes the connection when the session is gone.
// The session goes on without its client for a while: it may come back.
client_actor spawn_client(caf::actor_system& system, directory_actor directory,
                          std::shared_ptr<client_link> link, client_options options);

}  // namespace dhr::realtime
