#pragma once
// A WebSocket door before a scripted house, and clients that come to it over loopback, in plain
// text or through TLS.

#include <boost/asio/ssl/context.hpp>
#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "net/door/tls_context.hpp"
#include "net/realtime/server.hpp"
#include "tests/support/fake_session.hpp"
#include "tests/support/loopback.hpp"

namespace dhr::testing {

using headers = std::vector<std::pair<std::string, std::string>>;

// Its calls fail the test that makes them if nothing comes in time.
class ws_client {
 public:
  explicit ws_client(std::uint16_t port);
  // Through TLS; `trust` outlives the client.
  ws_client(std::uint16_t port, boost::asio::ssl::context& trust);
  ~ws_client();

  // The HTTP status of the answer; 101 is a WebSocket.
  int open(const std::string& target, const headers& more = {});
  // Of that answer; "" without such a header.
  [[nodiscard]] std::string header(const std::string& name) const;
  [[nodiscard]] std::string body() const;

  void send(const std::string& text, bool binary = false);

  // The next event, or nothing once the connection is closed.
  std::optional<boost::json::object> next();
  boost::json::object event();
  // The next event of this type; those before it are dropped.
  boost::json::object event(std::string_view type);
  // The events up to one of this type.
  std::vector<std::string> types_until(std::string_view last);

  // Reads to the end; returns the close code.
  int closed();
  // Once it is closed.
  [[nodiscard]] std::string close_text() const;

  // Waits for a ping, then for the answer to a message.
  boost::json::object event_after_ping(const std::string& message);

  [[nodiscard]] int pings() const;  // so far

  void vanish();

 private:
  class connection;
  template <class Stream>
  class connection_over;
  std::unique_ptr<connection> connection_;
};

// Port 0, all else as by default.
settings::realtime_door free_port();
realtime::writer_options test_writer();

struct door_bench {
  metrics counts;
  fake_node node;
  network_thread network;
  std::unique_ptr<realtime::server> door;
  bool stopped = false;

  explicit door_bench(settings::realtime_door place = free_port());
  explicit door_bench(const settings::access& access,
                      settings::tls_mode mode = settings::tls_mode::optional);
  ~door_bench();

  void start(realtime::server_parts parts);
  std::future<void> begin_stop(milliseconds grace);
  bool stop(milliseconds grace);
  bool counted(std::string_view line);
};

}  // namespace dhr::testing
