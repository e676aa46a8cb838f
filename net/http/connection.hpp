#pragma once
// One HTTP/1.1 connection, kept alive between requests. Internal to the room; Beast stays in
// connection.cpp.

#include <boost/asio/ip/tcp.hpp>
#include <memory>

#include "actors/session/actors.hpp"
#include "net/http/router.hpp"
#include "net/realtime/connection_table.hpp"
#include "runtime/base/config.hpp"
#include "runtime/base/metrics.hpp"

namespace dhr::http {

// What all connections share; constant while the server lives.
struct connection_context {
  caf::actor_system& system;
  directory_actor directory;
  settings::http_door settings;
  milliseconds interaction_timeout;
  router routes;
  metrics& counts;
  std::shared_ptr<realtime::connection_table> table;
};

// Serves `socket`, whose executor is a strand of its own. With `refused`, its first request is
// answered by 503. Lives until the socket is closed.
void start_connection(boost::asio::ip::tcp::socket socket,
                      std::shared_ptr<const connection_context> context, bool refused);

}  // namespace dhr::http
