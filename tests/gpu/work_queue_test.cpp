#include "gpu/work_queue.hpp"

#include <catch2/catch.hpp>
#include <string>

using namespace dhr;
using namespace std::chrono_literals;

namespace {

using queue = work_queue<std::string>;
constexpr auto first = work_class::first;
constexpr auto later = work_class::later;

turn_id turn(const char* conversation, std::uint64_t number, std::uint64_t epoch = 1) {
  return {{conversation}, {epoch}, number};
}
mono_time at(milliseconds time) { return mono_time{time}; }

errc push(queue& q, const turn_id& t, work_class kind, std::string work, mono_time now = at(0ms)) {
  const auto pushed = q.push(t, kind, now, now + 10s, std::move(work));
  return pushed ? errc{255} : pushed.error().code;
}

std::string drain(queue& q, mono_time now = at(0ms)) {
  std::string order;
  while (!q.empty()) {
    for (auto& entry : q.pop(now).next) order += entry.work + ' ';
  }
  return order;
}

}  // namespace

TEST_CASE("first clauses pass before later ones, each class in its order of arrival") {
  queue q;
  push(q, turn("a", 1), later, "a1");
  push(q, turn("b", 1), later, "b1");
  push(q, turn("c", 1), first, "c0");
  push(q, turn("d", 1), first, "d0");
  push(q, turn("c", 1), later, "c1");
  CHECK(drain(q) == "c0 d0 a1 b1 c1 ");
}

TEST_CASE("a first clause does not overtake older clauses of its own conversation") {
  queue q;
  push(q, turn("a", 1), later, "a1.3");
  push(q, turn("b", 1), later, "b1.1");
  push(q, turn("a", 2), first, "a2.0");
  push(q, turn("c", 1), first, "c1.0");
  CHECK(drain(q) == "c1.0 a1.3 b1.1 a2.0 ");
}

TEST_CASE("a conversation whose older clauses are done is first again") {
  queue q;
  push(q, turn("a", 1), later, "a1");
  CHECK(drain(q) == "a1 ");
  push(q, turn("b", 1), later, "b1");
  push(q, turn("a", 2), first, "a2.0");
  CHECK(drain(q) == "a2.0 b1 ");
}

TEST_CASE("a full queue refuses with overloaded, says when to try again and keeps what it holds") {
  queue q{{.depth_max = 2, .retry_after = 150ms}};
  push(q, turn("a", 1), later, "a");
  push(q, turn("b", 1), later, "b");
  std::string work = "c";
  const auto refused = q.push(turn("c", 1), first, at(0ms), at(1s), std::move(work));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::overloaded);
  CHECK(refused.error().retry_after == 150ms);
  CHECK(work == "c");
  CHECK(q.counts().refused == 1);
  CHECK(drain(q) == "a b ");
  CHECK(push(q, turn("c", 1), first, "c") == errc{255});
}

TEST_CASE("cancelling a turn drops it and the turns before it, of that conversation alone") {
  queue q;
  push(q, turn("a", 1), later, "a1");
  push(q, turn("a", 2), later, "a2");
  push(q, turn("a", 3), later, "a3");
  push(q, turn("b", 1), later, "b1");
  const auto dropped = q.cancel(turn("a", 2));
  REQUIRE(dropped.size() == 2);
  CHECK(dropped[0].work == "a1");
  CHECK(dropped[1].work == "a2");
  CHECK(q.counts().cancelled == 2);
  CHECK(drain(q) == "a3 b1 ");
}

TEST_CASE("a clause that arrives after its turn was cancelled is refused as cancelled") {
  queue q;
  static_cast<void>(q.cancel(turn("a", 2)));
  CHECK(push(q, turn("a", 1), later, "a1") == errc::cancelled);
  CHECK(push(q, turn("a", 2), first, "a2") == errc::cancelled);
  CHECK(push(q, turn("a", 3), first, "a3") == errc{255});
  CHECK(push(q, turn("b", 1), first, "b1") == errc{255});
  // An older cancellation does not bring back what a newer one ended.
  static_cast<void>(q.cancel(turn("a", 1)));
  CHECK(push(q, turn("a", 2), first, "a2") == errc::cancelled);
}

TEST_CASE("a later epoch is not touched by a cancellation of an earlier one") {
  queue q;
  push(q, turn("a", 1, 2), later, "new");
  push(q, turn("a", 9, 1), later, "old");
  CHECK(q.cancel(turn("a", 9, 1)).size() == 1);
  CHECK(push(q, turn("a", 2, 2), later, "newer") == errc{255});
  CHECK(drain(q) == "new newer ");
}

TEST_CASE("cancelling keeps first clauses of the conversation's next turn first") {
  queue q;
  push(q, turn("a", 1), later, "a1.1");
  static_cast<void>(q.cancel(turn("a", 1)));
  push(q, turn("b", 1), later, "b1.1");
  push(q, turn("a", 2), first, "a2.0");
  CHECK(drain(q) == "a2.0 b1.1 ");
}

TEST_CASE("what is past its deadline comes out as expired, with the next that is not") {
  queue q;
  REQUIRE(q.push(turn("a", 1), later, at(0ms), at(100ms), "late"));
  REQUIRE(q.push(turn("b", 1), later, at(0ms), at(101ms), "in time"));
  auto popped = q.pop(at(100ms));
  REQUIRE(popped.expired.size() == 1);
  CHECK(popped.expired[0].work == "late");
  REQUIRE(popped.next.size() == 1);
  CHECK(popped.next[0].work == "in time");
  CHECK(q.counts().expired == 1);
  CHECK(q.pop(at(100ms)).next.empty());
}

TEST_CASE("only so many cancellations are remembered, the oldest are forgotten") {
  queue q{{.cancellations_max = 2}};
  for (const char* name : {"a", "b", "c"}) static_cast<void>(q.cancel(turn(name, 5)));
  CHECK(push(q, turn("a", 5), later, "a") == errc{255});
  CHECK(push(q, turn("b", 5), later, "b") == errc::cancelled);
  CHECK(push(q, turn("c", 5), later, "c") == errc::cancelled);
}
