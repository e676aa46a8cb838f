#include "tests/actors/session/turn_bench.hpp"

using namespace dhr;
using namespace std::chrono_literals;

namespace {

// An answer of two clauses of a second each: "One two." and " Three four."; the words of a clause
// last half a second each.
struct bench : turn_bench {
  void begin() { feed(begin_turn{{"resp_1", "item_1", "", {}, {{"user", "Hi"}}, true}}); }
  void say(std::uint32_t index, const std::string& first, const std::string& second) {
    feed(clause_ready{id(), index, (index == 0 ? "" : " ") + first + ' ' + second});
    feed(speech_ready{
        id(), index, sound(24'000), {}, {{first, 0, 12'000}, {second, 12'000, 24'000}}, 0ms});
  }
  void resume() { feed(resume_turn{{"resp_2", "item_2", "item_1", {}, {}, true}}); }
};

}  // namespace

TEST_CASE("speech into an answer ends it at once and keeps only what was heard") {
  bench b;
  b.begin();
  b.say(0, "One", "two.");
  b.say(1, "Three", "four.");
  b.now += 600ms;
  b.feed(interrupt_turn{});
  REQUIRE(b.sent<turn_finished>().size() == 1);
  const auto finished = b.sent<turn_finished>()[0];
  CHECK(finished.status == turn_status::cancelled);
  CHECK(finished.reason == "turn_detected");
  CHECK(finished.item.text == "One");
  CHECK(finished.item.status == item_status::incomplete);
  CHECK(b.all<stop_voice>().size() == 1);
  CHECK(b.all<sound_stopped>().size() == 1);
  CHECK(b.machine.phase() == turn_phase::idle);
  CHECK(b.machine.holds());
  CHECK(b.machine.heard_at() == b.now);
}

TEST_CASE("while an answer is held its reply goes on being thought, silently") {
  bench b;
  b.begin();
  const auto reply = b.id();
  b.say(0, "One", "two.");
  b.now += 600ms;
  b.feed(interrupt_turn{});
  CHECK(b.all<stop_reply>().empty());
  const auto sent = b.all<emit>().size();
  b.feed(clause_ready{reply, 1, " Five six."});
  b.feed(reply_finished{reply, 2, {1, 2, 3}, finish_reason::stop});
  CHECK(b.all<emit>().size() == sent);
  CHECK(b.all<stale_dropped>().empty());
  CHECK(b.machine.holds());
}

TEST_CASE("a false interruption says the rest of the answer from the word where it was") {
  bench b;
  b.begin();
  const auto reply = b.id();
  b.say(0, "One", "two.");
  b.feed(clause_ready{reply, 1, " Three four."});
  b.now += 600ms;
  b.feed(interrupt_turn{});
  b.feed(clause_ready{reply, 2, " Five six."});
  const auto spoken_before = b.all<speak>().size();
  b.resume();
  REQUIRE(b.sent<turn_started>().size() == 2);
  CHECK(b.sent<turn_started>()[1].resumes == "resp_1");
  CHECK(b.id().number == reply.number + 1);
  const auto asked = b.all<speak>();
  REQUIRE(asked.size() == spoken_before + 2);  // two at a time
  CHECK(asked[spoken_before].text == " two.");
  CHECK(asked[spoken_before + 1].text == " Three four.");
  b.feed(speech_ready{b.id(), 0, sound(2'400), {}, {}, 0ms});
  CHECK(b.all<speak>().back().text == " Five six.");
  b.feed(reply_finished{reply, 3, {1, 2, 3}, finish_reason::stop});
  b.feed(speech_ready{b.id(), 1, sound(2'400), {}, {}, 0ms});
  b.feed(speech_ready{b.id(), 2, sound(2'400), {}, {}, 0ms});
  REQUIRE(b.sent<turn_finished>().size() == 2);
  CHECK(b.sent<turn_finished>()[1].status == turn_status::completed);
  CHECK(b.sent<turn_finished>()[1].item.text == " two. Three four. Five six.");
  CHECK(b.sent<turn_finished>()[1].usage == token_usage{1, 2, 3});
}

TEST_CASE("a real interruption stops the thinking") {
  bench b;
  b.begin();
  const auto reply = b.id();
  b.say(0, "One", "two.");
  b.feed(interrupt_turn{});
  b.feed(release_turn{});
  REQUIRE(b.all<stop_reply>().size() == 1);
  CHECK(b.all<stop_reply>()[0].reply == reply);
  CHECK_FALSE(b.machine.holds());
  b.feed(clause_ready{reply, 1, "Late."});
  CHECK(b.all<stale_dropped>().size() == 1);
}

TEST_CASE("the next turn releases what is held") {
  bench b;
  b.begin();
  b.feed(interrupt_turn{});
  CHECK(b.machine.holds());
  b.begin();
  CHECK_FALSE(b.machine.holds());
  CHECK(b.all<stop_reply>().size() == 1);
  CHECK(b.machine.phase() == turn_phase::thinking);
}

TEST_CASE("an answer that was sent whole and still sounds is cut and can be resumed") {
  bench b;
  b.begin();
  b.say(0, "One", "two.");
  b.feed(reply_finished{b.id(), 1, {}, finish_reason::stop});
  REQUIRE(b.machine.phase() == turn_phase::idle);
  b.now += 600ms;
  CHECK(b.machine.sounds(b.now));
  b.feed(interrupt_turn{});
  CHECK_FALSE(b.machine.sounds(b.now));
  REQUIRE(b.all<item_cut>().size() == 1);
  CHECK(b.all<item_cut>()[0].item_id == "item_1");
  CHECK(b.all<item_cut>()[0].text == "One");
  CHECK(b.sent<turn_finished>().size() == 1);
  b.resume();
  CHECK(b.all<speak>().back().text == " two.");
}

TEST_CASE("speech after the answer was heard interrupts nothing") {
  bench b;
  b.begin();
  b.say(0, "One", "two.");
  b.feed(reply_finished{b.id(), 1, {}, finish_reason::stop});
  b.now += 2s;
  const auto before = b.effects.size();
  b.feed(interrupt_turn{});
  CHECK(b.effects.size() == before);
  CHECK_FALSE(b.machine.holds());
}

TEST_CASE("the client's own measure of what was heard moves the cut and the place to go on from") {
  bench b;
  b.begin();
  b.say(0, "One", "two.");
  b.say(1, "Three", "four.");
  b.now += 1'200ms;
  b.feed(interrupt_turn{});
  b.feed(hear_only{"item_1", 24'000 + 12'000});
  REQUIRE(b.all<item_cut>().size() == 1);
  CHECK(b.all<item_cut>()[0].text == "One two. Three");
  b.resume();
  CHECK(b.all<speak>().back().text == " four.");
  CHECK(b.machine.samples_of("item_1") == 48'000);
  CHECK_FALSE(b.machine.samples_of("item_0"));
}

TEST_CASE("a turn whose listener is away sends nothing and goes on where it was") {
  bench b;
  b.begin();
  b.feed(clause_ready{b.id(), 0, "Long."});
  b.feed(speech_ready{b.id(), 0, sound(240'000), {}, {}, 0ms});
  const auto sent = b.sent<media_chunk>().size();
  b.feed(pause_sending{});
  b.now += 60s;
  b.feed(wake_turn{});
  CHECK(b.sent<media_chunk>().size() == sent);
  b.feed(go_on_sending{});
  CHECK(b.machine.phase() == turn_phase::speaking);
  CHECK(b.all<chunk_late>().empty());
  const auto next = b.all<wake_at>().back().when;
  b.now = next;
  b.feed(wake_turn{});
  CHECK(b.sent<media_chunk>().size() == sent + 1);
  CHECK(b.all<chunk_late>().empty());
}

TEST_CASE("function calls are told piece by piece and end with the turn") {
  bench b;
  b.begin();
  b.feed(function_call_piece{b.id(), 0, "call_1", "look_up", "{\"a\""});
  b.feed(function_call_piece{b.id(), 0, "call_1", "look_up", ":1}"});
  b.feed(function_call_ready{b.id(), 0, "call_1", "look_up", "{\"a\":1}"});
  b.feed(reply_finished{b.id(), 0, {}, finish_reason::tool_calls});
  CHECK(b.sent<call_piece>().size() == 2);
  REQUIRE(b.sent<call_ready>().size() == 1);
  CHECK(b.sent<call_ready>()[0].item.kind == item_kind::function_call);
  REQUIRE(b.sent<turn_finished>().size() == 1);
  const auto finished = b.sent<turn_finished>()[0];
  CHECK(finished.status == turn_status::completed);
  CHECK(finished.item.id.empty());
  REQUIRE(finished.calls.size() == 1);
  CHECK(finished.calls[0].text == "{\"a\":1}");
}

TEST_CASE("functions that a held reply calls are told when it is resumed") {
  bench b;
  b.begin();
  const auto reply = b.id();
  b.say(0, "One", "two.");
  b.now += 600ms;
  b.feed(interrupt_turn{});
  const auto before = b.all<emit>().size();
  b.feed(function_call_piece{reply, 0, "call_1", "look_up", "{\"a\""});
  b.feed(function_call_piece{reply, 0, "call_1", "look_up", ":1}"});
  b.feed(function_call_ready{reply, 0, "call_1", "look_up", "{\"a\":1}"});
  b.feed(reply_finished{reply, 1, {}, finish_reason::tool_calls});
  CHECK(b.all<emit>().size() == before);
  CHECK(b.all<stale_dropped>().empty());
  b.resume();
  REQUIRE(b.sent<call_piece>().size() == 1);
  CHECK(b.sent<call_piece>()[0].arguments == "{\"a\":1}");
  CHECK(b.sent<call_piece>()[0].item_id == "item_2_call0");
  REQUIRE(b.sent<call_ready>().size() == 1);
  b.feed(speech_ready{b.id(), 0, sound(2'400), {}, {}, 0ms});
  REQUIRE(b.sent<turn_finished>().size() == 2);
  REQUIRE(b.sent<turn_finished>()[1].calls.size() == 1);
  CHECK(b.sent<turn_finished>()[1].calls[0].text == "{\"a\":1}");
}

TEST_CASE("functions that a held reply calls are dropped with it") {
  bench b;
  b.begin();
  const auto reply = b.id();
  b.feed(interrupt_turn{});
  b.feed(function_call_piece{reply, 0, "call_1", "look_up", "{}"});
  b.feed(function_call_ready{reply, 0, "call_1", "look_up", "{}"});
  b.feed(release_turn{});
  b.begin();
  b.feed(reply_finished{b.id(), 0, {}, finish_reason::stop});
  CHECK(b.sent<call_piece>().empty());
  CHECK(b.sent<call_ready>().empty());
  CHECK(b.sent<turn_finished>().back().calls.empty());
}

TEST_CASE("a call that is interrupted in its middle is told from its beginning when it goes on") {
  bench b;
  b.begin();
  const auto reply = b.id();
  b.feed(function_call_piece{reply, 0, "call_1", "first", "{}"});
  b.feed(function_call_ready{reply, 0, "call_1", "first", "{}"});
  b.feed(function_call_piece{reply, 1, "call_2", "second", "{\"b\""});
  b.feed(interrupt_turn{});
  CHECK(b.sent<turn_finished>()[0].calls.size() == 1);
  b.resume();
  b.feed(function_call_piece{reply, 1, "call_2", "second", ":2}"});
  b.feed(function_call_ready{reply, 1, "call_2", "second", "{\"b\":2}"});
  b.feed(reply_finished{reply, 0, {}, finish_reason::tool_calls});
  const auto pieces = b.sent<call_piece>();
  REQUIRE(pieces.size() == 4);
  CHECK(pieces[2].arguments + pieces[3].arguments == "{\"b\":2}");
  for (const auto& piece : {pieces[2], pieces[3]}) {
    CHECK(piece.index == 0);  // the first of the turn that goes on
    CHECK(piece.item_id == "item_2_call0");
  }
  REQUIRE(b.sent<turn_finished>()[1].calls.size() == 1);
  CHECK(b.sent<turn_finished>()[1].calls[0].id == "item_2_call0");
}
