// The node's reader of emotion with devices that fail and models that change.

#include <catch2/catch.hpp>

#include "tests/actors/emotion/reading_bench.hpp"

using namespace dhr;
using namespace dhr::testing;
using namespace std::chrono_literals;

namespace {

using lines = std::vector<std::string>;
using indices = std::vector<std::uint32_t>;

// Two cards, and the CPU as the last resort; all warm.
struct cards : reading_bench {
  explicit cards(std::size_t depth_max = 256)
      : reading_bench{{"cuda:0", "cuda:1", "cpu"}, depth_max, false} {
    world.settle();
  }
};

}  // namespace

TEST_CASE("a device reads once per bucket before it takes requests") {
  reading_bench b{{"cpu"}};
  b.ask(turn_of("a"), 0, "7");  // before its device is ready
  CHECK(b.script->warmed.empty());
  b.world.settle();
  CHECK(b.script->warmed == lines{"cpu/v1 16", "cpu/v1 32", "cpu/v1 64"});
  CHECK(b.watch->states.at("cpu") == device_state::ready);
  CHECK(b.listed() == lines{"cpu hash of v1 ready"});
  CHECK(b.answered("a") == indices{0});
}

TEST_CASE("conversations are spread over the cards, and each stays on its own") {
  cards b;
  for (const auto* conversation : {"a", "b", "a", "b"}) {
    b.ask(turn_of(conversation), 0, conversation == std::string{"a"} ? "1" : "2");
    b.world.settle();
  }
  CHECK(b.script->read == lines{"cuda:0/v1: 1", "cuda:1/v1: 2", "cuda:0/v1: 1", "cuda:1/v1: 2"});
}

TEST_CASE("the scores come with the thresholds of the net that gave them") {
  cards b;
  b.ask(turn_of("a"), 0, "7");
  b.world.settle();
  REQUIRE(b.read.size() == 1);
  CHECK(b.read[0].thresholds == evenly(0.25f));
}

TEST_CASE("a card without memory rests, and what it had goes to another one in its order") {
  cards b;
  b.script->trouble["cuda:0"] = {errc::overloaded};
  for (std::uint32_t i = 0; i < 6; ++i) b.ask(turn_of("a"), i, std::to_string(i));
  b.world.advance(30ms);
  CHECK(b.answered("a") == indices{0, 1, 2, 3, 4, 5});
  CHECK(b.failed.empty());
  CHECK(b.watch->lines == lines{"cuda:0 out_of_memory 6"});
  CHECK(b.watch->states.at("cuda:0") == device_state::resting);
  for (const auto& one : b.script->read) CHECK(one.starts_with("cuda:1"));
  CHECK(b.listed() ==
        lines{"cpu hash of v1 ready", "cuda:0 hash of v1 resting", "cuda:1 hash of v1 ready"});
  CHECK(b.script->readers == 2);  // its memory is free
}

TEST_CASE("a card that rested is warmed up again before it is used") {
  cards b;
  b.script->trouble["cuda:0"] = {errc::overloaded};
  b.ask(turn_of("a"), 0, "1");
  b.world.settle();
  b.script->warmed.clear();
  b.script->load_trouble["cuda:0"] = {errc::overloaded};  // once more, which makes the rest longer
  b.world.advance(14s, 100ms);
  CHECK(b.script->warmed.empty());
  CHECK(b.watch->states.at("cuda:0") == device_state::resting);
  b.world.advance(2s, 100ms);
  CHECK(b.script->warmed == lines{"cuda:0/v1 16", "cuda:0/v1 32", "cuda:0/v1 64"});
  CHECK(b.watch->states.at("cuda:0") == device_state::ready);
  b.script->read.clear();
  b.ask(turn_of("a"), 1, "1");
  b.ask(turn_of("b"), 0, "2");
  b.world.advance(20ms);
  CHECK(std::ranges::count(b.script->read, "cuda:0/v1: 2") == 1);
  CHECK(std::ranges::count(b.script->read, "cuda:1/v1: 1") == 1);
}

TEST_CASE("a card that is lost is not asked again, and without cards the CPU reads") {
  cards b;
  b.script->trouble["cuda:0"] = {errc::unavailable};
  b.script->trouble["cuda:1"] = {errc::unavailable};
  b.ask(turn_of("a"), 0, "1");
  b.ask(turn_of("b"), 0, "2");
  b.world.settle();
  CHECK(b.answered("a") == indices{0});
  CHECK(b.answered("b") == indices{0});
  CHECK(b.watch->states.at("cuda:0") == device_state::lost);
  CHECK(b.watch->states.at("cuda:1") == device_state::lost);
  b.world.advance(600s, 1s);
  b.ask(turn_of("c"), 0, "3");
  b.world.settle();
  CHECK(b.script->read.back() == "cpu/v1: 3");
  CHECK(b.listed() ==
        lines{"cpu hash of v1 ready", "cuda:0 hash of v1 retired", "cuda:1 hash of v1 retired"});
}

TEST_CASE("a net that throws takes its card out, and its requests go on") {
  cards b;
  b.script->trouble["cuda:0"] = {errc::invalid_argument};
  b.ask(turn_of("a"), 0, "1");
  b.world.settle();
  CHECK(b.answered("a") == indices{0});
  CHECK(b.watch->lines == lines{"cuda:0 fault 1"});
}

TEST_CASE("what was with two cards that failed goes to the CPU and not to a third card") {
  reading_bench b{{"cuda:0", "cuda:1", "cuda:2", "cpu"}, 256, false};
  b.world.settle();
  for (const auto* card : {"cuda:0", "cuda:1", "cuda:2"}) {
    b.script->trouble[card] = {errc::invalid_argument};
  }
  b.ask(turn_of("a"), 0, "1");
  b.ask(turn_of("a"), 1, "2");
  b.world.advance(20ms);
  CHECK(b.answered("a") == indices{0, 1});
  CHECK(b.watch->states.at("cuda:2") == device_state::ready);
  CHECK(b.script->read.front().starts_with("cpu/v1: 1"));
}

TEST_CASE("a batch that fails by its own fault is answered, and the card goes on") {
  cards b;
  b.script->trouble["cuda:0"] = {errc::failed};
  b.ask(turn_of("a"), 0, "1");
  b.world.settle();
  REQUIRE(b.failed.size() == 1);
  CHECK(b.failed[0].reason.code == errc::failed);
  CHECK(b.watch->lines.empty());
  b.ask(turn_of("a"), 0, "2");
  b.world.settle();
  CHECK(b.script->read == lines{"cuda:0/v1: 2"});
}

TEST_CASE("the CPU is never taken out: its batch fails, and it goes on") {
  for (const auto trouble : {errc::overloaded, errc::unavailable, errc::invalid_argument}) {
    reading_bench b{{"cpu"}};
    b.world.settle();
    b.script->trouble["cpu"] = {trouble};
    b.ask(turn_of("a"), 0, "1");
    b.ask(turn_of("b"), 0, "2");
    b.world.settle();
    REQUIRE(b.failed.size() + b.read.size() == 2);
    REQUIRE_FALSE(b.failed.empty());
    CHECK(b.failed[0].reason.code == errc::failed);
    b.ask(turn_of("a"), 1, "3");
    b.world.advance(20ms);
    CHECK(b.answered("a").back() == 1);
    CHECK(b.watch->states.at("cpu") == device_state::ready);
  }
}

TEST_CASE("what is cancelled is not read by another device either") {
  cards b;
  b.script->trouble["cuda:0"] = {errc::overloaded};
  b.ask(turn_of("a"), 1, "1");
  b.ask(turn_of("a", 2), 1, "2");
  b.world.step();  // the reader has passed them on
  b.world.step();
  caf::anon_send(b.reader, cancel_feeling{turn_of("a")});
  b.world.advance(30ms);
  REQUIRE(b.failed.size() == 1);
  CHECK(b.failed[0].reason.code == errc::cancelled);
  CHECK(b.failed[0].turn == turn_of("a"));
  REQUIRE(b.read.size() == 1);
  CHECK(b.read[0].turn == turn_of("a", 2));
  b.ask(turn_of("a"), 2, "3");  // late
  b.world.advance(30ms);
  CHECK(b.failed.size() == 2);
  CHECK(b.read.size() == 1);
}

TEST_CASE("a request that moves keeps its own time") {
  cards b;
  b.script->trouble["cuda:0"] = {errc::overloaded};
  b.ask(turn_of("a"), 1, "1", 8ms);
  b.ask(turn_of("b"), 0, "2");
  b.world.advance(5ms);  // half of its time has passed, and its batch failed
  CHECK(b.watch->lines == lines{"cuda:0 out_of_memory 1"});
  CHECK(b.answered("a") == indices{});
  b.world.advance(2ms);  // half of what is left, instead of half of 8 ms anew
  CHECK(b.answered("a") == indices{1});
}

TEST_CASE("while its only device is being loaded a flood is refused, and all are answered") {
  reading_bench b{{"cpu"}, 4};
  for (std::uint32_t i = 0; i < 10; ++i) b.ask(turn_of("c" + std::to_string(i)), 0, "1");
  b.world.settle();
  CHECK(b.failed.size() + b.read.size() == 10);
  CHECK(b.read.size() >= 4);
  for (const auto& one : b.failed) CHECK(one.reason.code == errc::overloaded);
}

TEST_CASE("a device that cannot be loaded tells those who wait for it, and is tried again") {
  reading_bench b{{"cpu"}};
  b.script->load_trouble["cpu"] = {errc::unavailable};
  b.ask(turn_of("a"), 0, "1");
  b.world.settle();
  REQUIRE(b.failed.size() == 1);
  CHECK(b.failed[0].reason.code == errc::unavailable);
  CHECK(b.watch->states.at("cpu") == device_state::resting);
  b.world.advance(6s, 100ms);
  b.ask(turn_of("a"), 0, "2");
  b.world.settle();
  CHECK(b.answered("a") == indices{0});
}

TEST_CASE("another version is loaded beside the one that works and taken up by all devices") {
  cards b;
  for (int i = 0; i < 8; ++i) b.ask(turn_of("c" + std::to_string(i)), 1, "1");
  b.world.advance(2ms);
  b.on_disk = std::string{"v2"};
  b.reload();
  for (int i = 0; i < 8; ++i) b.ask(turn_of("c" + std::to_string(i)), 2, "2");
  b.world.advance(30ms);
  CHECK(b.read.size() == 16);
  CHECK(b.failed.empty());
  CHECK(b.watch->lines == lines{"v1 -> v2"});
  CHECK(b.watch->last_accuracy == 0.75);
  b.script->read.clear();
  b.read.clear();
  b.ask(turn_of("c0"), 0, "3");
  b.ask(turn_of("c1"), 0, "4");
  b.world.settle();
  CHECK(b.script->read == lines{"cuda:0/v2: 3", "cuda:1/v2: 4"});
  REQUIRE(b.read.size() == 2);
  CHECK(b.read[0].thresholds == evenly(0.5f));
  CHECK(b.script->readers == 3);  // the old ones are gone
  CHECK(b.listed() == lines{"cpu hash of v1 retired", "cpu hash of v2 ready",
                            "cuda:0 hash of v1 retired", "cuda:0 hash of v2 ready",
                            "cuda:1 hash of v1 retired", "cuda:1 hash of v2 ready"});
}

TEST_CASE("files that have not changed change nothing") {
  cards b;
  b.script->warmed.clear();
  b.reload();
  b.world.settle();
  CHECK(b.watch->lines == lines{"v1 stays"});
  CHECK(b.script->warmed.empty());
  CHECK(b.listed().size() == 3);
}

TEST_CASE("files that cannot be used are refused, and the old version goes on everywhere") {
  cards b;
  b.on_disk = fail(errc::failed, "emotion.weights is cut");
  b.reload();
  b.world.settle();
  CHECK(b.watch->lines == lines{"refused emotion.weights is cut"});
  // A version that only some devices can hold is none.
  b.on_disk = std::string{"v2"};
  b.script->load_trouble["cuda:1"] = {errc::overloaded};
  b.reload();
  b.world.settle();
  CHECK(b.watch->lines.back() == "refused the device says overloaded");
  b.ask(turn_of("a"), 0, "1");
  b.world.settle();
  CHECK(b.script->read == lines{"cuda:0/v1: 1"});
  CHECK(b.script->readers == 3);
  CHECK(b.listed() ==
        lines{"cpu hash of v1 ready", "cuda:0 hash of v1 ready", "cuda:1 hash of v1 ready"});
}

TEST_CASE("a card that rests while the version changes comes back with the new one") {
  cards b;
  b.script->trouble["cuda:0"] = {errc::overloaded};
  b.ask(turn_of("a"), 0, "1");
  b.world.settle();
  b.on_disk = std::string{"v2"};
  b.reload();
  b.world.advance(6s, 100ms);
  CHECK(b.watch->states.at("cuda:0") == device_state::ready);
  b.script->read.clear();
  b.ask(turn_of("b"), 0, "2");
  b.world.settle();
  CHECK(b.script->read == lines{"cuda:0/v2: 2"});
}

TEST_CASE("a conversation whose client is gone is forgotten, and its place is free") {
  cards b;
  const auto first = b.client;
  b.ask(turn_of("a"), 0, "1");
  b.world.settle();
  caf::anon_send_exit(first, caf::exit_reason::user_shutdown);
  b.client = b.make_client();
  b.world.settle();
  b.ask(turn_of("b"), 0, "2");
  b.ask(turn_of("c"), 0, "3");
  b.world.settle();
  CHECK(b.script->read == lines{"cuda:0/v1: 1", "cuda:0/v1: 2", "cuda:1/v1: 3"});
}
