#pragma once
// One WebSocket connection. Internal to the room; Beast stays in connection.cpp.

#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <string>
#include <vector>

#include "actors/session/actors.hpp"
#include "net/door/connection_table.hpp"
#include "net/door/gate.hpp"
#include "net/door/tls_context.hpp"
#include "net/realtime/client_link.hpp"
#include "net/realtime/response_writer.hpp"
#include "runtime/base/config.hpp"
#include "runtime/base/metrics.hpp"

namespace dhr::realtime {

// What all connections share; constant while the server lives.
struct connection_context {
  caf::actor_system& system;
  conversation_door conversations;
  settings::realtime_door settings;
  writer_options writer;
  int unanswered_max;  // requests of one conversation
  metrics& counts;
  std::shared_ptr<door::connection_table> table;
  std::shared_ptr<door::gate> gate;
  std::shared_ptr<const door::tls_setup> tls;  // nothing: plain text only
  const clock& time;
  std::vector<std::string> languages;  // see codec_limits
  milliseconds move_patience;          // see client_options
};

// For `socket`, whose executor is a strand of its own.
[[nodiscard]] std::shared_ptr<door::live_connection> make_connection(
    boost::asio::ip::tcp::socket socket, std::shared_ptr<const connection_context> context);

}  // namespace dhr::realtime
