// A turn's end and the store.

#include <catch2/catch.hpp>

#include "tests/actors/session/session_fixture.hpp"

using namespace dhr;
using namespace std::chrono_literals;

namespace {

struct bench : session_bench {
  bench() { store_is_away = true; }

  // A turn without sound, up to its end.
  void talk() {
    ask();
    child_says(reply_finished{turn(), 0, {}, finish_reason::stop});
  }
  void is_stored(std::uint64_t turn_number) {
    caf::anon_send(caf::actor_cast<snapshot_listener>(session), conversation_stored{turn_number});
    world.settle();
  }
  client_actor attach_another(record& told) {
    const auto another = world.system.spawn([&told]() -> client_actor::behavior_type {
      return {[&told](const session_event& x) { told.events.push_back(x); }};
    });
    caf::anon_send(session, attach_client{}, another);
    world.settle();
    return another;
  }
  std::size_t finished() const { return seen.sent<turn_finished>().size(); }
};

}  // namespace

TEST_CASE("a turn's end is told when the turn is stored, and not before") {
  bench b;
  b.talk();
  REQUIRE(b.seen.listeners.size() == 1);
  CHECK(b.seen.saved.back().turn_number == 1);
  CHECK(b.finished() == 0);
  b.is_stored(1);
  CHECK(b.finished() == 1);
  b.world.advance(5s, 1s);
  CHECK(b.finished() == 1);
  CHECK(b.metrics->told_too_soon == 0);
  b.end();
}

TEST_CASE("what follows a turn's end waits with it and keeps its order") {
  bench b;
  b.talk();
  b.tell(create_item{"e3", "", {"", item_role::user, item_status::completed, "More", false}});
  const auto before = b.seen.events.size();
  CHECK(b.seen.sent<item_added>().size() == 1);
  b.is_stored(1);
  REQUIRE(b.seen.events.size() == before + 2);
  CHECK(std::holds_alternative<turn_finished>(b.seen.events[before].payload));
  CHECK(std::holds_alternative<item_added>(b.seen.events[before + 1].payload));
  CHECK(b.seen.events[before + 1].sequence == b.seen.events[before].sequence + 1);
  b.end();
}

TEST_CASE("while the store is away a turn's end is told after a second, and that is counted") {
  bench b;
  b.talk();
  b.world.advance(990ms, 10ms);
  CHECK(b.finished() == 0);
  b.world.advance(20ms, 10ms);
  CHECK(b.finished() == 1);
  CHECK(b.metrics->told_too_soon == 1);
  b.is_stored(1);
  CHECK(b.finished() == 1);
  b.end();
}

TEST_CASE("word of an earlier turn does not stand for a later one") {
  bench b;
  b.talk();
  b.tell(create_response{"e3", {}});
  b.child_says(reply_finished{b.turn(), 0, {}, finish_reason::stop});
  REQUIRE(b.seen.listeners.size() == 2);
  b.is_stored(1);
  CHECK(b.finished() == 0);
  b.is_stored(2);
  CHECK(b.finished() == 2);
  b.end();
}

TEST_CASE("a conversation that is drained ends when its last turn is stored and told") {
  bench b;
  b.talk();
  b.tell(drain_session{30s, true});
  CHECK(b.seen.living == 1);
  b.is_stored(1);
  CHECK(b.seen.living == 0);
  CHECK(b.finished() == 1);
  CHECK(b.seen.sent<session_closed>().size() == 1);
  b.end();
}

TEST_CASE("of a conversation that another node has taken over no end is told that was not stored") {
  bench b;
  b.talk();
  caf::anon_send(b.session, leave_conversation{});
  b.world.settle();
  CHECK(b.finished() == 0);
  CHECK(b.seen.sent<session_closed>().size() == 1);
  b.end();
}

TEST_CASE("a client that attaches while a turn's end is held back is not sent what is another's") {
  bench b;
  b.talk();
  record other;
  const auto second = b.attach_another(other);
  CHECK(other.events.empty());
  b.is_stored(1);
  CHECK(b.finished() == 1);
  CHECK(other.sent<turn_finished>().empty());
  CHECK(other.sent<session_opened>().size() == 1);
  caf::anon_send_exit(second, caf::exit_reason::user_shutdown);
  b.end();
}

TEST_CASE("what a client asks while it waits to be attached is answered to it") {
  bench b;
  b.talk();
  record other;
  const auto second = b.attach_another(other);
  b.tell(create_item{"e3", "", {"", item_role::user, item_status::completed, "More", false}});
  b.tell(create_response{"e4", {}});
  const auto before = b.seen.sent<item_added>().size();
  b.is_stored(1);
  CHECK(b.seen.sent<item_added>().size() == before);
  REQUIRE(other.events.size() == 3);
  CHECK(std::holds_alternative<session_opened>(other.events[0].payload));
  CHECK(std::holds_alternative<item_added>(other.events[1].payload));
  CHECK(std::holds_alternative<turn_started>(other.events[2].payload));
  caf::anon_send_exit(second, caf::exit_reason::user_shutdown);
  b.end();
}

TEST_CASE("an answer that leaves no trace in the conversation waits for no store") {
  bench b;
  b.attach();
  create_response aside{"e1", {}};
  aside.out_of_band = true;
  b.tell(aside);
  b.child_says(reply_finished{b.turn(), 0, {}, finish_reason::stop});
  CHECK(b.finished() == 1);
  b.end();
}
