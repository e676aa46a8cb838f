#pragma once
// A WebSocket door before a scripted house, and clients that come to it over loopback, in plain
// text or through TLS.

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <string>
#include <utility>
#include <vector>

#include "net/door/tls_context.hpp"
#include "net/realtime/server.hpp"
#include "tests/support/fake_session.hpp"
#include "tests/support/loopback.hpp"

namespace dhr::testing {

using headers = std::vector<std::pair<std::string, std::string>>;

template <class Stream>
class ws_client {
 public:
  // `parts`: of a TLS stream its context, which outlives the client.
  template <class... Parts>
  explicit ws_client(std::uint16_t port, Parts&... parts) : ws_{io_, parts...} {
    boost::beast::get_lowest_layer(ws_).connect({boost::asio::ip::make_address("127.0.0.1"), port});
    if constexpr (sizeof...(parts) > 0) {
      const auto done = run_operation(io_, [&](auto handler) {
        ws_.next_layer().async_handshake(boost::asio::ssl::stream_base::client, std::move(handler));
      });
      REQUIRE(done);
      REQUIRE_FALSE(done->trouble);
    }
    ws_.control_callback([this](auto type, boost::beast::string_view) {
      if (type == boost::beast::websocket::frame_type::ping) ++pings;
    });
  }

  // The HTTP status of the answer; 101 is a WebSocket.
  int open(const std::string& target, const headers& more = {}) {
    using boost::beast::websocket::stream_base;
    ws_.set_option(stream_base::decorator([&](boost::beast::websocket::request_type& request) {
      for (const auto& [name, value] : more) request.set(name, value);
    }));
    const auto done = run_operation(io_, [&](auto handler) {
      ws_.async_handshake(response, "localhost", target, std::move(handler));
    });
    REQUIRE(done);
    return response.result_int();
  }

  void send(const std::string& text, bool binary = false) {
    ws_.binary(binary);
    const auto done = run_operation(
        io_, [&](auto handler) { ws_.async_write(boost::asio::buffer(text), std::move(handler)); });
    REQUIRE(done);
    REQUIRE_FALSE(done->trouble);
  }

  // The next event, or nothing once the connection is closed.
  std::optional<boost::json::object> next() {
    boost::beast::flat_buffer buffer;
    const auto done =
        run_operation(io_, [&](auto handler) { ws_.async_read(buffer, std::move(handler)); });
    REQUIRE(done);
    if (done->trouble) return std::nullopt;
    CHECK(ws_.got_text());
    return boost::json::parse(boost::beast::buffers_to_string(buffer.data())).as_object();
  }

  boost::json::object event() {
    auto got = next();
    REQUIRE(got);
    return *got;
  }

  // The next event of this type; those before it are dropped.
  boost::json::object event(std::string_view type) {
    auto got = event();
    while (got.at("type").as_string() != type) got = event();
    return got;
  }

  // The events up to one of this type.
  std::vector<std::string> types_until(std::string_view last) {
    std::vector<std::string> types;
    do {
      types.emplace_back(event().at("type").as_string());
    } while (types.back() != last);
    return types;
  }

  // Reads to the end; returns the close code.
  int closed() {
    while (next()) {
    }
    return ws_.reason().code;
  }
  // Once it is closed.
  std::string close_text() const { return std::string{ws_.reason().reason.c_str()}; }

  // Waits for a ping, then for the answer to a message.
  boost::json::object event_after_ping(const std::string& message) {
    using boost::beast::error_code;
    boost::beast::flat_buffer buffer;
    bool done = false;
    io_.restart();
    ws_.async_read(buffer, [&](error_code, std::size_t) { done = true; });
    const auto end = std::chrono::steady_clock::now() + patience;
    while (!done && pings == 0 && io_.run_one_until(end) > 0) {
    }
    REQUIRE_FALSE(done);
    ws_.async_write(boost::asio::buffer(message), [](error_code, std::size_t) {});
    while (!done && io_.run_one_until(end) > 0) {
    }
    REQUIRE(done);
    return boost::json::parse(boost::beast::buffers_to_string(buffer.data())).as_object();
  }

  void vanish() {
    boost::beast::error_code ignored;
    boost::beast::get_lowest_layer(ws_).close(ignored);
  }

  boost::beast::websocket::response_type response;
  int pings = 0;

 private:
  boost::asio::io_context io_;
  boost::beast::websocket::stream<Stream, false> ws_;
};

using plain_client = ws_client<boost::asio::ip::tcp::socket>;
using secure_client = ws_client<boost::asio::ssl::stream<boost::asio::ip::tcp::socket>>;

// Port 0, all else as by default.
inline settings::realtime_door free_port() {
  settings::realtime_door settings;
  settings.port = 0;
  return settings;
}

inline realtime::writer_options test_writer() {
  realtime::writer_options writer;
  writer.model = "test-model";
  return writer;
}

struct door_bench {
  metrics counts;
  fake_node node;
  network_thread network;
  std::unique_ptr<realtime::server> door;
  bool stopped = false;

  explicit door_bench(settings::realtime_door place = free_port()) {
    start({network.io, node.system, node.directory, place, test_writer(), counts});
  }
  explicit door_bench(const settings::access& access,
                      settings::tls_mode mode = settings::tls_mode::optional) {
    settings::tls tls;
    tls.mode = mode;
    realtime::server_parts parts{network.io,  node.system,   node.directory,
                                 free_port(), test_writer(), counts};
    parts.gate = door::gate::make(access).assume_value();
    parts.tls = door::make_tls(tls, {}, system_clock().wall_now()).assume_value();
    start(std::move(parts));
  }
  ~door_bench() {
    if (!stopped) CHECK(stop(std::chrono::seconds{1}));
  }

  void start(realtime::server_parts parts) {
    auto started = realtime::server::start(std::move(parts));
    if (!started) FAIL(started.assume_error().message);
    door = std::move(started).assume_value();
  }
  std::future<void> begin_stop(milliseconds grace) {
    stopped = true;
    return door->stop(grace);
  }
  bool stop(milliseconds grace) {
    return begin_stop(grace).wait_for(patience) == std::future_status::ready;
  }
  bool counted(std::string_view line) {
    const auto end = std::chrono::steady_clock::now() + patience;
    while (counts.scrape().find(line) == std::string::npos) {
      if (std::chrono::steady_clock::now() > end) return false;
      std::this_thread::yield();
    }
    return true;
  }
};

}  // namespace dhr::testing
