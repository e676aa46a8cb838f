// Answers that the session asks for before the ears are certain that speech has ended.
#include <catch2/catch.hpp>

#include "tests/actors/session/listening_fixture.hpp"

using namespace dhr;
using namespace std::chrono_literals;

namespace {

struct bench : listening_bench {
  bench() {
    attach();
    append();
  }
};

}  // namespace

TEST_CASE("an expected end is answered ahead, and the answer is used when the words were these") {
  bench b;
  b.hears(speech_began{1, 100});
  b.hears(end_expected{1, "Hello there."});
  REQUIRE(b.seen.converses.size() == 1);
  CHECK(b.seen.converses[0].history == std::vector<chat_message>{{"user", "Hello there."}});
  CHECK(b.seen.sent<turn_started>().empty());
  b.child_says(clause_ready{b.seen.converses[0].turn, 0, "Hi!"});
  CHECK(b.seen.speaks.size() == 1);
  b.hears(speech_ended{1, 900});
  b.hears(utterance_heard{1, "Hello there.", 800, {}});
  CHECK(b.seen.sent<turn_started>().size() == 1);
  CHECK(b.seen.converses.size() == 1);
  CHECK(b.seen.speaks.size() == 1);
  b.end();
}

TEST_CASE("an expected end that is withdrawn leaves no answer") {
  bench b;
  b.hears(speech_began{1, 100});
  b.hears(end_expected{1, "Hello."});
  b.hears(end_withdrawn{1});
  CHECK(b.seen.cancelled_replies.size() == 1);
  b.hears(speech_ended{1, 900});
  b.hears(utterance_heard{1, "Hello. I am Jo.", 800, {}});
  REQUIRE(b.seen.converses.size() == 2);
  CHECK(b.seen.converses[1].history == std::vector<chat_message>{{"user", "Hello. I am Jo."}});
  b.end();
}

TEST_CASE("speech that was none leaves no answer") {
  bench b;
  b.hears(speech_began{1, 100});
  b.hears(end_expected{1, "Hello."});
  b.hears(utterance_dropped{1, "cleared"});
  CHECK(b.seen.cancelled_replies.size() == 1);
  CHECK(b.seen.sent<turn_started>().empty());
  b.end();
}

TEST_CASE("without create_response nothing is answered ahead") {
  bench b;
  settings_patch patch;
  patch.detection = turn_detection{};
  patch.detection->create_response = false;
  b.tell(update_session{"u", patch});
  b.hears(speech_began{1, 100});
  b.hears(end_expected{1, "Hello."});
  CHECK(b.seen.converses.empty());
  b.end();
}
