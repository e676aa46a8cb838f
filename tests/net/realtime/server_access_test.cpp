// Who the WebSocket door lets in, over loopback, in plain text and through TLS.

#include <boost/asio/ssl.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <sstream>

#include "net/door/tls_context.hpp"
#include "net/realtime/server.hpp"
#include "runtime/base/log.hpp"
#include "tests/net/door/tls_fixture.hpp"
#include "tests/support/fake_session.hpp"
#include "tests/support/loopback.hpp"

using namespace dhr;
using namespace dhr::realtime;
using namespace std::chrono_literals;
namespace asio = boost::asio;
namespace beast = boost::beast;
namespace bhttp = boost::beast::http;
namespace websocket = boost::beast::websocket;
namespace json = boost::json;
using asio::ip::tcp;
using testing::run_operation;

namespace {

const std::string shop_key = "shop-key-0123456789";

settings::access one_key() {
  settings::access access;
  access.keys.value = "shop:" + shop_key;
  access.origins = "https://app.example";
  access.connections_max = 1;
  access.turns_per_minute = 2;
  return access;
}

struct bench {
  metrics counts;
  testing::fake_node node;
  testing::network_thread network;
  std::unique_ptr<server> door;

  explicit bench(const settings::access& access,
                 settings::tls_mode mode = settings::tls_mode::optional) {
    settings::realtime_door place;
    place.port = 0;
    settings::tls tls;
    tls.mode = mode;
    writer_options writer;
    writer.model = "test-model";
    server_parts parts{network.io, node.system, node.directory, place, writer, counts};
    parts.gate = door::gate::make(access).assume_value();
    parts.tls = door::make_tls(tls, {}, system_clock().wall_now()).assume_value();
    auto started = server::start(std::move(parts));
    if (!started) FAIL(started.assume_error().message);
    door = std::move(started).assume_value();
  }
  ~bench() { CHECK(door->stop(1s).wait_for(testing::patience) == std::future_status::ready); }
};

using headers = std::vector<std::pair<std::string, std::string>>;

template <class Stream>
class client {
 public:
  template <class... Parts>
  explicit client(std::uint16_t port, Parts&... parts) : ws_{io_, parts...} {
    beast::get_lowest_layer(ws_).connect({asio::ip::make_address("127.0.0.1"), port});
    if constexpr (sizeof...(parts) > 0) {
      const auto done = run_operation(io_, [&](auto handler) {
        ws_.next_layer().async_handshake(asio::ssl::stream_base::client, std::move(handler));
      });
      REQUIRE(done);
      REQUIRE_FALSE(done->trouble);
    }
  }

  int open(const std::string& target, const headers& more = {}) {
    ws_.set_option(websocket::stream_base::decorator([&](websocket::request_type& request) {
      for (const auto& [name, value] : more) request.set(name, value);
    }));
    const auto done = run_operation(io_, [&](auto handler) {
      ws_.async_handshake(response, "localhost", target, std::move(handler));
    });
    REQUIRE(done);
    return response.result_int();
  }

  void send(const std::string& text) {
    const auto done = run_operation(
        io_, [&](auto handler) { ws_.async_write(asio::buffer(text), std::move(handler)); });
    REQUIRE(done);
  }

  json::object event() {
    beast::flat_buffer buffer;
    const auto done =
        run_operation(io_, [&](auto handler) { ws_.async_read(buffer, std::move(handler)); });
    REQUIRE(done);
    REQUIRE_FALSE(done->trouble);
    return json::parse(beast::buffers_to_string(buffer.data())).as_object();
  }

  websocket::response_type response;

 private:
  asio::io_context io_;
  websocket::stream<Stream, false> ws_;
};

using plain_client = client<tcp::socket>;
using secure_client = client<asio::ssl::stream<tcp::socket>>;

}  // namespace

TEST_CASE("one port serves ws: and wss: alike") {
  bench b{{}};
  plain_client plain{b.door->port()};
  REQUIRE(plain.open("/v1/realtime") == 101);
  CHECK(plain.event().at("type") == "session.created");
  asio::ssl::context context{asio::ssl::context::tls_client};
  secure_client secure{b.door->port(), context};
  REQUIRE(secure.open("/v1/realtime?model=m") == 101);
  CHECK(secure.event().at("session").at("model") == "m");
  secure.send(R"({"type":"nonsense"})");
  CHECK(secure.event().at("type") == "error");
}

TEST_CASE("a WebSocket in plain text is refused where TLS is required") {
  bench b{{}, settings::tls_mode::required};
  CHECK(plain_client{b.door->port()}.open("/v1/realtime") == 403);
  asio::ssl::context context{asio::ssl::context::tls_client};
  CHECK(secure_client{b.door->port(), context}.open("/v1/realtime") == 101);
}

TEST_CASE("with keys a client without a right one is refused by 401 in the public API's words") {
  bench b{one_key()};
  for (const auto& more : {headers{}, headers{{"Authorization", "Bearer wrong-key-0123456789"}}}) {
    plain_client c{b.door->port()};
    REQUIRE(c.open("/v1/realtime", more) == 401);
    CHECK(c.response[bhttp::field::www_authenticate] == "Bearer");
    const auto problem = json::parse(c.response.body()).at("error").as_object();
    CHECK(problem.at("code") == "invalid_api_key");
    CHECK(problem.at("type") == "invalid_request_error");
    CHECK(c.response.body().find("wrong-key") == std::string::npos);
  }
  CHECK(b.node.script->copy().opened.empty());
}

TEST_CASE("a key is taken as header, query and subprotocol") {
  auto access = one_key();
  access.connections_max = 0;
  bench b{access};
  const std::vector<std::pair<std::string, headers>> ways{
      {"/v1/realtime", {{"Authorization", "Bearer " + shop_key}}},
      {"/v1/realtime", {{"api-key", shop_key}}},
      {"/voice-live/realtime?api-version=1&api-key=" + shop_key, {}},
      {"/v1/realtime",
       {{"Sec-WebSocket-Protocol", "realtime, openai-insecure-api-key." + shop_key}}}};
  for (const auto& [target, more] : ways) {
    plain_client c{b.door->port()};
    CHECK(c.open(target, more) == 101);
    CHECK(c.event().at("type") == "session.created");
    CHECK(c.response[bhttp::field::sec_websocket_protocol].find("openai-insecure") ==
          beast::string_view::npos);
  }
}

TEST_CASE("a browser on a foreign page is refused by 403, with the right key as well") {
  bench b{one_key()};
  const std::string target = "/v1/realtime?key=" + shop_key;
  CHECK(plain_client{b.door->port()}.open(target, {{"Origin", "https://evil.example"}}) == 403);
  plain_client listed{b.door->port()};
  CHECK(listed.open(target, {{"Origin", "https://app.example"}}) == 101);
}

TEST_CASE("a key with all its connections is refused by 429 until one of them ends") {
  bench b{one_key()};
  const std::string target = "/v1/realtime?key=" + shop_key;
  {
    plain_client first{b.door->port()};
    REQUIRE(first.open(target) == 101);
    plain_client second{b.door->port()};
    REQUIRE(second.open(target) == 429);
    CHECK(second.response[bhttp::field::retry_after] == "5");
  }
  // The server notices the end of the first in its own time.
  const auto end = std::chrono::steady_clock::now() + testing::patience;
  auto status = plain_client{b.door->port()}.open(target);
  while (status == 429 && std::chrono::steady_clock::now() < end) {
    std::this_thread::yield();
    status = plain_client{b.door->port()}.open(target);
  }
  CHECK(status == 101);
}

TEST_CASE("a key that has asked for its turns of the minute is told so, and the session lives on") {
  bench b{one_key()};
  plain_client c{b.door->port()};
  REQUIRE(c.open("/v1/realtime?key=" + shop_key) == 101);
  CHECK(c.event().at("type") == "session.created");
  for (int i = 0; i < 2; ++i) {
    c.send(R"({"type":"response.create"})");
    while (c.event().at("type") != "response.done") {
    }
  }
  c.send(R"({"type":"response.create","event_id":"third"})");
  auto event = c.event();
  while (event.at("type") == "rate_limits.updated") event = c.event();
  REQUIRE(event.at("type") == "error");
  CHECK(event.at("error").at("code") == "rate_limit_exceeded");
  CHECK(event.at("error").at("event_id") == "third");
  c.send(R"({"type":"response.cancel"})");
  CHECK(c.event().at("type") == "error");
}

TEST_CASE("no key is in the log, be it right or wrong") {
  std::ostringstream lines;
  settings::log all;
  all.level = settings::log_level::trace;
  start_logging(all, lines);
  {
    bench b{one_key()};
    const std::string wrong = "wrong-key-0123456789";
    CHECK(plain_client{b.door->port()}.open("/v1/realtime?key=" + shop_key) == 101);
    CHECK(plain_client{b.door->port()}.open("/v1/realtime?key=" + wrong) == 401);
    CHECK(plain_client{b.door->port()}.open("/v1/realtime", {{"Authorization", wrong}}) == 401);
  }
  flush_logging();
  start_logging({});
  CHECK(lines.str().find("refused") != std::string::npos);
  CHECK(lines.str().find("key=shop") != std::string::npos);
  CHECK(lines.str().find("key-0123456789") == std::string::npos);
}
