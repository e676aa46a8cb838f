// Sound that clients send: how much of it may be under way, and what it costs their key.

#include "tests/net/realtime/door_bench.hpp"

using namespace dhr;
using testing::ws_client;

namespace {

using bench = testing::door_bench;

constexpr std::size_t piece_bytes = 65'536;
constexpr std::size_t under_way_max = 1'048'576;  // bytes that the session has not taken in
constexpr auto clear = R"({"type":"input_audio_buffer.clear"})";
const std::string shop_target = "/v1/realtime?key=shop-key-0123456789";

settings::access one_key() {
  settings::access access;
  access.keys.value = "shop:shop-key-0123456789";
  return access;
}

// That many zero bytes in base64.
std::string sound_of(std::size_t bytes) {
  const std::string padding = bytes % 3 == 0 ? "" : bytes % 3 == 1 ? "==" : "=";
  return std::string((bytes * 4 + 2) / 3, 'A') + padding;
}

std::string append(std::size_t bytes, const std::string& id = "a") {
  return R"({"type":"input_audio_buffer.append","event_id":")" + id + R"(","audio":")" +
         sound_of(bytes) + R"("})";
}

std::string spoken_item(std::size_t bytes) {
  return R"({"type":"conversation.item.create","event_id":"i","item":{"type":"message",)"
         R"("role":"user","content":[{"type":"input_audio","audio":")" +
         sound_of(bytes) + R"("}]}})";
}

// What the ears bring about and no client asked for.
turn_started spoken_turn(const std::string& id) {
  turn_started started;
  started.response_id = id;
  started.item_id = "item_" + id;
  return started;
}

}  // namespace

TEST_CASE("a client is read no further while the session has not taken in its sound") {
  bench b;
  b.node.script->take_sound = false;
  ws_client other{b.door->port()};
  REQUIRE(other.open("/v1/realtime") == 101);
  other.event("session.created");
  // In the time of so many answers the door reads whatever it may.
  const auto let_time_pass = [&] {
    for (int i = 0; i < 100; ++i) {
      other.send("x");
      other.event("error");
    }
  };
  ws_client c{b.door->port()};
  REQUIRE(c.open("/v1/realtime") == 101);
  c.event("session.created");
  c.send(clear);  // with nothing to take in yet it is a request like any
  c.event("input_audio_buffer.cleared");
  for (std::size_t i = 0; i < under_way_max / piece_bytes + 4; ++i) c.send(append(piece_bytes));
  const auto arrived = [&](std::size_t bytes) {
    return b.node.script->wait([=](const auto& seen) { return seen.audio_bytes == bytes; });
  };
  REQUIRE(arrived(under_way_max));
  let_time_pass();
  caf::anon_send(b.node.script->copy().session, client_request{clear_audio{}});
  c.event("input_audio_buffer.cleared");
  REQUIRE(arrived(under_way_max + piece_bytes));
  let_time_pass();
  CHECK(b.node.script->copy().audio_bytes == under_way_max + piece_bytes);
}

TEST_CASE("a client that sends sound without end is read on while the session takes it in") {
  bench b;
  ws_client c{b.door->port()};
  REQUIRE(c.open("/v1/realtime") == 101);
  constexpr std::size_t pieces = 3 * under_way_max / piece_bytes;
  for (std::size_t i = 0; i < pieces; ++i) c.send(append(piece_bytes));
  CHECK(b.node.script->wait(
      [=](const auto& seen) { return seen.audio_bytes == pieces * piece_bytes; }));
}

TEST_CASE("sound inside an item costs the key as much as sound that is appended") {
  auto access = one_key();
  access.audio_bytes_per_minute = 10'000;
  bench b{access};
  ws_client c{b.door->port()};
  REQUIRE(c.open(shop_target) == 101);
  c.send(spoken_item(6'000));
  c.event("conversation.item.added");
  c.send(spoken_item(6'000));
  const auto refused = c.event("error").at("error").as_object();
  CHECK(refused.at("code") == "rate_limit_exceeded");
  CHECK(refused.at("event_id") == "i");
  c.send(append(6'000, "after"));
  CHECK(c.event("error").at("error").at("event_id") == "after");
  CHECK(b.node.script->copy().items.size() == 1);
}

TEST_CASE("a turn that speech begins costs the key one") {
  auto access = one_key();
  access.turns_per_minute = 1;
  bench b{access};
  ws_client c{b.door->port()};
  REQUIRE(c.open(shop_target) == 101);
  c.event("session.created");
  b.node.say(spoken_turn("resp_v"), 1);
  c.event("response.created");
  c.send(R"({"type":"response.create","event_id":"second"})");
  CHECK(c.event("error").at("error").at("event_id") == "second");
  CHECK(b.node.script->copy().cancels.empty());
}

TEST_CASE("a turn that the client asked for is not paid twice") {
  auto access = one_key();
  access.turns_per_minute = 2;
  bench b{access};
  ws_client c{b.door->port()};
  REQUIRE(c.open(shop_target) == 101);
  for (int i = 0; i < 2; ++i) {
    c.send(R"({"type":"response.create"})");
    CHECK(c.event("response.done").at("response").at("status") == "completed");
  }
}

TEST_CASE(
    "speech that begins a turn too many is told once, its turn cancelled, its sound unheard") {
  auto access = one_key();
  access.turns_per_minute = 1;
  bench b{access};
  b.node.script->answer_turns = false;
  ws_client c{b.door->port()};
  REQUIRE(c.open(shop_target) == 101);
  c.event("session.created");
  c.send(R"({"type":"response.create"})");
  c.event("response.created");
  // The answer is not over; what the user says into it would be the next turn.
  b.node.say(spoken_turn("resp_v"), 2);
  const auto told = c.event("error").at("error").as_object();
  CHECK(told.at("code") == "rate_limit_exceeded");
  CHECK(told.at("type") == "rate_limit_error");
  REQUIRE(b.node.script->wait([](const auto& seen) { return seen.cancels.size() == 1; }));
  CHECK(b.node.script->copy().cancels[0].response_id == "resp_v");
  const auto limits = c.event("rate_limits.updated").at("rate_limits").as_array();
  REQUIRE(limits.size() == 1);
  CHECK(limits[0].at("remaining") == 0);
  c.send(append(480));
  c.send(clear);
  CHECK(c.event().at("type") == "input_audio_buffer.cleared");
  CHECK(b.node.script->copy().audio_bytes == 0);
}
