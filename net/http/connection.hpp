#pragma once
// One HTTP/1.1 connection, kept alive between requests. Internal to the room; Beast stays in
// connection.cpp.

#include <boost/asio/ip/tcp.hpp>
#include <memory>

#include "actors/session/actors.hpp"
#include "net/door/connection_table.hpp"
#include "net/door/gate.hpp"
#include "net/door/tls_context.hpp"
#include "net/http/router.hpp"
#include "runtime/base/config.hpp"
#include "runtime/base/metrics.hpp"

namespace dhr::http {

// What all connections share; constant while the server lives.
struct connection_context {
  caf::actor_system& system;
  conversation_door conversations;
  settings::http_door settings;
  milliseconds interaction_timeout;
  router routes;
  metrics& counts;
  std::shared_ptr<door::connection_table> table;
  std::shared_ptr<door::gate> gate;
  std::shared_ptr<const door::tls_setup> tls;  // nothing: plain text only
  const clock& time;
};

// For `socket`, whose executor is a strand of its own. With `refused` its first request is answered
// by 503.
[[nodiscard]] std::shared_ptr<door::live_connection> make_connection(
    boost::asio::ip::tcp::socket socket, std::shared_ptr<const connection_context> context);

}  // namespace dhr::http
