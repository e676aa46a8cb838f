// A session that takes a client over from an earlier activation, and one that leaves.

#include <catch2/catch.hpp>

#include "tests/actors/session/session_fixture.hpp"

using namespace dhr;
using namespace std::chrono_literals;

namespace {

struct bench : session_bench {
  void add_items(int count) {
    for (int i = 0; i < count; ++i) {
      tell(create_item{
          "e",
          "",
          {"item_" + std::to_string(i), item_role::user, item_status::completed, "Hi", false},
          {}});
    }
  }
};

}  // namespace

TEST_CASE("a client that is taken over is told the settings and the last items, and no more") {
  bench b;
  b.attach();
  b.add_items(70);
  b.seen.events.clear();
  attach_client again;
  again.resumable = true;
  again.continues = true;
  b.attach(again);
  REQUIRE(b.seen.events.size() == 1);
  const auto told = b.seen.sent<session_taken_over>();
  REQUIRE(told.size() == 1);
  CHECK(told[0].last_items.size() == taken_over_items);
  CHECK(told[0].last_items.front() == "item_6");
  CHECK(told[0].last_items.back() == "item_69");
  CHECK(b.metrics->taken_over == 1);
  b.end();
}

TEST_CASE("a drained session that moves tells its client so, between two turns at once") {
  bench b;
  b.attach();
  caf::anon_send(b.session, drain_session{5s, true});
  b.world.settle();
  const auto closed = b.seen.sent<session_closed>();
  REQUIRE(closed.size() == 1);
  CHECK(closed[0].reason == "moved");
  CHECK(b.seen.living == 0);
}

TEST_CASE("a session that has to leave ends in the midst of a turn and saves nothing") {
  bench b;
  b.attach();
  b.tell(create_item{"e1", "", {"", item_role::user, item_status::completed, "Hi", false}, {}});
  b.tell(create_response{"e2", {}});
  b.child_says(clause_ready{b.turn(), 0, "Hello."});
  b.seen.saved.clear();
  caf::anon_send(b.session, leave_conversation{});
  b.world.settle();
  CHECK(b.seen.living == 0);
  CHECK(b.seen.saved.empty());
  REQUIRE(b.seen.sent<session_closed>().size() == 1);
  CHECK(b.seen.sent<session_closed>()[0].reason == "moved");
}

TEST_CASE("when the node's lease is over a session says and saves nothing more") {
  bench b;
  auto gate = std::make_shared<lease_gate>();
  gate->open_until(b.world.clock.now() + 10s);
  b.environment->lease = gate;
  b.attach();
  b.add_items(1);
  b.seen.events.clear();
  b.seen.saved.clear();
  b.world.advance(11s, 1s);
  b.tell(create_item{"e9", "", {"late", item_role::user, item_status::completed, "Hi", false}, {}});
  CHECK(b.seen.events.empty());
  CHECK(b.seen.saved.empty());
  caf::anon_send(b.session, leave_conversation{});
  b.world.settle();
  CHECK(b.seen.sent<session_closed>().size() == 1);  // its last word is said all the same
}
