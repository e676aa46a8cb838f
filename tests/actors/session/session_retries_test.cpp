// Turns that a client asks for again under their key.

#include <catch2/catch.hpp>

#include "tests/actors/session/session_fixture.hpp"

using namespace dhr;
using namespace std::chrono_literals;

namespace {

create_response keyed(const std::string& key, const std::string& request = "e2") {
  create_response wanted;
  wanted.request = request;
  wanted.patch.modality = output_modality::text;
  wanted.idempotency_key = key;
  return wanted;
}

struct bench : session_bench {
  bench() { attach(); }
  void say(const std::string& text) {
    tell(create_item{"e1", "", {"", item_role::user, item_status::completed, text, false}});
  }
  void answer(const std::string& text) {
    child_says(text_ready{turn(), text});
    child_says(reply_finished{turn(), 0, {}, finish_reason::stop});
  }
  std::vector<turn_finished> finished() const { return seen.sent<turn_finished>(); }
  std::size_t asked() const { return seen.converses.size(); }
  // In place of the session: one that goes on from what it saved last.
  void restart() {
    caf::anon_send_exit(session, caf::exit_reason::user_shutdown);
    world.settle();
    session = spawn_session(world.system, environment, {"conv_1"}, "key_a", {2},
                            session_memory{seen.saved.back()});
    world.settle();
    attach();
  }
};

}  // namespace

TEST_CASE("a turn that was answered is told again under its key, and not thought again") {
  bench b;
  b.say("Hi");
  b.tell(keyed("k1"));
  b.answer("Hello there.");
  REQUIRE(b.finished().size() == 1);
  const auto events = b.seen.events.size();
  b.tell(keyed("k1", "e3"));
  CHECK(b.asked() == 1);
  REQUIRE(b.finished().size() == 2);
  CHECK(b.finished()[1].response_id == b.finished()[0].response_id);
  CHECK(b.finished()[1].item == b.finished()[0].item);
  CHECK(b.finished()[1].status == turn_status::completed);
  CHECK(std::holds_alternative<turn_started>(b.seen.events[events].payload));
  REQUIRE(b.seen.sent<notice>().size() == 1);
  CHECK(b.seen.sent<notice>()[0].kind == answered_before);
  CHECK(b.seen.sent<text_piece>().back().text == "Hello there.");
  CHECK(b.metrics->answered_again == 1);
  b.end();
}

TEST_CASE("another key, and none, are turns of their own") {
  bench b;
  for (const auto* key : {"k1", "k2", "", ""}) {
    b.say("Hi");
    b.tell(keyed(key));
    b.answer("Hello.");
  }
  CHECK(b.asked() == 4);
  CHECK(b.finished().size() == 4);
  b.end();
}

TEST_CASE("a retry of the turn under way is answered by that turn") {
  bench b;
  b.say("Hi");
  b.tell(keyed("k1"));
  b.tell(keyed("k1", "e3"));
  CHECK(b.seen.sent<request_failed>().empty());
  b.answer("Hello.");
  CHECK(b.asked() == 1);
  CHECK(b.finished().size() == 1);
  b.end();
}

TEST_CASE("a turn that was cancelled or failed begins anew under its key") {
  bench b;
  b.say("Hi");
  b.tell(keyed("k1"));
  SECTION("cancelled") { b.tell(cancel_response{"e9", ""}); }
  SECTION("failed") {
    b.child_says(reply_failed{b.turn(), error{errc::failed, "the engine broke", {}, {}}});
  }
  REQUIRE(b.finished().size() == 1);
  b.tell(keyed("k1", "e3"));
  CHECK(b.asked() == 2);
  b.answer("Hello.");
  CHECK(b.finished().back().status == turn_status::completed);
  b.end();
}

TEST_CASE("the conversation's next life knows the turns of the one before") {
  bench b;
  b.say("Hi");
  b.tell(keyed("k1"));
  b.answer("Hello there.");
  const auto first = b.finished().at(0);
  b.restart();
  b.tell(keyed("k1"));
  CHECK(b.asked() == 1);
  REQUIRE(b.finished().size() == 2);
  CHECK(b.finished()[1].item == first.item);
  b.tell(keyed("k2"));
  CHECK(b.asked() == 2);
  b.end();
}

TEST_CASE("functions that an answered turn called are told again") {
  bench b;
  b.say("What is the time?");
  b.tell(keyed("k1"));
  b.child_says(function_call_ready{b.turn(), 0, "call_1", "clock", "{}"});
  b.child_says(reply_finished{b.turn(), 0, {}, finish_reason::stop});
  REQUIRE(b.finished().size() == 1);
  REQUIRE(b.finished()[0].calls.size() == 1);
  b.tell(keyed("k1"));
  REQUIRE(b.finished().size() == 2);
  CHECK(b.finished()[1].calls == b.finished()[0].calls);
  CHECK(b.seen.sent<call_ready>().size() == 2);
  b.end();
}

TEST_CASE("what was deleted of an answered turn is not told again") {
  bench b;
  b.say("Hi");
  b.tell(keyed("k1"));
  b.answer("Hello there.");
  b.tell(delete_item{"e5", b.finished().at(0).item.id});
  const auto words = b.seen.sent<text_piece>().size();
  b.tell(keyed("k1"));
  CHECK(b.seen.sent<text_piece>().size() == words);
  CHECK(b.finished().back().item.id.empty());
  b.end();
}

TEST_CASE("while another turn is under way an answered one is refused as any other") {
  bench b;
  b.say("Hi");
  b.tell(keyed("k1"));
  b.answer("Hello.");
  b.say("And?");
  b.tell(keyed("k2"));
  b.tell(keyed("k1", "e7"));
  REQUIRE(b.seen.sent<request_failed>().size() == 1);
  CHECK(b.seen.sent<request_failed>()[0].request == "e7");
  CHECK(b.seen.sent<request_failed>()[0].reason.code == errc::overloaded);
  b.end();
}

TEST_CASE("a response outside of the conversation has no key") {
  bench b;
  auto wanted = keyed("k1");
  wanted.out_of_band = true;
  b.tell(wanted);
  REQUIRE(b.seen.sent<request_failed>().size() == 1);
  CHECK(b.seen.sent<request_failed>()[0].reason.where == "idempotency_key");
  CHECK(b.asked() == 0);
  b.end();
}
