// A session and its emotion child.

#include <catch2/catch.hpp>

#include "actors/emotion/readable.hpp"
#include "tests/actors/session/session_fixture.hpp"

using namespace dhr;
using namespace std::chrono_literals;

namespace {

// As the session bench, with an emotion child that only writes down what it is told.
struct bench : session_bench {
  std::vector<feel> asked;
  std::vector<feel_user> users;
  std::vector<feel_melody> melodies;
  std::vector<mood_known> moods;
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
                [this](const feel_melody& x) { melodies.push_back(x); },
                [this](const mood_known& x) { moods.push_back(x); },
                [](const outcome_known&) {},
                [this](const cancel_feeling& x) { cancelled.push_back(x); }};
      });
    };
    session = spawn_session(world.system, environment, {"conv_1"}, "key_a", {2});
    world.settle();
  }
  void listen() {
    listen_with_fake_ears();
    attach();
    tell(append_audio{"e1", shared_bytes{std::string(960, '\0')}});
  }
  void hears(ears_event_payload event) { child_says(ears_event{std::move(event)}); }
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
  CHECK(b.users[0].item_id == b.seen.sent<item_added>()[0].item.id);
  b.tell(create_item{"e3", "", {"", item_role::system, item_status::completed, "Be kind.", false}});
  CHECK(b.users.size() == 1);
  b.end();
}

TEST_CASE("how something was said reaches the emotion child, under the item of the words") {
  bench b;
  b.listen();
  prosody melody;
  melody.pitch_hz_median = 140;
  b.hears(speech_began{1, 0});
  b.hears(utterance_heard{1, "I am sad.", 900, {}});
  b.hears(melody_heard{1, melody});
  REQUIRE(b.users.size() == 1);
  CHECK(b.users[0].text == "I am sad.");
  REQUIRE(b.melodies.size() == 1);
  CHECK(b.melodies[0] == feel_melody{b.users[0].item_id, melody});
  b.end();
}

TEST_CASE("words that may be all are felt before the answer is thought ahead, and once") {
  bench b;
  b.listen();
  b.hears(speech_began{1, 0});
  b.hears(end_expected{1, "I am sad."});
  REQUIRE(b.users.size() == 1);
  CHECK(b.users[0].text == "I am sad.");
  REQUIRE(b.seen.converses.size() == 1);
  CHECK(b.users[0].turn == b.turn());
  b.hears(speech_ended{1, 900});
  b.hears(utterance_heard{1, "I am sad.", 900, {}});
  CHECK(b.users.size() == 1);
  CHECK(b.users[0].item_id == b.seen.sent<item_added>()[0].item.id);
  b.end();
}

TEST_CASE("words that were not all are felt again with the rest") {
  bench b;
  b.listen();
  b.hears(speech_began{1, 0});
  b.hears(end_expected{1, "I am sad."});
  b.hears(end_withdrawn{1});
  b.hears(end_expected{1, "I am sad. No, glad."});
  REQUIRE(b.users.size() == 2);
  CHECK(b.users[1].text == "I am sad. No, glad.");
  CHECK(b.users[1].item_id == b.users[0].item_id);
  CHECK(b.users[1].turn == b.turn());
  b.end();
}

TEST_CASE("a back-channel word into an answer is not taken for what the user feels") {
  bench b;
  b.listen();
  b.tell(create_item{"e2", "", {"", item_role::user, item_status::completed, "Hi", false}});
  b.tell(create_response{"e3", {}});
  b.child_says(clause_ready{b.turn(), 0, "One two."});
  b.child_says(reply_finished{b.turn(), 1, {}, finish_reason::stop});
  b.child_says(speech_ready{b.turn(),
                            0,
                            shared_bytes{std::string(48'000, '\0')},
                            {},
                            {{"One", 0, 12'000}, {"two.", 12'000, 24'000}},
                            0ms});
  b.world.advance(600ms, 100ms);
  b.hears(speech_began{1, 0});
  b.hears(end_expected{1, "Uh-huh."});
  b.hears(utterance_heard{1, "Uh-huh.", 400, {}});
  REQUIRE(b.seen.sent<listening_ignored>().size() == 1);
  CHECK(b.users.size() == 1);  // what the user wrote
  b.end();
}

TEST_CASE("of a long text that the user writes the beginning is felt") {
  bench b;
  b.attach();
  b.tell(create_item{
      "e1", "", {"", item_role::user, item_status::completed, std::string(60'000, 'x'), false}});
  REQUIRE(b.users.size() == 1);
  CHECK(b.users[0].text.size() == readable_bytes_max);
  b.end();
}

TEST_CASE("what the user feels is stored, and known to the child of the next life") {
  bench b;
  b.ask();
  const mood_known sad{{{0, 0, 0, 0, 0.75f}}};
  b.child_says(sad);
  REQUIRE_FALSE(b.seen.saved.empty());
  CHECK(b.seen.saved.back().mood == sad.mood);
  CHECK(b.moods.empty());
  caf::anon_send_exit(b.session, caf::exit_reason::user_shutdown);
  b.world.settle();
  b.session = spawn_session(b.world.system, b.environment, {"conv_1"}, "key_a", {3},
                            session_memory{b.seen.saved.back()});
  b.world.settle();
  CHECK(b.moods == std::vector{sad});
  b.end();
}

TEST_CASE("a child that takes another's place is told what the user feels") {
  bench b;
  b.attach();
  const mood_known sad{{{0, 0, 0, 0, 0.75f}}};
  b.child_says(sad);
  b.kill_child();
  CHECK(b.moods == std::vector{sad});
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
