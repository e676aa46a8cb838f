#pragma once
// The HTTP door: the page's files, whole interactions, health, metrics and status.
//
// Sockets live on the caller's io_context (its threads run them), one strand per connection; an
// interaction's actor lives on CAF's scheduler. Stop order: stop_accepting(), drain the directory,
// stop(), then end the io_context's threads, then the actor system.

#include <memory>

#include "actors/session/actors.hpp"
#include "net/door/gate.hpp"
#include "net/door/running_door.hpp"
#include "net/http/router.hpp"
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

namespace dhr::http {

struct server_parts {
  boost::asio::io_context& io;
  caf::actor_system& system;
  conversation_door conversations;
  settings::http_door settings;
  site shown;
  metrics& counts;  // outlives the server and its connections
  milliseconds interaction_timeout{60'000};
  std::shared_ptr<door::gate> gate = door::gate::without_keys();
  std::shared_ptr<const door::tls_setup> tls;  // nothing: plain text only
  const clock* time = &system_clock();
};

// Thread-safe. Its stop() lets requests under way be answered.
class server : public door::running_door {
 public:
  // Listens at once. errc::unavailable if the port can't be had.
  [[nodiscard]] static result<std::unique_ptr<server>> start(server_parts parts);

 private:
  explicit server(door::entrance opened);
};

}  // namespace dhr::http
