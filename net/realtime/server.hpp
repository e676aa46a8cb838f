#pragma once
// The WebSocket door of the OpenAI Realtime protocol, ws://address:port/v1/realtime.
//
// Sockets live on the caller's io_context (its threads run them), one strand per connection; client
// actors live on CAF's scheduler. Stop order: stop_accepting(), drain the directory, stop(), then
// end the io_context's threads, then the actor system.

#include <memory>
#include <string>
#include <vector>

#include "actors/session/actors.hpp"
#include "net/door/gate.hpp"
#include "net/door/running_door.hpp"
#include "net/realtime/response_writer.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/base/config.hpp"
#include "runtime/base/metrics.hpp"
#include "runtime/base/result.hpp"

namespace boost::asio {
class io_context;
}

namespace dhr::door {
class tls_setup;
}

namespace dhr::realtime {

struct server_parts {
  boost::asio::io_context& io;
  caf::actor_system& system;
  conversation_door conversations;
  settings::realtime_door settings;
  writer_options writer;
  metrics& counts;          // outlives the server and its connections
  int unanswered_max = 64;  // requests of one conversation; with more its client is not read
  std::shared_ptr<door::gate> gate = door::gate::without_keys();
  std::shared_ptr<const door::tls_setup> tls;  // nothing: plain text only
  const clock* time = &system_clock();
  std::vector<std::string> languages;  // see codec_limits
  milliseconds move_patience{0};       // see client_options
};

// Thread-safe. Its stop() lets answers under way end, which come from conversations on other nodes,
// writes what is queued for each client and closes with 1001.
class server : public door::running_door {
 public:
  // Listens at once. errc::unavailable if the port can't be had.
  [[nodiscard]] static result<std::unique_ptr<server>> start(server_parts parts);

 private:
  explicit server(door::entrance opened);
};

}  // namespace dhr::realtime
