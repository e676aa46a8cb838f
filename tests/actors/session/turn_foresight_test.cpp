// Answers that are thought before speech has ended for certain.

#include "tests/actors/session/turn_bench.hpp"

using namespace dhr;
using namespace std::chrono_literals;

namespace {

turn_request asking(const std::string& words, const std::string& id = "1") {
  return {"resp_" + id, "item_" + id, "", {}, {{"user", words}}, true};
}

struct bench : turn_bench {
  void clause(std::uint32_t index, const std::string& text) {
    feed(clause_ready{id(), index, text});
  }
  void speech(std::uint32_t index) { feed(speech_ready{id(), index, sound(24'000), {}, {}, 0ms}); }
};

}  // namespace

TEST_CASE("a foreseen turn is thought and its first clause is spoken, and nobody is told") {
  bench b;
  b.feed(foresee_turn{asking("Hello.")});
  REQUIRE(b.all<converse>().size() == 1);
  CHECK(b.all<converse>()[0].turn == b.id());
  CHECK(b.all<converse>()[0].history == std::vector<chat_message>{{"user", "Hello."}});
  b.clause(0, "Well,");
  b.clause(1, " good day.");
  REQUIRE(b.all<speak>().size() == 1);
  CHECK(b.all<speak>()[0].text == "Well,");
  b.speech(0);
  CHECK(b.all<emit>().empty());
  CHECK(b.machine.phase() == turn_phase::idle);
}

TEST_CASE("the turn that was foreseen sounds at once and goes on from where it was") {
  bench b;
  b.feed(foresee_turn{asking("Hello.")});
  b.clause(0, "Well,");
  b.speech(0);
  b.clause(1, " good day.");
  const auto foreseen = b.id();
  b.now += 500ms;
  b.feed(begin_turn{asking("Hello.", "2")});
  CHECK(b.id() == foreseen);
  CHECK(b.all<converse>().size() == 1);
  REQUIRE(b.sent<turn_started>().size() == 1);
  CHECK(b.sent<turn_started>()[0].response_id == "resp_2");
  CHECK_FALSE(b.sent<media_chunk>().empty());
  REQUIRE(b.all<speak>().size() == 2);
  CHECK(b.all<speak>()[1].index == 1);
  CHECK(b.all<speak>()[1].text == " good day.");
  REQUIRE(b.all<foresight_ended>().size() == 1);
  CHECK(b.all<foresight_ended>()[0].was_right);
  b.feed(reply_finished{b.id(), 2, {1, 2, 3}, finish_reason::stop});
  b.speech(1);
  b.now += 5s;
  b.feed(wake_turn{});
  REQUIRE(b.sent<turn_finished>().size() == 1);
  CHECK(b.sent<turn_finished>()[0].item.text == "Well, good day.");
  CHECK(b.sent<turn_finished>()[0].timings.first_clause == 1ms);
}

TEST_CASE(
    "a foreseen turn whose clause is still being spoken waits for it and asks no second time") {
  bench b;
  b.feed(foresee_turn{asking("Hello.")});
  b.clause(0, "Well,");
  b.feed(begin_turn{asking("Hello.")});
  CHECK(b.all<speak>().size() == 1);
  CHECK(b.sent<media_chunk>().empty());
  b.speech(0);
  CHECK_FALSE(b.sent<media_chunk>().empty());
}

TEST_CASE("a turn that asks for something else is thought anew") {
  bench b;
  b.feed(foresee_turn{asking("Hello.")});
  b.clause(0, "Well,");
  const auto foreseen = b.id();
  b.feed(begin_turn{asking("Hello there.")});
  CHECK(b.id().number == foreseen.number + 1);
  REQUIRE(b.all<stop_reply>().size() == 1);
  CHECK(b.all<stop_reply>()[0].reply == foreseen);
  REQUIRE(b.all<stop_voice>().size() == 1);
  CHECK(b.all<stop_voice>()[0].turn == foreseen);
  REQUIRE(b.all<converse>().size() == 2);
  CHECK(b.all<converse>()[1].turn == b.id());
  CHECK_FALSE(b.all<foresight_ended>()[0].was_right);
  b.feed(clause_ready{foreseen, 1, " good day."});
  CHECK(b.all<stale_dropped>().size() == 1);
}

TEST_CASE("other settings make it another turn") {
  bench b;
  b.feed(foresee_turn{asking("Hello.")});
  auto other = asking("Hello.");
  other.settings.instructions = "Be brief.";
  b.feed(begin_turn{other});
  CHECK(b.all<converse>().size() == 2);
}

TEST_CASE("a foreseen turn is dropped when speech goes on, and what comes of it is stale") {
  bench b;
  b.feed(foresee_turn{asking("Hello.")});
  const auto foreseen = b.id();
  b.feed(forget_foreseen{});
  CHECK(b.all<stop_reply>().size() == 1);
  b.feed(clause_ready{foreseen, 0, "Well,"});
  CHECK(b.all<speak>().empty());
  b.feed(forget_foreseen{});
  CHECK(b.all<stop_reply>().size() == 1);
}

TEST_CASE("foreseeing the same twice asks once, something else asks anew") {
  bench b;
  b.feed(foresee_turn{asking("Hello.")});
  b.feed(foresee_turn{asking("Hello.")});
  CHECK(b.all<converse>().size() == 1);
  b.feed(foresee_turn{asking("Hello you.")});
  CHECK(b.all<converse>().size() == 2);
  CHECK(b.all<stop_reply>().size() == 1);
}

TEST_CASE("what fails before it was wanted is tried anew by the turn itself") {
  bench b;
  b.feed(foresee_turn{asking("Hello.")});
  b.feed(reply_failed{b.id(), {errc::unavailable, "away", {}, {}}});
  CHECK(b.all<emit>().empty());
  b.feed(begin_turn{asking("Hello.")});
  CHECK(b.all<converse>().size() == 2);
  CHECK(b.sent<turn_finished>().empty());
}

TEST_CASE("nothing is foreseen in a turn, nor while a held reply is still being thought") {
  bench b;
  b.feed(begin_turn{asking("Hello.")});
  b.feed(foresee_turn{asking("And?")});
  CHECK(b.all<converse>().size() == 1);
  b.clause(0, "Well,");
  b.speech(0);
  const auto reply = b.id();
  b.now += 300ms;
  b.feed(interrupt_turn{});
  REQUIRE(b.machine.holds());
  b.feed(foresee_turn{asking("And?")});
  CHECK(b.all<converse>().size() == 1);
  b.feed(reply_finished{reply, 1, {}, finish_reason::stop});
  b.feed(foresee_turn{asking("And?")});
  CHECK(b.all<converse>().size() == 2);
}

TEST_CASE("a held answer that goes on drops what was foreseen") {
  bench b;
  b.feed(begin_turn{asking("Hello.")});
  b.clause(0, "Well,");
  b.speech(0);
  b.feed(reply_finished{b.id(), 1, {}, finish_reason::stop});
  b.now += 300ms;
  b.feed(interrupt_turn{});
  REQUIRE(b.machine.holds());
  b.feed(foresee_turn{asking("And?")});
  const auto foreseen = b.id();
  b.feed(resume_turn{asking("", "3")});
  CHECK(b.id().number == foreseen.number + 1);
  CHECK(b.all<stop_reply>().back().reply == foreseen);
  CHECK(b.sent<turn_started>().back().resumes == "resp_1");
}

TEST_CASE("a written answer that was foreseen is told whole") {
  bench b;
  auto written = asking("Hello.");
  written.settings.modality = output_modality::text;
  b.feed(foresee_turn{written});
  CHECK_FALSE(b.all<converse>()[0].speak);
  b.feed(text_ready{b.id(), "Well, "});
  b.feed(text_ready{b.id(), "good day."});
  b.feed(reply_finished{b.id(), 0, {}, finish_reason::stop});
  CHECK(b.all<emit>().empty());
  b.feed(begin_turn{written});
  REQUIRE(b.sent<turn_finished>().size() == 1);
  CHECK(b.sent<turn_finished>()[0].item.text == "Well, good day.");
}
