// A client whose conversation goes on at another node, on the deterministic scheduler: the test is
// the door that knows where conversations are, and the sessions behind it.

#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include "tests/net/realtime/move_bench.hpp"

using namespace dhr;
using namespace dhr::realtime;
using namespace std::chrono_literals;

namespace {

using testing::talk;

struct world : testing::move_bench {
  // A conversation with one item, in the midst of an answer.
  testing::fake_session& in_an_answer() {
    start();
    auto& session = sessions.front();
    say(session, session_opened{});
    say(session, item_added{{"item_1", item_role::user, item_status::completed, "Hi", false}, ""});
    turn_started started;
    started.response_id = "resp_1";
    started.item_id = "item_2";
    started.settings.modality = output_modality::text;
    say(session, started, 1);
    say(session, text_piece{"Hello th"}, 1);
    static_cast<void>(events());
    return session;
  }
};

const error away{errc::unavailable, "its node is silent", "owner:anna", 1'000ms};

}  // namespace

TEST_CASE_METHOD(world, "an answer whose node dies ends as failed, with what was said of it") {
  kill(in_an_answer());
  const auto told = events();
  const auto* done = find(told, "response.done");
  REQUIRE(done);
  const auto& response = done->at("response").as_object();
  CHECK(response.at("id") == "resp_1");
  CHECK(response.at("status") == "failed");
  CHECK(boost::json::serialize(response).find("Hello th") != std::string::npos);
  CHECK_FALSE(find(told, "error"));
  CHECK_FALSE(link->closing());
}

TEST_CASE_METHOD(world, "a client is taken over by the next activation and told what is lost") {
  kill(in_an_answer());
  REQUIRE(sessions.size() == 2);
  CHECK(asked == std::vector{talk, talk});
  auto& next = sessions.back();
  REQUIRE(next.attached.size() == 1);
  CHECK(next.attached[0].continues);
  CHECK(next.attached[0].resumable);
  CHECK_FALSE(next.attached[0].seen);
  static_cast<void>(events());
  say(next, session_taken_over{{}, {"item_0"}});
  const auto told = events();
  REQUIRE(told.size() == 1);
  CHECK(told[0].at("type") == "digital_human.resumed");
  CHECK(told[0].at("conversation_id") == "conv_1");
  CHECK(told[0].at("epoch") == 2);
  CHECK(told[0].at("lost_items") == boost::json::array{"item_1", "item_2"});
  CHECK(link->session() == next.actor);
}

TEST_CASE_METHOD(world, "nothing is lost that the next activation knows") {
  kill(in_an_answer());
  say(sessions.back(), session_taken_over{{}, {"item_1", "item_2"}});
  const auto told = events();
  REQUIRE(find(told, "digital_human.resumed"));
  CHECK(find(told, "digital_human.resumed")->at("lost_items") == boost::json::array{});
}

TEST_CASE_METHOD(world, "while nobody has the conversation it is looked for again and again") {
  auto& session = in_an_answer();
  refusal = away;
  kill(session);
  advance(5s, 50ms);
  CHECK(asked.size() > 10);
  CHECK(asked.size() < 40);
  CHECK_FALSE(link->session());
  CHECK_FALSE(link->closing());
  CHECK_FALSE(find(events(), "error"));
  refusal.reset();
  advance(1s, 50ms);
  REQUIRE(sessions.size() == 2);
  CHECK(link->session());
  advance(30s, 50ms);  // the time to give up has passed, and does not count any more
  CHECK_FALSE(link->closing());
}

TEST_CASE_METHOD(world, "after its patience a client gives up, with a reason") {
  auto& session = in_an_answer();
  refusal = away;
  kill(session);
  advance(14s, 50ms);
  CHECK_FALSE(link->closing());
  advance(2s, 50ms);
  const auto told = events();
  REQUIRE(find(told, "error"));
  CHECK(find(told, "error")->at("error").at("code") == "conversation_lost");
  REQUIRE(link->closing());
  CHECK(link->closing()->code == 1'013);
  const auto asked_so_far = asked.size();
  advance(10s, 50ms);
  CHECK(asked.size() == asked_so_far);
}

TEST_CASE_METHOD(world, "a conversation that its owner may not have any more ends the connection") {
  auto& session = in_an_answer();
  refusal = error{errc::not_found, "there is no conversation 'conv_1'", {}, {}};
  kill(session);
  REQUIRE(link->closing());
  CHECK(link->closing()->code == 1'008);
}

TEST_CASE_METHOD(world,
                 "a session that says it moves is left, and its last word is not passed on") {
  start();
  auto& session = sessions.front();
  say(session, session_opened{});
  static_cast<void>(events());
  say(session, session_closed{"moved", "the conversation goes on at another node"});
  CHECK(sessions.size() == 2);
  CHECK(events().empty());
  CHECK_FALSE(link->closing());
}

TEST_CASE_METHOD(world, "what an earlier activation still says is dropped") {
  auto& session = in_an_answer();
  const auto client_of_old = session.client;
  kill(session);
  say(sessions.back(), session_taken_over{{}, {}});
  static_cast<void>(events());
  caf::anon_send(client_of_old,
                 session_event{{talk, {1}, 1}, 99, session_payload{text_piece{"stale"}}});
  settle();
  CHECK(events().empty());
}

TEST_CASE_METHOD(world, "a conversation can move more than once") {
  kill(in_an_answer());
  say(sessions.back(), session_taken_over{{}, {"item_1"}});
  kill(sessions.back());
  REQUIRE(sessions.size() == 3);
  say(sessions.back(), session_taken_over{{}, {"item_1"}});
  const auto told = events();
  REQUIRE(told.size() >= 2);
  CHECK(told.back().at("epoch") == 3);
  CHECK(told.back().at("lost_items") == boost::json::array{});
}

TEST_CASE_METHOD(world, "without a cluster a session that dies ends the connection at once") {
  start(0ms);
  say(sessions.front(), session_opened{});
  kill(sessions.front());
  CHECK(asked.size() == 1);
  REQUIRE(link->closing());
  CHECK(link->closing()->code == 1'011);
}

TEST_CASE_METHOD(world, "requests that the lost node did not answer are told as such") {
  auto& session = in_an_answer();
  link->asked();
  link->asked();
  kill(session);
  const auto told = events();
  REQUIRE(find(told, "error"));
  CHECK(find(told, "error")->at("error").at("code") == "conversation_moved");
  CHECK(find(told, "error")->at("error").at("message").as_string().starts_with("2 requests"));
}

TEST_CASE_METHOD(world, "settings that were lost are told again") {
  kill(in_an_answer());
  session_settings other;
  other.instructions = "Be brief.";
  say(sessions.back(), session_taken_over{other, {}});
  const auto told = events();
  REQUIRE(told.size() >= 2);
  CHECK(told.back().at("type") == "session.updated");
  CHECK(told.back().at("session").at("instructions") == "Be brief.");
}

TEST_CASE_METHOD(world, "an answer out of band belongs to no history and is not told as lost") {
  start();
  auto& session = sessions.front();
  say(session, session_opened{});
  turn_started started;
  started.response_id = "resp_1";
  started.item_id = "item_apart";
  started.out_of_band = true;
  started.settings.modality = output_modality::text;
  say(session, started, 1);
  turn_finished finished;
  finished.response_id = "resp_1";
  finished.item = {"item_apart", item_role::assistant, item_status::completed, "Aside.", false};
  say(session, finished, 1);
  kill(session);
  static_cast<void>(events());
  say(sessions.back(), session_taken_over{{}, {}});
  CHECK(events().at(0).at("lost_items") == boost::json::array{});
}

TEST_CASE_METHOD(world, "who comes while the conversation's node is silent waits for it") {
  refusal = away;
  start();
  advance(3s, 50ms);
  CHECK(asked.size() > 5);
  CHECK_FALSE(link->closing());
  refusal.reset();
  advance(1s, 50ms);
  REQUIRE(sessions.size() == 1);
  CHECK_FALSE(sessions[0].attached.at(0).continues);
  say(sessions[0], session_opened{});
  CHECK(find(events(), "session.created"));
}

TEST_CASE_METHOD(world, "a full cluster is told at once") {
  refusal = error{errc::overloaded, "no node has room", {}, 1'000ms};
  start();
  REQUIRE(link->closing());
  CHECK(link->closing()->code == 1'013);
}
