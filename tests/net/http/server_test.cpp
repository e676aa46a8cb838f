#include "net/http/server.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include "tests/net/http/site_fixture.hpp"
#include "tests/support/fake_session.hpp"
#include "tests/support/loopback.hpp"

using namespace dhr;
using namespace dhr::http;
using namespace std::chrono_literals;
namespace asio = boost::asio;
namespace beast = boost::beast;
namespace bhttp = boost::beast::http;
namespace json = boost::json;
using asio::ip::tcp;
using dhr::testing::run_operation;

namespace {

using answer = bhttp::response<bhttp::string_body>;

settings::http_door test_settings() {
  settings::http_door settings;
  settings.port = 0;
  return settings;
}

class client {
 public:
  explicit client(std::uint16_t port) : socket_{io_} {
    socket_.connect({asio::ip::make_address("127.0.0.1"), port});
  }

  void write(const std::string& text) {
    const auto done = run_operation(io_, [&](auto handler) {
      asio::async_write(socket_, asio::buffer(text), std::move(handler));
    });
    REQUIRE(done);
  }

  // The next answer; nothing if the server closed instead.
  std::optional<answer> read(bool head = false) {
    bhttp::response_parser<bhttp::string_body> parser;
    parser.body_limit(64 * 1'024 * 1'024);
    parser.skip(head);
    const auto done = run_operation(io_, [&](auto handler) {
      bhttp::async_read(socket_, buffer_, parser, std::move(handler));
    });
    REQUIRE(done);
    if (done->trouble) return std::nullopt;
    return parser.release();
  }

  answer ask(const std::string& text, bool head = false) {
    write(text);
    auto got = read(head);
    REQUIRE(got);
    return std::move(*got);
  }
  answer get(const std::string& target) {
    return ask("GET " + target + " HTTP/1.1\r\nHost: x\r\n\r\n");
  }
  answer post(const std::string& body, const std::string& headers = {}) {
    return ask("POST /v1/interactions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n" +
               headers + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  }

  bool closed() { return !read(); }

 private:
  asio::io_context io_;
  tcp::socket socket_;
  beast::flat_buffer buffer_;
};

struct bench {
  testing::page_on_disk page;
  metrics counts;
  testing::fake_node node;
  testing::network_thread network;
  std::unique_ptr<server> door;
  bool stopped = false;

  explicit bench(settings::http_door settings = test_settings(), milliseconds timeout = 10s) {
    auto started = server::start(
        {network.io, node.system, node.directory, settings, page.site(), counts, timeout});
    if (!started) FAIL(started.assume_error().message);
    door = std::move(started).assume_value();
  }
  ~bench() {
    if (!stopped) stop(1s);
  }
  std::future<void> begin_stop(milliseconds grace) {
    stopped = true;
    return door->stop(grace);
  }
  bool stop(milliseconds grace) {
    return begin_stop(grace).wait_for(testing::patience) == std::future_status::ready;
  }
};

std::string error_code(const answer& got) {
  return std::string{json::parse(got.body()).at("error").at("code").as_string()};
}

}  // namespace

TEST_CASE("one connection serves request after request") {
  bench b;
  client c{b.door->port()};
  for (int i = 0; i < 3; ++i) {
    const auto got = c.get("/app.js");
    CHECK(got.result_int() == 200);
    CHECK(got[bhttp::field::content_type] == "text/javascript; charset=utf-8");
    CHECK(got["X-Content-Type-Options"] == "nosniff");
    CHECK(got.body() == "export {};");
  }
  CHECK(c.get("/none").result_int() == 404);
  CHECK(c.get("/metrics").body() == "digital_human_sessions 0\n");
}

TEST_CASE("HEAD has the length of GET and no body") {
  bench b;
  client c{b.door->port()};
  const auto head = [&](const std::string& target) {
    return c.ask("HEAD " + target + " HTTP/1.1\r\nHost: x\r\n\r\n", true);
  };
  CHECK(head("/app.js")[bhttp::field::content_length] == "10");
  CHECK(head("/health/live").result_int() == 200);
  CHECK(c.get("/app.js").body() == "export {};");
}

TEST_CASE("a client that says close is closed after its answer") {
  bench b;
  client c{b.door->port()};
  CHECK(c.ask("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").result_int() == 200);
  CHECK(c.closed());
}

TEST_CASE("a 304 has no body and keeps the connection") {
  bench b;
  client c{b.door->port()};
  const std::string tag{c.get("/app.js")[bhttp::field::etag]};
  const auto got = c.ask("GET /app.js HTTP/1.1\r\nHost: x\r\nIf-None-Match: " + tag + "\r\n\r\n");
  CHECK(got.result_int() == 304);
  CHECK(got.body().empty());
  CHECK(c.get("/app.js").result_int() == 200);
}

TEST_CASE("a whole interaction is one answer") {
  bench b;
  b.node.script->turn = testing::short_turn();
  client c{b.door->port()};
  const auto got = c.post(
      R"({"text":"Hi","session_id":"conv_7","voice":"joe","instructions":"Be brief.","audio":true})");
  REQUIRE(got.result_int() == 200);
  const auto told = json::parse(got.body()).as_object();
  CHECK(told.at("response") == "Hello there.");
  CHECK(told.at("session_id") == "conv_7");
  CHECK(told.at("animation").at("frames").as_array().size() == 6);
  CHECK(told.at("audio").at("format") == "wav");
  const auto seen = b.node.script->copy();
  CHECK(seen.opened == std::vector<std::string>{"conv_7"});
  CHECK(seen.paced == std::vector<bool>{false});
  REQUIRE(seen.updates.size() == 1);
  CHECK(seen.updates[0].patch.voice == "joe");
  REQUIRE(seen.items.size() == 1);
  CHECK(seen.items[0].item.text == "Hi");
  REQUIRE(seen.responses.size() == 1);
  CHECK(seen.responses[0].patch.blendshapes == true);
  CHECK(b.node.script->wait([](const auto& s) { return s.clients_lost == 1; }));
}

TEST_CASE("an interaction that takes too long is answered by 504 and its turn is given up") {
  bench b{test_settings(), 50ms};
  b.node.script->answer_turns = false;
  client c{b.door->port()};
  const auto got = c.post(R"({"text":"Hi"})");
  CHECK(got.result_int() == 504);
  CHECK(error_code(got) == "deadline");
  CHECK(b.node.script->wait([](const auto& s) { return s.clients_lost == 1; }));
}

TEST_CASE("a full server answers 503 and a busy conversation 429, both with when to come back") {
  bench b;
  b.node.script->refuse_response = error{errc::overloaded, "under way", "resp_1", {}};
  client c{b.door->port()};
  auto got = c.post(R"({"text":"Hi"})");
  CHECK(got.result_int() == 429);
  CHECK_FALSE(got[bhttp::field::retry_after].empty());
  b.node.script->refuse_open = error{errc::overloaded, "full", {}, 2s};
  got = c.post(R"({"text":"Hi"})");
  CHECK(got.result_int() == 503);
  CHECK(got[bhttp::field::retry_after] == "2");
  CHECK(error_code(got) == "overloaded");
}

TEST_CASE("a conversation that dies under an interaction is answered by 503") {
  bench b;
  b.node.script->answer_turns = false;
  client c{b.door->port()};
  const std::string body = R"({"text":"Hi"})";
  c.write(
      "POST /v1/interactions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
      "Content-Length: " +
      std::to_string(body.size()) + "\r\n\r\n" + body);
  REQUIRE(b.node.script->wait([](const auto& s) { return s.responses.size() == 1; }));
  caf::anon_send_exit(b.node.script->copy().session, caf::exit_reason::kill);
  const auto got = c.read();
  REQUIRE(got);
  CHECK(got->result_int() == 503);
}

TEST_CASE("bodies and headers have bounds") {
  auto settings = test_settings();
  settings.body_bytes_max = 100;
  settings.header_bytes_max = 1'000;
  bench b{settings};
  CHECK(client{b.door->port()}.post(std::string(200, ' ')).result_int() == 413);
  CHECK(client{b.door->port()}
            .ask("GET / HTTP/1.1\r\nX: " + std::string(2'000, 'a') + "\r\n\r\n")
            .result_int() == 431);
  CHECK(
      client{b.door->port()}
          .ask(
              "POST /v1/interactions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\r\n")
          .result_int() == 411);
  CHECK(client{b.door->port()}.ask("nonsense\r\n\r\n").result_int() == 400);
}

TEST_CASE("a client that waits for leave to send its body gets it") {
  bench b;
  b.node.script->turn = testing::short_turn();
  client c{b.door->port()};
  const std::string body = R"({"text":"Hi"})";
  const auto leave = c.ask(
      "POST /v1/interactions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
      "Expect: 100-continue\r\nContent-Length: " +
      std::to_string(body.size()) + "\r\n\r\n");
  CHECK(leave.result_int() == 100);
  CHECK(c.ask(body).result_int() == 200);
}

TEST_CASE("a client that does not finish its request is cut off") {
  auto settings = test_settings();
  settings.read_timeout_s = 1s;
  bench b{settings};
  client c{b.door->port()};
  c.write("GET / HT");
  CHECK(c.closed());
}

TEST_CASE("one connection too many is answered by 503") {
  auto settings = test_settings();
  settings.connections_max = 1;
  bench b{settings};
  client first{b.door->port()};
  CHECK(first.get("/health/live").result_int() == 200);
  client second{b.door->port()};
  const auto got = second.get("/health/live");
  CHECK(got.result_int() == 503);
  CHECK(got[bhttp::field::retry_after] == "2");
  CHECK(second.closed());
  CHECK(first.get("/health/live").result_int() == 200);
}

TEST_CASE("a server that stops closes idle connections and answers who waits") {
  bench b;
  b.node.script->answer_turns = false;
  client idle{b.door->port()};
  CHECK(idle.get("/health/live").result_int() == 200);
  client waiting{b.door->port()};
  const std::string body = R"({"text":"Hi"})";
  waiting.write(
      "POST /v1/interactions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
      "Content-Length: " +
      std::to_string(body.size()) + "\r\n\r\n" + body);
  REQUIRE(b.node.script->wait([](const auto& s) { return s.responses.size() == 1; }));
  auto ended = b.begin_stop(10s);
  CHECK(idle.closed());
  caf::anon_send(b.node.script->copy().session, drain_session{});
  const auto got = waiting.read();
  REQUIRE(got);
  CHECK(got->result_int() == 503);
  CHECK(ended.wait_for(testing::patience) == std::future_status::ready);
  CHECK_THROWS(client{b.door->port()});
}

TEST_CASE("a server that stops cuts off an interaction when the grace is over") {
  bench b;
  b.node.script->answer_turns = false;
  client c{b.door->port()};
  const std::string body = R"({"text":"Hi"})";
  c.write(
      "POST /v1/interactions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
      "Content-Length: " +
      std::to_string(body.size()) + "\r\n\r\n" + body);
  REQUIRE(b.node.script->wait([](const auto& s) { return s.responses.size() == 1; }));
  CHECK(b.stop(20ms));
  CHECK(b.node.script->wait([](const auto& s) { return s.clients_lost == 1; }));
}

TEST_CASE("a retry under its key finds the conversation and the words of the first attempt") {
  bench b;
  client c{b.door->port()};
  const std::string header = "Idempotency-Key: 7d9c\r\n";
  REQUIRE(c.post(R"({"text":"Hi"})", header).result_int() == 200);
  REQUIRE(c.post(R"({"text":"Hi"})", header).result_int() == 200);
  REQUIRE(c.post(R"({"text":"Hi"})", "Idempotency-Key: other\r\n").result_int() == 200);
  const auto seen = b.node.script->copy();
  REQUIRE(seen.opened.size() == 3);
  CHECK(seen.opened[0] == seen.opened[1]);
  CHECK(seen.opened[0] != seen.opened[2]);
  CHECK(seen.items.size() == 2);  // the second attempt added nothing
  REQUIRE(seen.responses.size() == 3);
  CHECK(seen.responses[0].idempotency_key == "7d9c");
  CHECK(seen.responses[1].idempotency_key == "7d9c");
}

TEST_CASE("a turn that was answered before is marked as told again") {
  bench b;
  client c{b.door->port()};
  const std::string header = "Idempotency-Key: 7d9c\r\n";
  CHECK(c.post(R"({"text":"Hi"})", header)["Idempotency-Replayed"].empty());
  b.node.script->turn = {notice{answered_before, "told again"}, text_piece{"Hello there."}};
  const auto again = c.post(R"({"text":"Hi"})", header);
  CHECK(again["Idempotency-Replayed"] == "true");
  CHECK(json::parse(again.body()).at("response") == "Hello there.");
}

TEST_CASE("a key that was used for another text, and one that is too long, are refused") {
  bench b;
  client c{b.door->port()};
  const std::string header = "Idempotency-Key: 7d9c\r\n";
  REQUIRE(c.post(R"({"text":"Hi"})", header).result_int() == 200);
  const auto other = c.post(R"({"text":"Bye"})", header);
  CHECK(other.result_int() == 422);
  CHECK(error_code(other) == "idempotency_key_reused");
  CHECK(b.node.script->copy().responses.size() == 1);
  const auto too_long =
      c.post(R"({"text":"Hi"})", "Idempotency-Key: " + std::string(129, 'k') + "\r\n");
  CHECK(too_long.result_int() == 400);
}

TEST_CASE("a client that can go to its conversation's node gets 307 with the address there") {
  bench b;
  b.node.script->refuse_open = error{errc::unavailable,
                                     "the conversation lives on node carla",
                                     "redirect:https://carla.example.org",
                                     {}};
  client c{b.door->port()};
  const auto got = c.post(R"({"text":"Hi","session_id":"conv_1","redirect":true})");
  CHECK(got.result_int() == 307);
  CHECK(got[bhttp::field::location] == "https://carla.example.org/v1/interactions");
  CHECK(b.node.script->copy().redirect_labels == std::vector<std::string>{"http_url"});
}
