// Interactions that are spoken, over loopback.

#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include "actors/speech/wav.hpp"
#include "net/http/server.hpp"
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

const std::string shop_key = "shop-key-0123456789";

struct bench {
  testing::page_on_disk page;
  metrics counts;
  testing::fake_node node;
  testing::network_thread network;
  std::unique_ptr<server> door;

  explicit bench(const settings::access& access = {}) {
    settings::http_door place;
    place.port = 0;
    place.body_bytes_max = 1'024;
    server_parts parts{network.io, node.system, node.directory, place, page.site(), counts, 10s};
    parts.gate = door::gate::make(access).assume_value();
    auto started = server::start(std::move(parts));
    if (!started) FAIL(started.assume_error().message);
    door = std::move(started).assume_value();
    node.script->turn = testing::short_turn();
  }
  ~bench() { CHECK(door->stop(1s).wait_for(testing::patience) == std::future_status::ready); }

  answer post(const std::string& body, const std::string& type = "audio/wav",
              const std::string& key = {}, std::optional<std::uint64_t> claimed_size = {}) const {
    bhttp::request<bhttp::string_body> request{bhttp::verb::post, "/v1/interactions", 11};
    request.set(bhttp::field::host, "localhost");
    request.set(bhttp::field::content_type, type);
    if (!key.empty()) request.set("api-key", key);
    request.body() = body;
    request.content_length(claimed_size.value_or(body.size()));
    asio::io_context io;
    tcp::socket socket{io};
    socket.connect({asio::ip::make_address("127.0.0.1"), door->port()});
    run_operation(io,
                  [&](auto handler) { bhttp::async_write(socket, request, std::move(handler)); });
    beast::flat_buffer buffer;
    answer got;
    const auto done = run_operation(
        io, [&](auto handler) { bhttp::async_read(socket, buffer, got, std::move(handler)); });
    REQUIRE(done);
    REQUIRE_FALSE(done->trouble);
    return got;
  }
};

std::string code_of(const answer& got) {
  return std::string{json::parse(got.body()).at("error").at("code").as_string()};
}

const std::vector<std::int16_t> samples(4'800, 1'000);

// The same sound as JSON; 44 bytes of header and one sample.
constexpr auto one_sample_wav = "UklGRiYAAABXQVZFZm10IBAAAAABAAEAwF0AAIC7AAACABAAZGF0YQIAAADoAw==";

}  // namespace

TEST_CASE("a body of sound is heard, answered, and its words are told") {
  bench b;
  const auto got = b.post(wav_file(samples, 24'000));
  REQUIRE(got.result_int() == 200);
  const auto told = json::parse(got.body());
  CHECK(told.at("input").at("transcript") == "Hello?");
  CHECK(told.at("response") == "Hello there.");
  const auto seen = b.node.script->copy();
  CHECK(seen.updates.empty());
  REQUIRE(seen.items.size() == 1);
  CHECK(seen.items[0].item.role == item_role::user);
  CHECK(seen.items[0].item.spoken);
  CHECK(seen.items[0].audio.as<std::int16_t>() == samples);
  CHECK(seen.responses.size() == 1);
  CHECK(seen.deleted.empty());
}

TEST_CASE("sound in JSON follows the text beside it as an item of its own") {
  bench b;
  const auto got =
      b.post(std::string{R"({"text":"Listen:","input_audio":")"} + one_sample_wav + R"("})",
             "application/json");
  REQUIRE(got.result_int() == 200);
  CHECK(json::parse(got.body()).at("input").at("transcript") == "Hello?");
  const auto seen = b.node.script->copy();
  REQUIRE(seen.items.size() == 2);
  CHECK(seen.items[0].item.text == "Listen:");
  CHECK(seen.items[0].audio.empty());
  CHECK(seen.items[1].audio.as<std::int16_t>() == std::vector<std::int16_t>{1'000});
  CHECK(seen.responses.size() == 1);
}

TEST_CASE("sound without words is answered by 422 and leaves nothing in the conversation") {
  bench b;
  b.node.script->words = GENERATE("", " ", "[music]");
  const auto got =
      b.post(std::string{R"({"text":"Listen:","input_audio":")"} + one_sample_wav + R"("})",
             "application/json");
  CHECK(got.result_int() == 422);
  CHECK(code_of(got) == "no_words");
  CHECK(json::parse(got.body()).at("error").at("param") == "input_audio");
  REQUIRE(b.node.script->wait([](const auto& s) { return s.deleted.size() == 2; }));
  const auto seen = b.node.script->copy();
  CHECK(seen.deleted[0] == seen.items.at(0).item.id);
  CHECK(seen.deleted[1] == seen.items.at(1).item.id);
  CHECK(seen.responses.empty());
}

TEST_CASE("what is no audio is refused before a conversation is opened") {
  bench b;
  auto got = b.post("this is a text");
  CHECK(got.result_int() == 400);
  CHECK(got.body().find("FLAC") != std::string::npos);
  got = b.post(R"({"input_audio":"aGVsbG8="})", "application/json");
  CHECK(got.result_int() == 400);
  CHECK(json::parse(got.body()).at("error").at("param") == "input_audio");
  CHECK(b.node.script->copy().opened.empty());
}

TEST_CASE("a session that does not listen is told as it tells") {
  bench b;
  b.node.script->refuse_item = error{errc::unavailable, "this server does not listen", "item", {}};
  const auto got = b.post(wav_file(samples, 24'000));
  CHECK(got.result_int() == 503);
  CHECK(got.body().find("does not listen") != std::string::npos);
}

TEST_CASE("sound may be longer than other bodies, up to a bound of its own") {
  bench b;
  const auto wav = wav_file(samples, 24'000);
  CHECK(b.post(wav).result_int() == 200);
  CHECK(b.post(wav, "application/json").result_int() == 413);
  CHECK(b.post("", "audio/wav", "", sound_bytes_max + 1).result_int() == 413);
}

TEST_CASE("who has no key may not send a long body") {
  settings::access access;
  access.keys.value = "shop:" + shop_key;
  bench b{access};
  const auto wav = wav_file(samples, 24'000);
  CHECK(b.post(wav).result_int() == 413);
  CHECK(b.post(wav.substr(0, 1'000)).result_int() == 401);
  CHECK(b.post(wav, "audio/wav", shop_key).result_int() == 200);
}

TEST_CASE("the sound of a file counts as what its key may send in a minute") {
  settings::access access;
  access.keys.value = "shop:" + shop_key;
  access.audio_bytes_per_minute = 10'000;
  bench b{access};
  const auto wav = wav_file(samples, 24'000);
  CHECK(b.post(wav, "audio/wav", shop_key).result_int() == 200);
  const auto refused = b.post(wav, "audio/wav", shop_key);
  CHECK(refused.result_int() == 429);
  CHECK(code_of(refused) == "rate_limit_exceeded");
  CHECK(std::stoi(std::string{refused[bhttp::field::retry_after]}) > 0);
  CHECK(b.node.script->copy().opened.size() == 1);
}
