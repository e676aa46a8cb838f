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
  const auto pushed =
      q.push({.turn = t, .kind = kind, .deadline = now + 10s}, now, std::move(work));
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

TEST_CASE("a first clause waits for older clauses of its own conversation, then passes others") {
  queue q;
  push(q, turn("a", 1), later, "a1.3");
  push(q, turn("b", 1), later, "b1.1");
  push(q, turn("a", 2), first, "a2.0");
  push(q, turn("c", 1), first, "c1.0");
  CHECK(drain(q) == "c1.0 a1.3 a2.0 b1.1 ");
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
  const auto refused =
      q.push({.turn = turn("c", 1), .kind = first, .deadline = at(1s)}, at(0ms), std::move(work));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::overloaded);
  CHECK(refused.error().retry_after == 150ms);
  CHECK(work == "c");
  CHECK(q.counts().refused == 1);
  CHECK(drain(q) == "a b ");
  CHECK(push(q, turn("c", 1), first, "c") == errc{255});
}

TEST_CASE("who is refused is told how long what waits will take at the present pace") {
  queue q{{.depth_max = 4, .retry_after = 150ms, .retry_after_max = 10s}};
  for (const char* name : {"a", "b", "c", "d"}) push(q, turn(name, 1), later, name);
  const auto told = [&] {
    return q.push({.turn = turn("e", 1), .deadline = at(1s)}, at(0ms), "e").error().retry_after;
  };
  CHECK(told() == 150ms);
  q.batch_finished(1, 500ms);
  CHECK(told() == 2s);
  q.batch_finished(100, 1ms);
  CHECK(told() == 150ms);
  q.batch_finished(1, 1h);
  CHECK(told() == 10s);
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
  REQUIRE(q.push({.turn = turn("a", 1), .deadline = at(100ms)}, at(0ms), "late"));
  REQUIRE(q.push({.turn = turn("b", 1), .deadline = at(101ms)}, at(0ms), "in time"));
  auto popped = q.pop(at(100ms));
  REQUIRE(popped.expired.size() == 1);
  CHECK(popped.expired[0].work == "late");
  REQUIRE(popped.next.size() == 1);
  CHECK(popped.next[0].work == "in time");
  CHECK(popped.next[0].waited == 100ms);
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

TEST_CASE("conversations take turns, whatever each of them has waiting") {
  queue q;
  for (const char* work : {"a1", "a2", "a3", "a4"}) push(q, turn("a", 1), later, work);
  for (const char* work : {"b1", "b2"}) push(q, turn("b", 1), later, work);
  push(q, turn("c", 1), later, "c1");
  CHECK(drain(q) == "a1 b1 c1 a2 b2 a3 a4 ");
}

TEST_CASE("who comes while another one floods passes all of the flood that waits") {
  queue q;
  for (int i = 0; i < 20; ++i) push(q, turn("flood", 1), later, "f");
  for (int i = 0; i < 5; ++i) CHECK(q.pop(at(0ms)).next.at(0).work == "f");
  push(q, turn("b", 1), later, "b1");
  push(q, turn("b", 1), later, "b2");
  CHECK(drain(q).substr(0, 8) == "b1 b2 f ");
}

TEST_CASE("a flood of first clauses does not starve the later ones of others") {
  queue q;
  for (int i = 0; i < 20; ++i) push(q, turn("flood", 1), first, "f");
  for (const char* work : {"b1", "b2", "b3"}) push(q, turn("b", 1), later, work);
  // It passes twice, since a turn's first clause may follow the conversation's own last one.
  CHECK(drain(q).substr(0, 18) == "f f b1 f b2 f b3 f");
}

TEST_CASE("first clauses of others pass a flood of first clauses") {
  queue q;
  for (int i = 0; i < 20; ++i) push(q, turn("flood", 1), first, "f");
  for (int i = 0; i < 3; ++i) static_cast<void>(q.pop(at(0ms)));
  push(q, turn("b", 1), first, "b1");
  push(q, turn("c", 1), first, "c1");
  CHECK(drain(q).substr(0, 6) == "b1 c1 ");
}

TEST_CASE("a conversation whose requests cost twice as much has half as many of them done") {
  queue q;
  for (int i = 0; i < 6; ++i) {
    REQUIRE(q.push({.turn = turn("long", 1), .deadline = at(9s), .cost = 200}, at(0ms), "L"));
    REQUIRE(q.push({.turn = turn("short", 1), .deadline = at(9s), .cost = 100}, at(0ms), "s"));
  }
  int longs = 0;
  int shorts = 0;
  for (int i = 0; i < 9; ++i) ++(q.pop(at(0ms)).next.at(0).work == "L" ? longs : shorts);
  CHECK(longs == 3);
  CHECK(shorts == 6);
}

TEST_CASE("silence saves up so many turns and no more") {
  queue q{{.credit_requests = 3}};
  for (int i = 0; i < 30; ++i) push(q, turn("a", 1), later, "a");
  for (int i = 0; i < 12; ++i) static_cast<void>(q.pop(at(0ms)));
  for (int i = 0; i < 6; ++i) push(q, turn("b", 1), later, "b");
  CHECK(drain(q).substr(0, 20) == "b b b b a b a b a a ");
}

TEST_CASE("what expires or is cancelled uses nothing of its conversation's share") {
  queue q;
  REQUIRE(q.push({.turn = turn("a", 1), .deadline = at(1ms)}, at(0ms), "a late"));
  REQUIRE(q.push({.turn = turn("a", 2), .deadline = at(9s)}, at(0ms), "a cancelled"));
  REQUIRE(q.push({.turn = turn("a", 3), .deadline = at(9s)}, at(0ms), "a3"));
  push(q, turn("b", 1), later, "b1");
  push(q, turn("b", 1), later, "b2");
  static_cast<void>(q.cancel(turn("a", 2)));
  CHECK(q.size() == 3);
  REQUIRE(q.push({.turn = turn("c", 1), .deadline = at(1ms)}, at(0ms), "c late"));
  CHECK(drain(q, at(5ms)) == "a3 b1 b2 ");
}

TEST_CASE("a flood is refused at half of the queue and the others are not") {
  queue q{{.depth_max = 8}};
  int accepted = 0;
  for (int i = 0; i < 50; ++i) accepted += push(q, turn("flood", 1), later, "f") == errc{255};
  CHECK(accepted == 4);
  CHECK(q.counts().refused == 46);
  CHECK(push(q, turn("b", 1), later, "b") == errc{255});
  CHECK(push(q, turn("c", 1), first, "c") == errc{255});
  CHECK(push(q, turn("flood", 1), first, "f") == errc::overloaded);
  CHECK(push(q, turn("d", 1), later, "d") == errc{255});
  CHECK(q.size() == 7);
}

TEST_CASE("any number of floods leave a place for somebody else") {
  queue q{{.depth_max = 12}};
  for (int round = 0; round < 20; ++round) {
    for (const char* name : {"a", "b", "c"}) push(q, turn(name, 1), later, name);
  }
  CHECK(q.size() < 12);
  CHECK(push(q, turn("d", 1), later, "d") == errc{255});
}

TEST_CASE("work of many names of one owner is one line, and each name is cancelled alone") {
  queue q;
  const auto owned = [&](const char* name, const char* work) {
    return q.push({.turn = turn(name, 1), .deadline = at(9s), .owner = {"a"}}, at(0ms), work);
  };
  REQUIRE(owned("a#1", "a1"));
  REQUIRE(owned("a#2", "a2"));
  REQUIRE(owned("a#3", "a3"));
  push(q, turn("b", 1), later, "b1");
  push(q, turn("b", 1), later, "b2");
  CHECK(q.cancel(turn("a#2", 1), {"a"}).size() == 1);
  CHECK(drain(q) == "a1 b1 a3 b2 ");
  const auto late = owned("a#2", "a2");
  REQUIRE_FALSE(late);
  CHECK(late.error().code == errc::cancelled);
}

TEST_CASE("a conversation that was busy lets the others pass when it comes back") {
  queue q;
  for (int i = 0; i < 5; ++i) {
    push(q, turn("busy", 1), later, "x");
    static_cast<void>(drain(q));
  }
  push(q, turn("busy", 1), later, "x");
  push(q, turn("b", 1), later, "b1");
  push(q, turn("b", 1), later, "b2");
  CHECK(drain(q) == "b1 b2 x ");
}

TEST_CASE("only so many conversations are remembered that have nothing waiting") {
  queue q;
  for (int i = 0; i < 10'000; ++i) {
    const auto name = "c" + std::to_string(i);
    push(q, turn(name.c_str(), 1), i % 2 == 0 ? first : later, name);
    static_cast<void>(drain(q));
  }
  CHECK(q.schedule().lines() <= 4'096);
}
