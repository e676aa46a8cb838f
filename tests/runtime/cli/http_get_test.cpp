#include <catch2/catch.hpp>
#include <iostream>
#include <sstream>

#include "net/door/tls_context.hpp"
#include "net/http/server.hpp"
#include "runtime/cli/commands.hpp"
#include "runtime/cli/http_get_adapter.hpp"
#include "tests/net/http/site_fixture.hpp"
#include "tests/support/fake_session.hpp"
#include "tests/support/loopback.hpp"

using namespace dhr;
using namespace dhr::cli;
using namespace std::chrono_literals;

namespace {

const std::string shop_key = "shop-key-0123456789";

struct bench {
  std::filesystem::path state = std::filesystem::temp_directory_path() / make_random_id("dhr_get_");
  testing::page_on_disk page;
  metrics counts;
  testing::fake_node node;
  testing::network_thread network;
  std::unique_ptr<http::server> door;

  explicit bench(settings::tls_mode mode = settings::tls_mode::optional) {
    settings::http_door place;
    place.port = 0;
    settings::access access;
    access.keys.value = "shop:" + shop_key;
    http::server_parts parts{network.io, node.system, node.directory, place, page.site(), counts};
    parts.gate = door::gate::make(access).assume_value();
    settings::tls tls;
    tls.mode = mode;
    parts.tls = door::make_tls(tls, state, system_clock().wall_now()).assume_value();
    auto started = http::server::start(std::move(parts));
    if (!started) FAIL(started.assume_error().message);
    door = std::move(started).assume_value();
  }
  ~bench() {
    CHECK(door->stop(1s).wait_for(testing::patience) == std::future_status::ready);
    std::filesystem::remove_all(state);
  }
  http_place at(const std::string& scheme, const std::string& host = "127.0.0.1") const {
    return {scheme + "://" + host + ':' + std::to_string(door->port()), {}, {}};
  }
  std::filesystem::path certificate() const { return state / "tls" / "certificate.pem"; }
};

}  // namespace

TEST_CASE("a server is asked by http: and, when its certificate is trusted, by https:") {
  bench b;
  CHECK(http_get(b.at("http"), "/v1/status", 5s).assume_value().body == R"({"sessions":0})");
  for (const auto* host : {"127.0.0.1", "localhost"}) {
    auto place = b.at("https", host);
    place.trusted = {b.certificate()};
    const auto answer = http_get(place, "/v1/status", 5s);
    INFO((answer ? std::string{} : answer.assume_error().message));
    REQUIRE(answer);
    CHECK(answer.assume_value().status == 200);
    CHECK(answer.assume_value().body == R"({"sessions":0})");
  }
}

TEST_CASE("a server whose certificate nobody vouches for is not asked") {
  bench b;
  const auto refused = http_get(b.at("https"), "/v1/status", 5s);
  REQUIRE_FALSE(refused);
  CHECK(refused.assume_error().code == errc::failed);
  CHECK(refused.assume_error().message.find("certificate") != std::string::npos);
}

TEST_CASE("a file to trust that holds no certificate is named") {
  bench b;
  auto place = b.at("https");
  place.trusted = {b.state / "tls" / "key.pem"};
  const auto refused = http_get(place, "/v1/status", 5s);
  REQUIRE_FALSE(refused);
  CHECK(refused.assume_error().code == errc::invalid_argument);
  CHECK(refused.assume_error().message.find("key.pem") != std::string::npos);
}

TEST_CASE("the key goes along") {
  bench b;
  auto place = b.at("http");
  CHECK(http_get(place, "/config.json", 5s).assume_value().status == 401);
  place.key = shop_key;
  CHECK(http_get(place, "/config.json", 5s).assume_value().status == 200);
}

TEST_CASE("an address that is none is told apart from a server that is not there") {
  CHECK(http_get({"ftp://127.0.0.1", {}, {}}, "/", 1s).assume_error().code ==
        errc::invalid_argument);
  CHECK(http_get({"127.0.0.1:8000", {}, {}}, "/", 1s).assume_error().code ==
        errc::invalid_argument);
  std::uint16_t port = 0;
  {
    bench gone;
    port = gone.door->port();
  }
  CHECK(
      http_get({"http://127.0.0.1:" + std::to_string(port), {}, {}}, "/", 1s).assume_error().code ==
      errc::unavailable);
}

TEST_CASE("dhr status by plain text of a server that wants TLS says how to ask") {
  bench b{settings::tls_mode::required};
  std::ostringstream words;
  auto* const before = std::cerr.rdbuf(words.rdbuf());
  const auto outcome = status({b.at("http").base, {}, {}}, {});
  std::cerr.rdbuf(before);
  CHECK(outcome == 1);
  CHECK(words.str().find("https://") != std::string::npos);
}
