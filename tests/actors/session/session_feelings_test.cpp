// A session and its emotion child.

#include <catch2/catch.hpp>

#include "tests/actors/session/session_fixture.hpp"

using namespace dhr;
using namespace std::chrono_literals;

namespace {

// As the session bench, with an emotion child that only writes down what it is told.
struct bench : session_bench {
  std::vector<feel> asked;
  std::vector<feel_user> users;
  std::vector<cancel_feeling> cancelled;
  int children = 0;
  emotion_actor child;

  bench() {
    caf::anon_send_exit(session, caf::exit_reason::user_shutdown);
    world.settle();
    environment->config.turn.feels = true;
    environment->spawn_emotion = [this](const emotion_client&) {
      ++children;
      return child = world.system.spawn([this]() -> emotion_actor::behavior_type {
        return {[](const emotion_read&) {},
                [](const reading_failed&) {},
                [this](const feel& x) { asked.push_back(x); },
                [this](const feel_user& x) { users.push_back(x); },
                [](const outcome_known&) {},
                [this](const cancel_feeling& x) { cancelled.push_back(x); }};
      });
    };
    session = spawn_session(world.system, environment, {"conv_1"}, "key_a", {2});
    world.settle();
  }
  void kill_child() {
    caf::anon_send_exit(child, caf::exit_reason::kill);
    world.settle();
  }
};

}  // namespace

TEST_CASE("a clause goes to the emotion child, and what is felt of it to the client") {
  bench b;
  b.ask();
  b.child_says(clause_ready{b.turn(), 0, "Hello."});
  REQUIRE(b.asked.size() == 1);
  CHECK(b.asked[0].text == "Hello.");
  b.child_says(felt{b.turn(), 0, {{0.5f}}, {}, {}, {}, {}});
  b.child_says(speech_ready{b.turn(), 0, shared_bytes{std::string(9'600, '\0')}, {}, {}, 0ms});
  REQUIRE(b.seen.sent<felt>().size() == 1);
  CHECK(b.seen.sent<felt>()[0].weights[feeling::joy] == 0.5f);
  b.end();
}

TEST_CASE("what the user writes is felt before the answer to it is thought") {
  bench b;
  b.ask();
  REQUIRE(b.users.size() == 1);
  CHECK(b.users[0].text == "Hi");
  CHECK(b.users[0].turn == b.turn());
  CHECK_FALSE(b.users[0].melody);
  b.tell(create_item{"e3", "", {"", item_role::system, item_status::completed, "Be kind.", false}});
  CHECK(b.users.size() == 1);
  b.end();
}

TEST_CASE("with what the user says goes how it was said") {
  bench b;
  b.listen_with_fake_ears();
  b.attach();
  b.tell(append_audio{"e1", shared_bytes{std::string(960, '\0')}});
  prosody melody;
  melody.pitch_hz_median = 140;
  b.child_says(ears_event{speech_began{1, 0}});
  b.child_says(ears_event{melody_heard{1, melody}});
  b.child_says(ears_event{utterance_heard{1, "I am sad.", 900, {}}});
  REQUIRE(b.users.size() == 1);
  CHECK(b.users[0].text == "I am sad.");
  REQUIRE(b.users[0].melody);
  CHECK(b.users[0].melody->pitch_hz_median == 140);
  b.end();
}

TEST_CASE("an interrupted turn is no longer read") {
  bench b;
  b.ask();
  b.child_says(clause_ready{b.turn(), 0, "Hello."});
  b.tell(cancel_response{"e3", ""});
  REQUIRE(b.cancelled.size() == 1);
  CHECK(b.cancelled[0].turn == b.turn());
  b.end();
}

TEST_CASE("an emotion child that dies is replaced, and its turn goes on") {
  bench b;
  b.ask();
  b.kill_child();
  CHECK(b.children == 2);
  CHECK(b.seen.sent<turn_finished>().empty());
  REQUIRE(b.seen.sent<notice>().size() == 1);
  CHECK(b.seen.sent<notice>()[0].kind == "restarted");
  b.child_says(clause_ready{b.turn(), 0, "Hello."});
  CHECK(b.asked.size() == 1);
  b.end();
}

TEST_CASE("one that dies too often ends its conversation") {
  bench b;
  b.attach();
  for (int i = 0; i < 4; ++i) b.kill_child();
  REQUIRE(b.seen.sent<session_closed>().size() == 1);
  CHECK(b.seen.sent<session_closed>()[0].reason == "failed");
  caf::anon_send_exit(b.client, caf::exit_reason::user_shutdown);
  b.world.settle();
}
