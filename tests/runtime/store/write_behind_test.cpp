#include "runtime/store/write_behind.hpp"

#include <catch2/catch.hpp>

#include "tests/runtime/store/snapshots.hpp"

using namespace dhr;
using namespace dhr::testing;
using namespace std::chrono_literals;

namespace {

const mono_time start{1h};

std::string id_of(const conversation_snapshot* snapshot) {
  return snapshot == nullptr ? "" : snapshot->id.value;
}

}  // namespace

TEST_CASE("a snapshot is due after the delay, counted from the first of its conversation") {
  write_behind queue{{.delay = 250ms}};
  CHECK_FALSE(queue.due_at());
  REQUIRE(queue.put(talk("conv_1", 1, 1), start));
  REQUIRE(queue.put(talk("conv_1", 1, 2), start + 200ms));
  CHECK(queue.waiting() == 1);
  CHECK(queue.due_at() == start + 250ms);
  CHECK(queue.due(start + 249ms) == nullptr);
  REQUIRE(queue.due(start + 250ms) != nullptr);
  CHECK(queue.due(start + 250ms)->turn_number == 2);
  queue.written();
  CHECK(queue.waiting() == 0);
  CHECK(queue.find({"conv_1"}) == nullptr);
}

TEST_CASE("a waiting snapshot gives way to its own or a later epoch alone") {
  write_behind queue{{}};
  REQUIRE(queue.put(talk("conv_1", 5, 1), start));
  CHECK_FALSE(queue.put(talk("conv_1", 4, 9), start));
  CHECK(queue.find({"conv_1"})->turn_number == 1);
  REQUIRE(queue.put(talk("conv_1", 6, 0), start));
  CHECK(queue.find({"conv_1"})->epoch.value == 6);
}

TEST_CASE("a failed write goes to the end and holds all back for a time that doubles to a limit") {
  write_behind queue{{.delay = 250ms, .retry_first = 500ms, .retry_max = 1500ms}};
  REQUIRE(queue.put(talk("conv_1"), start));
  REQUIRE(queue.put(talk("conv_2"), start));
  auto now = start + 250ms;
  queue.failed(now);
  CHECK(id_of(queue.head()) == "conv_2");
  CHECK(queue.due_at() == now + 500ms);
  CHECK(queue.backing_off(now + 499ms));
  now += 500ms;
  CHECK_FALSE(queue.backing_off(now));
  CHECK(id_of(queue.due(now)) == "conv_2");
  queue.failed(now);
  CHECK(queue.due_at() == now + 1000ms);
  now += 1000ms;
  queue.failed(now);
  CHECK(queue.due_at() == now + 1500ms);
  now += 1500ms;
  queue.failed(now);
  CHECK(queue.due_at() == now + 1500ms);
  now += 1500ms;
  queue.written();
  CHECK(id_of(queue.due(now)) != "");
  queue.failed(now);
  CHECK(queue.due_at() == now + 500ms);
}

TEST_CASE("giving up one snapshot does not end the back-off") {
  write_behind queue{{.retry_first = 500ms}};
  REQUIRE(queue.put(talk("conv_1"), start));
  REQUIRE(queue.put(talk("conv_2"), start));
  queue.failed(start + 1s);
  queue.give_up();
  CHECK(id_of(queue.head()) == "conv_1");
  CHECK(queue.backing_off(start + 1s));
}

TEST_CASE("one conversation more than the bound is too many, however often each is saved") {
  write_behind queue{{.waiting_max = 2}};
  REQUIRE(queue.put(talk("conv_1"), start));
  REQUIRE(queue.put(talk("conv_2"), start));
  REQUIRE(queue.put(talk("conv_1"), start));
  CHECK_FALSE(queue.too_many());
  REQUIRE(queue.put(talk("conv_3"), start));
  CHECK(queue.too_many());
  CHECK(id_of(queue.head()) == "conv_1");
}

TEST_CASE("a forgotten conversation is neither found nor due") {
  write_behind queue{{.delay = 10ms}};
  REQUIRE(queue.put(talk("conv_1"), start));
  REQUIRE(queue.put(talk("conv_2"), start + 5ms));
  CHECK(queue.forget({"conv_1"}));
  CHECK_FALSE(queue.forget({"conv_1"}));
  CHECK(queue.find({"conv_1"}) == nullptr);
  CHECK(queue.due_at() == start + 15ms);
}
