// Passivation: a session whose client is connected and silent.

#include <catch2/catch.hpp>

#include "actors/session/memory_codec.hpp"
#include "tests/actors/session/session_fixture.hpp"

using namespace dhr;
using namespace std::chrono_literals;

namespace {

struct bench : session_bench {
  bench() { environment->config.passivate_after = 120s; }

  void attach_resumable(bool continues = false) {
    attach_client how;
    how.resumable = true;
    how.continues = continues;
    attach(how);
  }
  void add_item() {
    tell(create_item{"e", "", {"", item_role::user, item_status::completed, "Hi", false}, {}});
  }
  bool says_passive() const {
    for (const auto& closed : seen.sent<session_closed>()) {
      if (closed.reason == "passive") return true;
    }
    return false;
  }
};

}  // namespace

TEST_CASE("a conversation of a silent client is saved and ends after its time, and no sooner") {
  bench b;
  b.attach_resumable();
  b.add_item();
  b.seen.saved.clear();
  b.world.advance(119s, 1s);
  CHECK_FALSE(b.says_passive());
  b.world.advance(2s, 1s);
  CHECK(b.says_passive());
  REQUIRE(b.seen.saved.size() == 1);
  CHECK(b.seen.saved[0].items.size() == 1);
  CHECK(b.seen.living == 1);
  b.world.advance(10s, 1s);
  CHECK(b.seen.living == 0);
  CHECK(b.seen.sent<session_closed>().size() == 1);
  b.end();
}

TEST_CASE("what a client asks begins the time of its silence anew") {
  bench b;
  b.attach_resumable();
  b.world.advance(100s, 1s);
  b.add_item();
  b.world.advance(119s, 1s);
  CHECK_FALSE(b.says_passive());
  b.world.advance(2s, 1s);
  CHECK(b.says_passive());
  b.end();
}

TEST_CASE("a conversation does not rest while a turn is under way") {
  bench b;
  b.environment->config.passivate_after = 10s;  // sooner than a turn counts as stalled
  b.attach_resumable();
  b.add_item();
  b.tell(create_response{"e2", {}});
  b.world.advance(25s, 1s);
  CHECK_FALSE(b.says_passive());
  CHECK(b.seen.sent<turn_finished>().empty());
  b.tell(cancel_response{"e3", ""});
  b.world.advance(9s, 1s);
  CHECK_FALSE(b.says_passive());
  b.world.advance(12s, 1s);
  CHECK(b.says_passive());
  b.end();
}

TEST_CASE("a face that is animated for its client does not rest until that is over") {
  bench b;
  b.attach_resumable();
  settings_patch animated;
  animated.idle_animation = true;
  b.tell(update_session{"e1", animated});
  b.world.advance(400s, 1s);
  CHECK_FALSE(b.says_passive());
  animated.idle_animation = false;
  b.tell(update_session{"e2", animated});
  b.world.advance(121s, 1s);
  CHECK(b.says_passive());
  b.end();
}

TEST_CASE("a conversation that has heard sound does not rest: its count of samples would be lost") {
  bench b;
  b.listen_with_fake_ears();
  b.attach_resumable();
  b.tell(append_audio{"e1", shared_bytes{}});
  b.world.advance(400s, 1s);
  CHECK_FALSE(b.says_passive());
  b.end();
}

TEST_CASE("without a store, without a time or for a client that cannot come back nothing rests") {
  bench b;
  SECTION("no store") { b.environment->save = nullptr; }
  SECTION("never") { b.environment->config.passivate_after = 0ms; }
  SECTION("not resumable") {}
  if (b.environment->save && b.environment->config.passivate_after > 0ms) {
    b.attach();
  } else {
    b.attach_resumable();
  }
  b.world.advance(400s, 1s);
  CHECK_FALSE(b.says_passive());
  CHECK(b.seen.living == 1);
  b.end();
}

TEST_CASE("a request that was on its way when the conversation went to rest is answered once") {
  bench b;
  b.attach_resumable();
  b.world.advance(121s, 1s);
  REQUIRE(b.says_passive());
  b.add_item();
  b.tell(create_response{"e2", {}});
  CHECK(b.seen.sent<item_added>().size() == 1);
  REQUIRE(b.seen.sent<turn_started>().size() == 1);
  // The door has found the session that was about to end.
  b.attach_resumable(true);
  CHECK(b.seen.sent<session_taken_over>().size() == 1);
  CHECK(b.seen.sent<turn_finished>().empty());
  b.world.advance(20s, 1s);
  CHECK(b.seen.living == 1);
  b.end();
}

TEST_CASE("a client that is lost while its conversation goes to rest may still come back to it") {
  bench b;
  b.environment->config.idle_timeout = 60s;
  b.attach_resumable();
  b.world.advance(121s, 1s);
  REQUIRE(b.says_passive());
  caf::anon_send_exit(b.client, caf::exit_reason::user_shutdown);
  b.world.advance(30s, 1s);
  CHECK(b.seen.living == 1);
  b.world.advance(40s, 1s);
  CHECK(b.seen.living == 0);
}

TEST_CASE("a client of another node that comes back to rest's edge over another relay goes on") {
  bench b;
  b.attach_resumable();
  b.world.advance(121s, 1s);
  REQUIRE(b.says_passive());
  b.tell(create_item{"e1", "", {"", item_role::user, item_status::completed, "Hi", false}, {}});
  b.tell(create_response{"e2", {}});
  const auto before = b.client;
  b.client = b.new_client();
  b.attach_resumable(true);
  CHECK(b.seen.sent<session_taken_over>().size() == 1);
  CHECK(b.seen.sent<session_closed>().size() == 1);  // "passive"; nobody was replaced
  caf::anon_send_exit(before, caf::exit_reason::user_shutdown);
  b.world.settle();
  b.child_says(reply_finished{b.turn(), 0, {}, finish_reason::stop});
  REQUIRE(b.seen.sent<turn_finished>().size() == 1);
  CHECK(b.seen.sent<turn_finished>()[0].status == turn_status::completed);
  b.end();
}

TEST_CASE("an answer goes on whose client comes back to rest's edge after its relay has gone") {
  bench b;
  b.attach_resumable();
  b.world.advance(121s, 1s);
  REQUIRE(b.says_passive());
  b.tell(create_item{"e1", "", {"", item_role::user, item_status::completed, "Hi", false}, {}});
  b.tell(create_response{"e2", {}});
  caf::anon_send_exit(b.client, caf::exit_reason::user_shutdown);
  b.world.settle();
  b.client = b.new_client();
  b.attach_resumable(true);
  b.child_says(clause_ready{b.turn(), 0, "Hello."});
  b.child_says(speech_ready{b.turn(), 0, shared_bytes{std::string(48'000, '\0')}, {}, {}, 0ms});
  b.child_says(reply_finished{b.turn(), 1, {}, finish_reason::stop});
  b.world.advance(5s, 100ms);
  REQUIRE(b.seen.sent<turn_finished>().size() == 1);
  CHECK(b.seen.sent<turn_finished>()[0].status == turn_status::completed);
  b.end();
}

TEST_CASE(
    "a client of another node whose link is lost at rest's edge is answered when it is back") {
  bench b;
  b.attach_resumable();
  b.world.advance(121s, 1s);
  REQUIRE(b.says_passive());
  caf::anon_send_exit(b.client, caf::exit_reason::user_shutdown);
  b.world.settle();
  b.client = b.new_client();
  b.attach_resumable(true);
  CHECK(b.seen.sent<session_taken_over>().size() == 1);
  b.tell(create_response{"e2", {}});
  REQUIRE(b.seen.converses.size() == 1);
  b.child_says(reply_finished{b.turn(), 0, {}, finish_reason::stop});
  CHECK(b.seen.sent<turn_finished>().size() == 1);
  b.world.advance(160s, 1s);
  CHECK(b.seen.sent<session_closed>().size() == 2);  // it rests again
  b.end();
}
