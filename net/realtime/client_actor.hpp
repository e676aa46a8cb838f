#pragma once
// One per WebSocket connection: opens the conversation, turns what its session says into events and
// puts them into the connection's link.

#include "actors/session/actors.hpp"
#include "net/realtime/client_link.hpp"
#include "net/realtime/response_writer.hpp"

namespace dhr::realtime {

struct client_options {
  conversation_id conversation;      // empty: a new one
  milliseconds open_timeout{5'000};  // for the directory's answer
  writer_options writer;
};

// Ends when the connection sends it an exit, and closes the connection when the session is gone.
client_actor spawn_client(caf::actor_system& system, directory_actor directory,
                          std::shared_ptr<client_link> link, client_options options);

}  // namespace dhr::realtime
