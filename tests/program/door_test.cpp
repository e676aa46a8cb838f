// The real program's doors: who comes in, with which certificate, and what of it is in the log.

#include <unistd.h>

#include <boost/asio/read.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <csignal>
#include <fstream>
#include <sstream>
#include <thread>

#include "tests/net/door/tls_fixture.hpp"
#include "tests/support/server_process.hpp"

using namespace dhr::testing;
namespace asio = boost::asio;
namespace beast = boost::beast;
namespace bhttp = boost::beast::http;
namespace websocket = boost::beast::websocket;

namespace {

using headers = std::vector<std::pair<std::string, std::string>>;

// With all that it ever logs, for what must not be there.
std::map<std::string, std::string> traced_settings(std::map<std::string, std::string> more = {}) {
  more.emplace("DHR_LOG_LEVEL", "trace");
  return light_settings(std::move(more));
}

std::string certificate_of(const server_process& server) {
  std::ostringstream text;
  text << std::ifstream{server.state_dir() / "tls" / "certificate.pem"}.rdbuf();
  return text.str();
}

// The status of a GET through TLS.
int status_of(const server_process& server, const std::string& target, const headers& more = {}) {
  tls_client client{server.http_port(), certificate_of(server)};
  REQUIRE_FALSE(client.shake_hands());
  bhttp::request<bhttp::empty_body> request{bhttp::verb::get, target, 11};
  request.set(bhttp::field::host, "localhost");
  for (const auto& [name, value] : more) request.set(name, value);
  run_operation(client.io(), [&](auto handler) {
    bhttp::async_write(client.socket(), request, std::move(handler));
  });
  beast::flat_buffer buffer;
  bhttp::response<bhttp::string_body> response;
  const auto done = run_operation(client.io(), [&](auto handler) {
    bhttp::async_read(client.socket(), buffer, response, std::move(handler));
  });
  REQUIRE(done);
  REQUIRE_FALSE(done->trouble);
  return static_cast<int>(response.result_int());
}

// Opens a WebSocket through TLS; its HTTP status, and the first event where it was let in.
std::pair<int, std::string> open(const server_process& server, const std::string& target,
                                 const headers& more = {}) {
  tls_client client{server.realtime_port(), certificate_of(server)};
  REQUIRE_FALSE(client.shake_hands());
  websocket::stream<asio::ssl::stream<asio::ip::tcp::socket>&> ws{client.socket()};
  ws.set_option(websocket::stream_base::decorator([&](websocket::request_type& request) {
    for (const auto& [name, value] : more) request.set(name, value);
  }));
  websocket::response_type response;
  const auto shaken = run_operation(client.io(), [&](auto handler) {
    ws.async_handshake(response, "localhost", target, std::move(handler));
  });
  REQUIRE(shaken);
  if (shaken->trouble) return {static_cast<int>(response.result_int()), {}};
  beast::flat_buffer buffer;
  const auto done =
      run_operation(client.io(), [&](auto handler) { ws.async_read(buffer, std::move(handler)); });
  REQUIRE(done);
  return {static_cast<int>(response.result_int()), beast::buffers_to_string(buffer.data())};
}

}  // namespace

TEST_CASE("the page comes by https: and events by wss:, with the certificate that was made") {
  server_process server{traced_settings()};
  CHECK(status_of(server, "/") == 200);
  CHECK(status_of(server, "/config.json") == 200);
  const auto [status, event] = open(server, "/v1/realtime?model=x");
  CHECK(status == 101);
  CHECK(boost::json::parse(event).at("type").as_string() == "session.created");
}

TEST_CASE("with a key nobody comes in without it, the page's files and health stay open") {
  const auto key = run_program({"key"}).output;
  REQUIRE(key.size() > 32);
  const auto bearer = "Bearer " + key.substr(0, key.find('\n'));
  server_process server{traced_settings({{"DHR_DOORS_ACCESS_KEYS", "shop:" + bearer.substr(7)}})};
  for (const auto* path : {"/", "/health/live", "/health/ready", "/metrics", "/v1/status"}) {
    INFO(path);
    CHECK(status_of(server, path) == 200);
  }
  CHECK(status_of(server, "/config.json") == 401);
  CHECK(status_of(server, "/config.json", {{"Authorization", bearer}}) == 200);
  CHECK(open(server, "/v1/realtime").first == 401);
  CHECK(open(server, "/v1/realtime?key=wrong-key-0123456789").first == 401);
  CHECK(open(server, "/v1/realtime?key=" + bearer.substr(7)).first == 101);
  CHECK(open(server, "/v1/realtime", {{"Authorization", bearer}}).first == 101);
  CHECK(
      open(server, "/v1/realtime", {{"Authorization", bearer}, {"Origin", "https://evil.example"}})
          .first == 403);
  CHECK(server.output().find("who may come in") != std::string::npos);
  CHECK(server.output().find(bearer.substr(7)) == std::string::npos);
  CHECK(server.output().find("wrong-key") == std::string::npos);
}

TEST_CASE("dhr status asks by https: with a key, and says what it lacks") {
  const std::string key = "shop-key-0123456789";
  server_process server{traced_settings({{"DHR_DOORS_ACCESS_KEYS", "shop:" + key}})};
  const auto port = std::to_string(server.http_port());
  const auto secure = "https://127.0.0.1:" + port;
  const std::map<std::string, std::string> same_state{
      {"DHR_RUNTIME_STATE_DIR", server.state_dir().string()}};
  const auto own = run_program({"status", "--url", secure}, same_state);
  INFO(own.output);
  CHECK(own.status == 0);
  CHECK(own.output.find("uptime_s") != std::string::npos);
  const auto certificate = (server.state_dir() / "tls" / "certificate.pem").string();
  CHECK(run_program({"status", "--url", secure, "--ca", certificate, "--key", key}).status == 0);
  const auto untrusted = run_program({"status", "--url", secure});
  CHECK(untrusted.status == 1);
  CHECK(untrusted.output.find("--ca") != std::string::npos);
  const auto configured =
      run_program({"status"}, {{"DHR_RUNTIME_STATE_DIR", server.state_dir().string()},
                               {"DHR_DOORS_HTTP_PORT", port},
                               {"DHR_DOORS_TLS_MODE", "required"},
                               {"DHR_API_KEY", key}});
  INFO(configured.output);
  CHECK(configured.status == 0);
  CHECK(configured.output.starts_with(secure + " is ready"));
}

TEST_CASE("SIGHUP takes up new keys and a new certificate, and no connection ends by it") {
  const auto folder =
      std::filesystem::temp_directory_path() / ("dhr_hup_" + std::to_string(getpid()));
  std::filesystem::create_directories(folder);
  const auto file = folder / "keys";
  std::ofstream{file} << "shop:shop-key-0123456789\n";
  server_process server{traced_settings({{"DHR_DOORS_ACCESS_KEYS_FILE", file}})};
  const std::string shop = "/v1/realtime?key=shop-key-0123456789";
  const std::string car = "/v1/realtime?key=car-key-01234567890";
  tls_client client{server.http_port(), certificate_of(server)};
  REQUIRE_FALSE(client.shake_hands());  // from before the signals
  CHECK(open(server, car).first == 401);
  const auto hang_up = [&](const std::string& line) {
    const auto seen = server.output().size();
    server.signal(SIGHUP);
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{10};
    while (server.output().find(line, seen) == std::string::npos) {
      if (std::chrono::steady_clock::now() > end) FAIL(server.output());
      std::this_thread::yield();
    }
  };
  std::ofstream{file} << "shop:shop-key-0123456789\ncar:car-key-01234567890\n";
  std::filesystem::remove_all(server.state_dir() / "tls");
  hang_up("who may come in from now on");
  CHECK(server.output().find("fingerprint=") != std::string::npos);
  CHECK(open(server, car).first == 101);  // with the certificate that was made anew
  CHECK(open(server, shop).first == 101);
  std::ofstream{file} << "short\n";
  hang_up("the old keys stay");
  CHECK(open(server, car).first == 101);
  const std::string request = "GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n";
  const auto sent = run_operation(client.io(), [&](auto handler) {
    asio::async_write(client.socket(), asio::buffer(request), std::move(handler));
  });
  REQUIRE(sent);
  CHECK_FALSE(sent->trouble);
  std::string answer(15, ' ');
  const auto got = run_operation(client.io(), [&](auto handler) {
    asio::async_read(client.socket(), asio::buffer(answer), std::move(handler));
  });
  REQUIRE(got);
  CHECK(answer == "HTTP/1.1 200 OK");
  std::filesystem::remove_all(folder);
}

TEST_CASE("a server that others reach does not start without a key and says how to make one") {
  for (const auto* door : {"DHR_DOORS_HTTP_ADDRESS", "DHR_DOORS_REALTIME_ADDRESS"}) {
    const auto outcome = run_program({"serve"}, traced_settings({{door, "0.0.0.0"}}));
    INFO(outcome.output);
    CHECK(outcome.status == 2);
    CHECK(outcome.output.find("dhr key") != std::string::npos);
    CHECK(outcome.output.find("DHR_DOORS_ACCESS_KEYS") != std::string::npos);
  }
}
