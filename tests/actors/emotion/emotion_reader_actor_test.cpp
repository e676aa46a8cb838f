// The node's reader of emotion with one device.

#include "actors/emotion/emotion_reader_actor.hpp"

#include <catch2/catch.hpp>

#include "tests/actors/emotion/reading_bench.hpp"

using namespace dhr;
using namespace std::chrono_literals;

namespace {

using namespace dhr::testing;

struct bench : reading_bench {
  explicit bench(std::size_t depth_max = 8) : reading_bench{{"cpu"}, depth_max} { world.settle(); }
};

}  // namespace

TEST_CASE("a first clause is read at once") {
  bench b;
  b.ask(turn_of("a"), 0, "7");
  b.world.settle();
  REQUIRE(b.read.size() == 1);
  CHECK(b.read[0].turn == turn_of("a"));
  CHECK(b.read[0].scores[emotion_label::joy] == Approx(0.7f));
  CHECK(b.batches_of("cpu") == std::vector<std::size_t>{1});
}

TEST_CASE("later clauses wait for others, for as long as they may, and are read together") {
  bench b;
  b.ask(turn_of("a"), 1, "1");
  b.world.settle();
  CHECK(b.read.empty());
  b.world.advance(6ms);
  b.ask(turn_of("b"), 1, "2");
  b.world.advance(3ms);
  CHECK(b.read.empty());
  b.world.advance(2ms);
  CHECK(b.read.size() == 2);
  CHECK(b.batches_of("cpu") == std::vector<std::size_t>{2});
}

TEST_CASE("a full batch does not wait") {
  bench b;
  for (const auto* conversation : {"a", "b", "c", "d"}) b.ask(turn_of(conversation), 1, "1");
  b.world.settle();
  CHECK(b.read.size() == 4);
}

TEST_CASE("each gets its own scores, in the order of its conversation") {
  bench b;
  b.ask(turn_of("a"), 1, "1");
  b.ask(turn_of("a"), 2, "2");
  b.ask(turn_of("b"), 1, "3");
  b.world.advance(20ms);
  REQUIRE(b.read.size() == 3);
  std::vector<std::uint32_t> order;
  for (const auto& one : b.read) {
    if (one.turn.conversation.value == "a") order.push_back(one.index);
    const bool is_a = one.turn.conversation.value == "a";
    const float expected = is_a ? 0.1f * static_cast<float>(one.index) : 0.3f;
    CHECK(one.scores[emotion_label::joy] == Approx(expected));
  }
  CHECK(order == std::vector<std::uint32_t>{1, 2});
}

TEST_CASE("what is cancelled is not read, and its asker is told") {
  bench b;
  b.ask(turn_of("a"), 1, "1");
  caf::anon_send(b.reader, cancel_feeling{turn_of("a")});
  b.world.advance(20ms);
  CHECK(b.read.empty());
  REQUIRE(b.failed.size() == 1);
  CHECK(b.failed[0].reason.code == errc::cancelled);
  CHECK(b.metrics_of("cpu").drops == std::vector{work_drop::cancelled});
  CHECK(b.batches_of("cpu").empty());
}

TEST_CASE("what is too late is given back and not read") {
  bench b;
  b.ask(turn_of("a"), 1, "1", 0ms);
  b.world.advance(20ms);
  REQUIRE(b.failed.size() == 1);
  CHECK(b.failed[0].reason.code == errc::deadline);
  CHECK(b.metrics_of("cpu").drops == std::vector{work_drop::expired});
}

TEST_CASE("a full queue is an answer, and the flood of one conversation leaves room for others") {
  bench b{4};
  for (std::uint32_t i = 1; i < 8; ++i) b.ask(turn_of("a"), i, "1");
  b.ask(turn_of("b"), 1, "2");
  b.world.settle();
  REQUIRE_FALSE(b.failed.empty());
  CHECK(b.failed[0].reason.code == errc::overloaded);
  CHECK(b.failed[0].reason.retry_after);
  for (const auto& one : b.failed) CHECK(one.turn.conversation.value == "a");
  b.world.advance(50ms);
  CHECK(std::any_of(b.read.begin(), b.read.end(),
                    [](const auto& one) { return one.turn.conversation.value == "b"; }));
}

TEST_CASE("who is refused is told how long what waits will take at the reader's pace") {
  bench b{4};
  b.script->while_reading = [&] { b.world.clock.advance(2s); };
  b.ask(turn_of("a"), 0, "7");
  b.world.settle();
  REQUIRE(b.read.size() == 1);
  for (std::uint32_t i = 1; i < 4; ++i) b.ask(turn_of("a"), i, "1");
  b.world.settle();
  REQUIRE_FALSE(b.failed.empty());
  CHECK(b.failed[0].reason.code == errc::overloaded);
  CHECK(b.failed[0].reason.retry_after == 4s);  // two wait
}

TEST_CASE("a reader that fails tells all of its batch, and reads the next one") {
  bench b;
  b.script->trouble["cpu"] = {errc::failed};
  b.ask(turn_of("a"), 0, "1");
  b.world.settle();
  REQUIRE(b.failed.size() == 1);
  CHECK(b.failed[0].reason.code == errc::failed);

  b.ask(turn_of("a"), 0, "5");
  b.world.settle();
  CHECK(b.read.size() == 1);
}

TEST_CASE("a text that is longer than the longest bucket is read all the same") {
  bench b;
  b.ask(turn_of("a"), 0, "4" + std::string(500, 'x'));
  b.world.settle();
  CHECK(b.read.size() == 1);
}
