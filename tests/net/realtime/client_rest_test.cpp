// A client whose session ends for its silence, and the word that has it taken up again; on the
// deterministic scheduler, with the test as the door and the sessions behind it.

#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include "tests/net/realtime/move_bench.hpp"

using namespace dhr;
using namespace dhr::realtime;
using namespace std::chrono_literals;

namespace {

struct world : testing::move_bench {
  // A conversation with one item whose session has gone to rest.
  void at_rest(milliseconds patience = 0ms) {
    start(patience);
    auto& session = sessions.front();
    say(session, session_opened{});
    say(session, item_added{{"item_1", item_role::user, item_status::completed, "Hi", false}, ""});
    static_cast<void>(events());
    say(session, session_closed{"passive", "nothing has happened for a while"});
  }
  // What the connection does with its client's next message.
  void speak() {
    if (link->take_rest()) caf::anon_send(client, rouse_atom::value);
    settle();
  }
};

const error away{errc::unavailable, "its node is silent", "owner:anna", 1'000ms};
const error full{errc::overloaded, "no node has room", {}, 1'000ms};

}  // namespace

TEST_CASE_METHOD(world, "a client is told nothing when its conversation goes to rest") {
  at_rest();
  kill(sessions.front());
  advance(60s, 1s);
  CHECK(events().empty());
  CHECK_FALSE(link->closing());
  CHECK_FALSE(link->session());
  CHECK(link->rests());
  CHECK(asked.size() == 1);
}

TEST_CASE_METHOD(world, "the next word has the conversation taken up again, and nothing is told") {
  at_rest();
  kill(sessions.front());
  speak();
  speak();
  REQUIRE(sessions.size() == 2);
  auto& next = sessions.back();
  REQUIRE(next.attached.size() == 1);
  CHECK(next.attached[0].continues);
  CHECK(next.attached[0].resumable);
  // Nothing is sent to a session that may be about to end.
  CHECK_FALSE(link->session());
  say(next, session_taken_over{{}, {"item_1"}});
  CHECK(link->session() == next.actor);
  CHECK(events().empty());
  say(next, item_added{{"item_2", item_role::user, item_status::completed, "Ho", false}, "item_1"});
  const auto told = events();
  REQUIRE_FALSE(told.empty());
  CHECK(told[0].at("type") == "conversation.item.added");
  CHECK(told[0].at("event_id").as_string().starts_with("event_2_"));
}

TEST_CASE_METHOD(world, "what was lost of a conversation at rest is told when it is taken up") {
  at_rest();
  kill(sessions.front());
  speak();
  say(sessions.back(), session_taken_over{{}, {}});
  const auto told = events();
  REQUIRE(find(told, "digital_human.resumed"));
  CHECK(find(told, "digital_human.resumed")->at("lost_items") == boost::json::array{"item_1"});
}

TEST_CASE_METHOD(world, "a session that ends before it has answered is looked for once more") {
  at_rest();
  speak();
  REQUIRE(sessions.size() == 2);
  kill(sessions.back());
  CHECK_FALSE(link->session());
  advance(1s, 50ms);
  REQUIRE(sessions.size() == 3);
  say(sessions.back(), session_taken_over{{}, {"item_1"}});
  CHECK(link->session() == sessions.back().actor);
  CHECK(events().empty());
}

TEST_CASE_METHOD(world, "answers to what was on its way when the session went to rest are told") {
  at_rest();
  say(sessions.front(),
      item_added{{"item_2", item_role::user, item_status::completed, "Ho", false}, "item_1"});
  CHECK(find(events(), "conversation.item.added"));
}

TEST_CASE_METHOD(world,
                 "what was asked of a resting session that is lost is told to be unanswered") {
  at_rest();
  link->asked();
  kill(sessions.front());
  const auto told = events();
  REQUIRE(find(told, "error"));
  CHECK(find(told, "error")->at("error").at("code") == "conversation_moved");
  CHECK(link->rests());
  speak();
  say(sessions.back(), session_taken_over{{}, {"item_1"}});
  CHECK(events().empty());
  CHECK(link->session() == sessions.back().actor);
}

TEST_CASE_METHOD(
    world, "an answer that a resting session began and is lost with it is told to be broken off") {
  at_rest();
  turn_started started;
  started.response_id = "resp_1";
  started.item_id = "item_2";
  started.settings.modality = output_modality::text;
  say(sessions.front(), started, 1);
  static_cast<void>(events());
  kill(sessions.front());
  const auto told = events();
  REQUIRE(find(told, "response.done"));
  CHECK(find(told, "response.done")->at("response").at("status") == "failed");
  CHECK(link->rests());
}

TEST_CASE_METHOD(world, "a successor has no answer to what the resting session was asked") {
  at_rest();
  link->asked();
  speak();
  REQUIRE(sessions.size() == 2);
  CHECK(events().empty());
  say(sessions.back(), session_taken_over{{}, {"item_1"}});
  REQUIRE(find(events(), "error"));
  kill(sessions.front());
  CHECK(events().empty());
}

TEST_CASE_METHOD(world, "the session that rested may itself be the one that goes on") {
  at_rest();
  link->asked();
  reopens = &sessions.front();
  speak();
  say(sessions.front(), session_taken_over{{}, {"item_1"}});
  CHECK(events().empty());
  kill(sessions.front());
  CHECK(find(events(), "error"));
}

TEST_CASE_METHOD(world, "a conversation that cannot be taken up is asked for until patience ends") {
  const auto reason = GENERATE(away, full);
  at_rest();
  kill(sessions.front());
  refusal = reason;
  speak();
  advance(4s, 50ms);
  CHECK(asked.size() > 10);
  CHECK_FALSE(link->closing());
  SECTION("then it is there") {
    refusal.reset();
    advance(500ms, 50ms);
    REQUIRE(sessions.size() == 2);
    say(sessions.back(), session_taken_over{{}, {"item_1"}});
    advance(30s, 1s);
    CHECK(events().empty());
    CHECK_FALSE(link->closing());
  }
  SECTION("it is never there") {
    advance(2s, 50ms);
    CHECK(find(events(), "error"));
    REQUIRE(link->closing());
    CHECK(link->closing()->code == 1'013);
  }
}

TEST_CASE_METHOD(world, "a session that never answers does not hold its client for ever") {
  at_rest();
  speak();
  REQUIRE(sessions.size() == 2);
  advance(6s, 50ms);
  REQUIRE(link->closing());
  CHECK(link->closing()->code == 1'013);
}

TEST_CASE_METHOD(world, "a conversation at rest that its owner may not have any more ends it") {
  at_rest(15s);
  kill(sessions.front());
  refusal = error{errc::not_found, "there is no conversation 'conv_1'", {}, {}};
  speak();
  REQUIRE(link->closing());
  CHECK(link->closing()->code == 1'008);
}

TEST_CASE_METHOD(world, "a client that leaves while its conversation rests wakes nobody") {
  at_rest();
  kill(sessions.front());
  leave();
  advance(60s, 1s);
  CHECK(asked.size() == 1);
}
