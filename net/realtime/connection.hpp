#pragma once
// One WebSocket connection. Internal to the room; Beast stays in connection.cpp.

#include <boost/asio/ip/tcp.hpp>
#include <memory>

#include "actors/session/actors.hpp"
#include "net/realtime/client_link.hpp"
#include "net/realtime/connection_table.hpp"
#include "net/realtime/response_writer.hpp"
#include "runtime/base/config.hpp"
#include "runtime/base/metrics.hpp"

namespace dhr::realtime {

// What all connections share; constant while the server lives.
struct connection_context {
  caf::actor_system& system;
  directory_actor directory;
  settings::realtime_door settings;
  writer_options writer;
  int unanswered_max;  // requests of one conversation
  metrics& counts;
  std::shared_ptr<connection_table> table;
};

// Serves `socket`, whose executor is a strand of its own. With `refused`, it is told that the
// server is full. Lives until the socket is closed.
void start_connection(boost::asio::ip::tcp::socket socket,
                      std::shared_ptr<const connection_context> context, bool refused);

}  // namespace dhr::realtime
