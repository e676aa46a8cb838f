// Who the WebSocket door lets in, over loopback, in plain text and through TLS.

#include <sstream>

#include "runtime/base/log.hpp"
#include "tests/net/realtime/door_bench.hpp"

using namespace dhr;
namespace asio = boost::asio;
namespace json = boost::json;
using testing::headers;
using testing::ws_client;

namespace {

using bench = testing::door_bench;

const std::string shop_key = "shop-key-0123456789";

settings::access one_key() {
  settings::access access;
  access.keys.value = "shop:" + shop_key;
  access.origins = "https://app.example";
  access.connections_max = 1;
  access.turns_per_minute = 2;
  return access;
}

}  // namespace

TEST_CASE("one port serves ws: and wss: alike") {
  bench b{settings::access{}};
  ws_client plain{b.door->port()};
  REQUIRE(plain.open("/v1/realtime") == 101);
  CHECK(plain.event().at("type") == "session.created");
  asio::ssl::context context{asio::ssl::context::tls_client};
  ws_client secure{b.door->port(), context};
  REQUIRE(secure.open("/v1/realtime?model=m") == 101);
  CHECK(secure.event().at("session").at("model") == "m");
  secure.send(R"({"type":"nonsense"})");
  CHECK(secure.event().at("type") == "error");
}

TEST_CASE("a WebSocket in plain text is refused where TLS is required") {
  bench b{settings::access{}, settings::tls_mode::required};
  CHECK(ws_client{b.door->port()}.open("/v1/realtime") == 403);
  asio::ssl::context context{asio::ssl::context::tls_client};
  CHECK(ws_client{b.door->port(), context}.open("/v1/realtime") == 101);
}

TEST_CASE("with keys a client without a right one is refused by 401 in the public API's words") {
  bench b{one_key()};
  for (const auto& more : {headers{}, headers{{"Authorization", "Bearer wrong-key-0123456789"}}}) {
    ws_client c{b.door->port()};
    REQUIRE(c.open("/v1/realtime", more) == 401);
    CHECK(c.header("www-authenticate") == "Bearer");
    const auto problem = json::parse(c.body()).at("error").as_object();
    CHECK(problem.at("code") == "invalid_api_key");
    CHECK(problem.at("type") == "invalid_request_error");
    CHECK(c.body().find("wrong-key") == std::string::npos);
  }
  CHECK(b.node.script->copy().opened.empty());
}

TEST_CASE("a browser without a right key gets its WebSocket closed with 4401, which it can see") {
  bench b{one_key()};
  const std::string wrong = "wrong-key-0123456789";
  const std::vector<headers> browsers{
      {{"Origin", "https://app.example"}},
      {{"Origin", "https://app.example"}, {"Authorization", "Bearer " + wrong}},
      {{"Sec-WebSocket-Protocol", "realtime, openai-insecure-api-key." + wrong}}};
  for (const auto& more : browsers) {
    ws_client c{b.door->port()};
    REQUIRE(c.open("/v1/realtime", more) == 101);
    CHECK(c.header("sec-websocket-protocol") ==
          (more.size() == 1 && more[0].first != "Origin" ? "realtime" : ""));
    CHECK_FALSE(c.next());
    CHECK(c.closed() == 4'401);
    CHECK(c.close_text().starts_with("invalid_api_key"));
    CHECK(c.close_text().find(wrong) == std::string::npos);
  }
  CHECK(b.node.script->copy().opened.empty());
}

TEST_CASE("a conversation is opened in the name of the client's key") {
  auto access = one_key();
  access.connections_max = 0;
  bench b{access};
  for (const auto* target : {"/v1/realtime?key=", "/v1/realtime?conversation=conv_7&key=",
                             "/v1/realtime?conversation=conv_7&last_event_id=event_1_2_0&key="}) {
    ws_client c{b.door->port()};
    REQUIRE(c.open(target + shop_key) == 101);
    c.event("session.created");
  }
  CHECK(b.node.script->copy().owners == std::vector<std::string>{"shop", "shop", "shop"});
}

TEST_CASE("where nobody needs a key conversations are nobody's") {
  bench b{settings::access{}};
  ws_client c{b.door->port()};
  REQUIRE(c.open("/v1/realtime?conversation=conv_7&key=" + shop_key) == 101);
  c.event("session.created");
  CHECK(b.node.script->copy().owners == std::vector<std::string>{""});
}

TEST_CASE("a conversation of another key is not found, and the connection closes with 1008") {
  bench b{one_key()};
  b.node.script->refuse_open = error{errc::not_found, "there is no conversation conv_7", {}, {}};
  ws_client c{b.door->port()};
  REQUIRE(c.open("/v1/realtime?conversation=conv_7&key=" + shop_key) == 101);
  const auto told = c.event().at("error").as_object();
  CHECK(told.at("code") == "not_found");
  CHECK(told.at("type") == "invalid_request_error");
  CHECK(told.at("param") == "conversation");
  CHECK(c.closed() == 1'008);
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
    ws_client c{b.door->port()};
    CHECK(c.open(target, more) == 101);
    CHECK(c.event().at("type") == "session.created");
    CHECK(c.header("sec-websocket-protocol").find("openai-insecure") == std::string::npos);
  }
}

TEST_CASE("a browser on a foreign page is refused by 403, with the right key as well") {
  bench b{one_key()};
  const std::string target = "/v1/realtime?key=" + shop_key;
  CHECK(ws_client{b.door->port()}.open(target, {{"Origin", "https://evil.example"}}) == 403);
  ws_client listed{b.door->port()};
  CHECK(listed.open(target, {{"Origin", "https://app.example"}}) == 101);
}

TEST_CASE("a key with all its connections is refused by 429 until one of them ends") {
  bench b{one_key()};
  const std::string target = "/v1/realtime?key=" + shop_key;
  {
    ws_client first{b.door->port()};
    REQUIRE(first.open(target) == 101);
    ws_client second{b.door->port()};
    REQUIRE(second.open(target) == 429);
    CHECK(second.header("retry-after") == "5");
  }
  // The server notices the end of the first in its own time.
  const auto end = std::chrono::steady_clock::now() + testing::patience;
  auto status = ws_client{b.door->port()}.open(target);
  while (status == 429 && std::chrono::steady_clock::now() < end) {
    std::this_thread::yield();
    status = ws_client{b.door->port()}.open(target);
  }
  CHECK(status == 101);
}

TEST_CASE("a key that has asked for its turns of the minute is told so, and the session lives on") {
  bench b{one_key()};
  ws_client c{b.door->port()};
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
    CHECK(ws_client{b.door->port()}.open("/v1/realtime?key=" + shop_key) == 101);
    CHECK(ws_client{b.door->port()}.open("/v1/realtime?key=" + wrong) == 401);
    CHECK(ws_client{b.door->port()}.open("/v1/realtime", {{"Authorization", wrong}}) == 401);
  }
  flush_logging();
  start_logging({});
  CHECK(lines.str().find("refused") != std::string::npos);
  CHECK(lines.str().find("key=shop") != std::string::npos);
  CHECK(lines.str().find("key-0123456789") == std::string::npos);
}
