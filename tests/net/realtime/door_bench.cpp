#include "tests/net/realtime/door_bench.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <boost/beast/websocket.hpp>

namespace dhr::testing {

namespace asio = boost::asio;
namespace beast = boost::beast;
using plain_stream = asio::ip::tcp::socket;
using tls_stream = asio::ssl::stream<plain_stream>;

class ws_client::connection {
 public:
  virtual ~connection() = default;
  virtual void shake_hands(const std::string& target, const headers& more) = 0;
  virtual void write(const std::string& text, bool binary) = 0;
  // The next message, or nothing once the connection is closed.
  virtual std::optional<std::string> read() = 0;
  virtual std::string read_after_ping(const std::string& message) = 0;
  virtual beast::websocket::close_reason reason() const = 0;
  virtual void vanish() = 0;

  beast::websocket::response_type response;
  int pings = 0;
};

template <class Stream>
class ws_client::connection_over : public connection {
 public:
  // `parts`: of a TLS stream its context.
  template <class... Parts>
  explicit connection_over(std::uint16_t port, Parts&... parts) : ws_{io_, parts...} {
    beast::get_lowest_layer(ws_).connect({asio::ip::make_address("127.0.0.1"), port});
    if constexpr (sizeof...(parts) > 0) {
      const auto done = run_operation(io_, [&](auto handler) {
        ws_.next_layer().async_handshake(asio::ssl::stream_base::client, std::move(handler));
      });
      REQUIRE(done);
      REQUIRE_FALSE(done->trouble);
    }
    ws_.control_callback([this](auto type, beast::string_view) {
      if (type == beast::websocket::frame_type::ping) ++pings;
    });
  }

  void shake_hands(const std::string& target, const headers& more) override {
    ws_.set_option(
        beast::websocket::stream_base::decorator([&](beast::websocket::request_type& request) {
          for (const auto& [name, value] : more) request.set(name, value);
        }));
    const auto done = run_operation(io_, [&](auto handler) {
      ws_.async_handshake(response, "localhost", target, std::move(handler));
    });
    REQUIRE(done);
  }

  void write(const std::string& text, bool binary) override {
    ws_.binary(binary);
    const auto done = run_operation(
        io_, [&](auto handler) { ws_.async_write(asio::buffer(text), std::move(handler)); });
    REQUIRE(done);
    REQUIRE_FALSE(done->trouble);
  }

  std::optional<std::string> read() override {
    beast::flat_buffer buffer;
    const auto done =
        run_operation(io_, [&](auto handler) { ws_.async_read(buffer, std::move(handler)); });
    REQUIRE(done);
    if (done->trouble) return std::nullopt;
    CHECK(ws_.got_text());
    return beast::buffers_to_string(buffer.data());
  }

  std::string read_after_ping(const std::string& message) override {
    beast::flat_buffer buffer;
    bool done = false;
    io_.restart();
    ws_.async_read(buffer, [&](beast::error_code, std::size_t) { done = true; });
    const auto end = std::chrono::steady_clock::now() + patience;
    while (!done && pings == 0 && io_.run_one_until(end) > 0) {
    }
    REQUIRE_FALSE(done);
    ws_.async_write(asio::buffer(message), [](beast::error_code, std::size_t) {});
    while (!done && io_.run_one_until(end) > 0) {
    }
    REQUIRE(done);
    return beast::buffers_to_string(buffer.data());
  }

  beast::websocket::close_reason reason() const override { return ws_.reason(); }

  void vanish() override {
    beast::error_code ignored;
    beast::get_lowest_layer(ws_).close(ignored);
  }

 private:
  asio::io_context io_;
  beast::websocket::stream<Stream, false> ws_;
};

ws_client::ws_client(std::uint16_t port)
    : connection_{std::make_unique<connection_over<plain_stream>>(port)} {}

ws_client::ws_client(std::uint16_t port, asio::ssl::context& trust)
    : connection_{std::make_unique<connection_over<tls_stream>>(port, trust)} {}

ws_client::~ws_client() = default;

int ws_client::open(const std::string& target, const headers& more) {
  connection_->shake_hands(target, more);
  return connection_->response.result_int();
}

std::string ws_client::header(const std::string& name) const {
  return std::string{connection_->response[name]};
}

std::string ws_client::body() const { return connection_->response.body(); }

void ws_client::send(const std::string& text, bool binary) { connection_->write(text, binary); }

std::optional<boost::json::object> ws_client::next() {
  const auto message = connection_->read();
  if (!message) return std::nullopt;
  return boost::json::parse(*message).as_object();
}

boost::json::object ws_client::event() {
  auto got = next();
  REQUIRE(got);
  return *got;
}

boost::json::object ws_client::event(std::string_view type) {
  auto got = event();
  while (got.at("type").as_string() != type) got = event();
  return got;
}

std::vector<std::string> ws_client::types_until(std::string_view last) {
  std::vector<std::string> types;
  do {
    types.emplace_back(event().at("type").as_string());
  } while (types.back() != last);
  return types;
}

int ws_client::closed() {
  while (next()) {
  }
  return connection_->reason().code;
}

std::string ws_client::close_text() const { return connection_->reason().reason.c_str(); }

boost::json::object ws_client::event_after_ping(const std::string& message) {
  return boost::json::parse(connection_->read_after_ping(message)).as_object();
}

int ws_client::pings() const { return connection_->pings; }

void ws_client::vanish() { connection_->vanish(); }

settings::realtime_door free_port() {
  settings::realtime_door settings;
  settings.port = 0;
  return settings;
}

realtime::writer_options test_writer() {
  realtime::writer_options writer;
  writer.model = "test-model";
  return writer;
}

door_bench::door_bench(settings::realtime_door place) {
  start({network.io, node.system, node.directory, place, test_writer(), counts});
}

door_bench::door_bench(const settings::access& access, settings::tls_mode mode) {
  settings::tls tls;
  tls.mode = mode;
  realtime::server_parts parts{network.io,  node.system,   node.directory,
                               free_port(), test_writer(), counts};
  parts.gate = door::gate::make(access).assume_value();
  parts.tls = door::make_tls(tls, {}, system_clock().wall_now()).assume_value();
  start(std::move(parts));
}

door_bench::~door_bench() {
  if (!stopped) CHECK(stop(std::chrono::seconds{1}));
}

void door_bench::start(realtime::server_parts parts) {
  auto started = realtime::server::start(std::move(parts));
  if (!started) FAIL(started.assume_error().message);
  door = std::move(started).assume_value();
}

std::future<void> door_bench::begin_stop(milliseconds grace) {
  stopped = true;
  return door->stop(grace);
}

bool door_bench::stop(milliseconds grace) {
  return begin_stop(grace).wait_for(patience) == std::future_status::ready;
}

bool door_bench::counted(std::string_view line) {
  const auto end = std::chrono::steady_clock::now() + patience;
  while (counts.scrape().find(line) == std::string::npos) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::yield();
  }
  return true;
}

}  // namespace dhr::testing
