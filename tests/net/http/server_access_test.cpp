// Whom the HTTP door answers, over loopback, in plain text and through TLS.

#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include "net/door/tls_context.hpp"
#include "net/http/server.hpp"
#include "tests/net/door/tls_fixture.hpp"
#include "tests/net/http/site_fixture.hpp"
#include "tests/support/fake_session.hpp"

using namespace dhr;
using namespace dhr::http;
using namespace std::chrono_literals;
namespace asio = boost::asio;
namespace beast = boost::beast;
namespace bhttp = boost::beast::http;
namespace json = boost::json;
using asio::ip::tcp;
using testing::run_operation;

namespace {

using answer = bhttp::response<bhttp::string_body>;
using headers = std::vector<std::pair<std::string, std::string>>;

const std::string shop_key = "shop-key-0123456789";

settings::access one_key() {
  settings::access access;
  access.keys.value = "shop:" + shop_key;
  access.turns_per_minute = 1;
  return access;
}

struct bench {
  testing::page_on_disk page;
  metrics counts;
  testing::fake_node node;
  testing::network_thread network;
  std::unique_ptr<server> door;

  explicit bench(const settings::access& access,
                 settings::tls_mode mode = settings::tls_mode::optional) {
    settings::http_door place;
    place.port = 0;
    settings::tls tls;
    tls.mode = mode;
    server_parts parts{network.io, node.system, node.directory, place, page.site(), counts, 10s};
    parts.gate = door::gate::make(access).assume_value();
    parts.tls = door::make_tls(tls, {}, system_clock().wall_now()).assume_value();
    auto started = server::start(std::move(parts));
    if (!started) FAIL(started.assume_error().message);
    door = std::move(started).assume_value();
  }
  ~bench() { CHECK(door->stop(1s).wait_for(testing::patience) == std::future_status::ready); }
};

template <class Stream>
answer ask(asio::io_context& io, Stream& stream,
           const bhttp::request<bhttp::string_body>& request) {
  run_operation(io, [&](auto handler) { bhttp::async_write(stream, request, std::move(handler)); });
  beast::flat_buffer buffer;
  answer got;
  const auto done = run_operation(
      io, [&](auto handler) { bhttp::async_read(stream, buffer, got, std::move(handler)); });
  REQUIRE(done);
  REQUIRE_FALSE(done->trouble);
  return got;
}

bhttp::request<bhttp::string_body> get(const std::string& target, const headers& more = {}) {
  bhttp::request<bhttp::string_body> request{bhttp::verb::get, target, 11};
  request.set(bhttp::field::host, "localhost");
  for (const auto& [name, value] : more) request.set(name, value);
  return request;
}

bhttp::request<bhttp::string_body> interaction(const headers& more) {
  auto request = get("/v1/interactions", more);
  request.method(bhttp::verb::post);
  request.set(bhttp::field::content_type, "application/json");
  request.body() = R"({"text":"Hello"})";
  request.prepare_payload();
  return request;
}

answer plainly(const bench& b, const bhttp::request<bhttp::string_body>& request) {
  asio::io_context io;
  tcp::socket socket{io};
  socket.connect({asio::ip::make_address("127.0.0.1"), b.door->port()});
  return ask(io, socket, request);
}

answer securely(const bench& b, const bhttp::request<bhttp::string_body>& request) {
  testing::tls_client client{b.door->port(), ""};
  REQUIRE_FALSE(client.shake_hands());
  return ask(client.io(), client.socket(), request);
}

}  // namespace

TEST_CASE("one port serves http: and https: alike, a file as well as text") {
  bench b{{}};
  for (const auto* target : {"/app.js", "/v1/status", "/models/head.glb"}) {
    INFO(target);
    CHECK(plainly(b, get(target)).result_int() == 200);
    CHECK(securely(b, get(target)).body() == plainly(b, get(target)).body());
  }
}

TEST_CASE("a TLS connection serves request after request") {
  bench b{{}};
  testing::tls_client client{b.door->port(), ""};
  REQUIRE_FALSE(client.shake_hands());
  for (int i = 0; i < 3; ++i) {
    CHECK(ask(client.io(), client.socket(), get("/app.js")).result_int() == 200);
  }
}

TEST_CASE("plain text is refused where TLS is required") {
  bench b{{}, settings::tls_mode::required};
  const auto refused = plainly(b, get("/"));
  CHECK(refused.result_int() == 403);
  CHECK(refused.body().find("https:") != std::string::npos);
  CHECK(securely(b, get("/")).result_int() == 200);
}

TEST_CASE("with keys the page's files and this machine's look at the server stay open") {
  bench b{one_key()};
  for (const auto* target :
       {"/", "/app.js", "/health/live", "/health/ready", "/metrics", "/v1/status", "/nowhere"}) {
    INFO(target);
    CHECK(plainly(b, get(target)).result_int() != 401);
  }
}

TEST_CASE("with keys an interaction and the page's configuration want a right one") {
  bench b{one_key()};
  const headers wrong{{"Authorization", "Bearer wrong-key-0123456789"}};
  for (const auto& request : {interaction({}), interaction(wrong), get("/config.json"),
                              get("/%63onfig.json"), get("/v1/anything", wrong)}) {
    const auto refused = plainly(b, request);
    REQUIRE(refused.result_int() == 401);
    CHECK(refused[bhttp::field::www_authenticate] == "Bearer");
    CHECK(json::parse(refused.body()).at("error").at("code") == "invalid_api_key");
    CHECK(refused.body().find("wrong-key") == std::string::npos);
  }
  CHECK(plainly(b, get("/config.json?key=" + shop_key)).result_int() == 200);
  CHECK(plainly(b, get("/config.json", {{"api-key", shop_key}})).result_int() == 200);
}

TEST_CASE("an interaction costs a turn, and without one left it is refused with Retry-After") {
  bench b{one_key()};
  b.node.script->turn = testing::short_turn();
  const headers right{{"Authorization", "Bearer " + shop_key}};
  CHECK(plainly(b, interaction(right)).result_int() == 200);
  const auto refused = plainly(b, interaction(right));
  CHECK(refused.result_int() == 429);
  CHECK(std::stoi(std::string{refused[bhttp::field::retry_after]}) > 0);
  CHECK(json::parse(refused.body()).at("error").at("code") == "rate_limit_exceeded");
}

TEST_CASE("a browser on a foreign page is refused") {
  bench b{{}};
  CHECK(plainly(b, interaction({{"Origin", "https://evil.example"}})).result_int() == 403);
  CHECK(plainly(b, get("/config.json", {{"Origin", "http://localhost:5173"}})).result_int() == 200);
}

TEST_CASE("a page of a listed origin may read the answers, refusals as well") {
  auto access = one_key();
  access.origins = "https://app.example";
  bench b{access};
  const headers page{{"Origin", "https://app.example"}};
  const auto shown = plainly(b, get("/config.json?key=" + shop_key, page));
  CHECK(shown.result_int() == 200);
  CHECK(shown[bhttp::field::access_control_allow_origin] == "https://app.example");
  CHECK(shown[bhttp::field::vary] == "Origin");
  const auto refused = plainly(b, get("/config.json", page));
  CHECK(refused.result_int() == 401);
  CHECK(refused[bhttp::field::access_control_allow_origin] == "https://app.example");
  const auto evil = plainly(b, get("/config.json", {{"Origin", "https://evil.example"}}));
  CHECK(evil.result_int() == 403);
  CHECK(evil.count(bhttp::field::access_control_allow_origin) == 0);
  CHECK(plainly(b, get("/app.js")).count(bhttp::field::access_control_allow_origin) == 0);
}

TEST_CASE(
    "what a browser asks before a page's request is answered for listed origins, without a key") {
  auto access = one_key();
  access.origins = "https://app.example";
  bench b{access};
  const auto preflight = [&](const std::string& origin) {
    auto request = get("/v1/interactions", {{"Origin", origin},
                                            {"Access-Control-Request-Method", "POST"},
                                            {"Access-Control-Request-Headers", "authorization"}});
    request.method(bhttp::verb::options);
    return plainly(b, request);
  };
  const auto allowed = preflight("https://app.example");
  CHECK(allowed.result_int() == 204);
  CHECK(allowed[bhttp::field::access_control_allow_origin] == "https://app.example");
  CHECK(allowed[bhttp::field::access_control_allow_methods].find("POST") != std::string::npos);
  const auto names = std::string{allowed[bhttp::field::access_control_allow_headers]};
  CHECK(names.find("Authorization") != std::string::npos);
  const auto refused = preflight("https://evil.example");
  CHECK(refused.result_int() == 403);
  CHECK(refused.count(bhttp::field::access_control_allow_origin) == 0);
  CHECK(refused.count(bhttp::field::access_control_allow_methods) == 0);
  auto bare = get("/v1/interactions", {{"Authorization", "Bearer " + shop_key}});
  bare.method(bhttp::verb::options);
  CHECK(plainly(b, bare).result_int() == 405);
}

TEST_CASE("an interaction opens its conversation in the name of the client's key") {
  bench b{one_key()};
  b.node.script->turn = testing::short_turn();
  auto request = interaction({{"Authorization", "Bearer " + shop_key}});
  request.body() = R"({"text":"Hello","session_id":"conv_7"})";
  request.prepare_payload();
  CHECK(plainly(b, request).result_int() == 200);
  CHECK(b.node.script->copy().owners == std::vector<std::string>{"shop"});
}

TEST_CASE("an interaction with a conversation of another key is answered by 404") {
  bench b{one_key()};
  b.node.script->refuse_open = error{errc::not_found, "there is no conversation conv_7", {}, {}};
  const auto refused = plainly(b, interaction({{"Authorization", "Bearer " + shop_key}}));
  CHECK(refused.result_int() == 404);
  CHECK(json::parse(refused.body()).at("error").at("code") == "not_found");
}
