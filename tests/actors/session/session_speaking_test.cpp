// What happens while somebody goes on speaking: nothing is answered into it, nothing goes on over
// it.
#include <catch2/catch.hpp>

#include "tests/actors/session/listening_fixture.hpp"

using namespace dhr;
using namespace std::chrono_literals;

namespace {

using bench = listening_bench;

// Two utterances: the first has ended, its words are not known, and the second is being spoken.
struct two_utterances : bench {
  two_utterances() {
    attach();
    append();
    hears(speech_began{1, 100});
    hears(speech_ended{1, 900});
    hears(speech_began{2, 1'200});
  }
};

}  // namespace

TEST_CASE("what was said is not answered while somebody speaks again, and one answer is for both") {
  two_utterances b;
  b.hears(utterance_heard{1, "What is the time?", 800, heard_in});
  CHECK(b.seen.sent<item_added>().size() == 1);
  CHECK(b.seen.converses.empty());
  b.hears(speech_ended{2, 2'000});
  CHECK(b.seen.converses.empty());
  b.hears(utterance_heard{2, "In Rome.", 800, {100ms, 30ms}});
  REQUIRE(b.seen.converses.size() == 1);
  CHECK(b.seen.converses[0].history ==
        std::vector<chat_message>{{"user", "What is the time? In Rome."}});
  b.child_says(reply_finished{b.turn(), 0, {}, finish_reason::stop});
  CHECK(b.seen.converses.size() == 1);
  REQUIRE(b.seen.sent<turn_finished>().size() == 1);
  CHECK(b.seen.sent<turn_finished>()[0].timings.hearing == hearing_timings{100ms, 30ms});
  b.end();
}

TEST_CASE("what was said is answered when the speech that followed it was none") {
  for (const bool failed : {false, true}) {
    two_utterances b;
    b.hears(utterance_heard{1, "Hello.", 800, heard_in});
    if (failed) {
      b.hears(utterance_failed{2, {errc::unavailable, "no server", "", {}}});
    } else {
      b.hears(utterance_dropped{2, "no_words"});
    }
    REQUIRE(b.seen.converses.size() == 1);
    CHECK(b.seen.converses[0].history == std::vector<chat_message>{{"user", "Hello."}});
    b.end();
  }
}

TEST_CASE("two utterances that wait for the turn under way are answered once") {
  bench b;
  b.ask_and_speak_into_it("And then?");
  b.hears(speech_began{2, 1'000});
  b.hears(utterance_heard{2, "Tell me.", 800, {100ms, 30ms}});
  b.child_says(reply_finished{b.turn(), 0, {}, finish_reason::stop});
  CHECK(b.seen.converses.size() == 2);
  b.child_says(reply_finished{b.turn(), 0, {}, finish_reason::stop});
  CHECK(b.seen.converses.size() == 2);
  REQUIRE(b.seen.sent<turn_finished>().size() == 2);
  CHECK(b.seen.sent<turn_finished>()[1].timings.hearing == hearing_timings{100ms, 30ms});
  b.end();
}

TEST_CASE("the turn under way may end while somebody speaks; the answer to what was said waits") {
  bench b;
  b.ask_and_speak_into_it("And then?");
  b.hears(speech_began{2, 2'000});
  b.child_says(reply_finished{b.turn(), 0, {}, finish_reason::stop});
  CHECK(b.seen.sent<turn_finished>().size() == 1);
  CHECK(b.seen.converses.size() == 1);
  b.hears(utterance_dropped{2, "no_words"});
  CHECK(b.seen.converses.size() == 2);
  b.end();
}

TEST_CASE("an answer that fell silent does not go on while somebody speaks") {
  bench b;
  b.ask_and_hear_one_word();
  b.hears(speech_began{1, 100});
  b.hears(speech_ended{1, 300});
  b.hears(speech_began{2, 500});
  b.hears(utterance_dropped{1, "no_words"});
  CHECK(b.seen.sent<turn_started>().size() == 1);
  SECTION("and goes on after it, if that was nothing either") {
    b.hears(utterance_heard{2, "Uh-huh.", 300, heard_in});
    REQUIRE(b.seen.sent<turn_started>().size() == 2);
    CHECK(b.seen.sent<turn_started>()[1].resumes == b.seen.sent<turn_started>()[0].response_id);
  }
  SECTION("and never, if there is something to answer") {
    b.hears(utterance_heard{2, "Stop, please.", 300, heard_in});
    REQUIRE(b.seen.sent<turn_started>().size() == 2);
    CHECK(b.seen.sent<turn_started>()[1].resumes.empty());
    CHECK(b.seen.cancelled_replies.size() == 1);
  }
  b.end();
}

TEST_CASE("a response that a client asks for begins at once, and answers what waits by voice too") {
  two_utterances b;
  b.hears(utterance_heard{1, "Hello.", 800, heard_in});
  b.tell(create_response{"r", {}});
  REQUIRE(b.seen.converses.size() == 1);
  CHECK(b.seen.converses[0].history == std::vector<chat_message>{{"user", "Hello."}});
  b.hears(utterance_dropped{2, "no_words"});
  b.child_says(reply_finished{b.turn(), 0, {}, finish_reason::stop});
  CHECK(b.seen.converses.size() == 1);
  b.end();
}

TEST_CASE("a response out of band leaves what was said to be answered") {
  two_utterances b;
  b.hears(utterance_heard{1, "Hello.", 800, heard_in});
  create_response beside{"r", {}};
  beside.out_of_band = true;
  b.tell(beside);
  REQUIRE(b.seen.converses.size() == 1);
  b.hears(utterance_dropped{2, "no_words"});
  b.child_says(reply_finished{b.turn(), 0, {}, finish_reason::stop});
  CHECK(b.seen.converses.size() == 2);
  b.end();
}

TEST_CASE("silence is not answered while somebody speaks") {
  bench b;
  b.attach();
  b.append();
  b.hears(speech_began{1, 100});
  b.hears(nothing_heard{1'000, 6'000});
  CHECK(b.seen.sent<listening_timed_out>().empty());
  CHECK(b.seen.sent<item_added>().empty());
  CHECK(b.seen.converses.empty());
  b.end();
}

TEST_CASE("speech that the client commits is no longer being spoken") {
  two_utterances b;
  b.hears(utterance_heard{1, "Hello.", 800, heard_in});
  b.hears(audio_taken{2, "c"});
  CHECK(b.seen.converses.empty());
  b.hears(utterance_heard{2, "Are you there?", 800, heard_in});
  REQUIRE(b.seen.converses.size() == 1);
  CHECK(b.seen.converses[0].history ==
        std::vector<chat_message>{{"user", "Hello. Are you there?"}});
  b.end();
}

// ---- ears that die

TEST_CASE("when the ears die, what was being spoken is forgotten and what waits goes on") {
  two_utterances b;
  b.hears(utterance_heard{1, "Hello.", 800, heard_in});
  CHECK(b.seen.converses.empty());
  b.kill_ears();
  CHECK(b.seen.converses.size() == 1);
  b.end();
}

TEST_CASE("when the ears die, the items that waited for their words are told to stay without") {
  bench b;
  b.attach();
  b.append();
  b.hears(audio_taken{1, "c"});
  b.tell(create_response{"r", {}});
  b.kill_ears();
  REQUIRE(b.seen.sent<transcript_failed_for>().size() == 1);
  CHECK(b.seen.sent<transcript_failed_for>()[0].item_id == b.seen.sent<item_added>()[0].item.id);
  CHECK(b.seen.sent<transcript_failed_for>()[0].reason.code == errc::unavailable);
  CHECK(b.seen.converses.size() == 1);
  b.end();
}

TEST_CASE("words that dead ears heard are not put before those of new ears") {
  bench b;
  b.attach();
  b.append();
  b.hears(speech_began{1, 0});
  b.hears(words_heard{1, "What is"});
  b.kill_ears();
  b.append();
  b.hears(speech_began{1, 0});
  b.hears(words_heard{1, "Good morning"});
  REQUIRE(b.seen.prepared.size() == 2);
  CHECK(b.seen.prepared[1].partial == "Good morning");
  b.end();
}

// ---- a full conversation

namespace {

struct full_bench : session_bench {
  full_bench() {
    listen_with_fake_ears();
    environment->config.items_max = 1;
    caf::anon_send_exit(session, caf::exit_reason::user_shutdown);
    session = spawn_session(world.system, environment, {"conv_1"}, "", {2});
    world.settle();
    attach();
    tell(create_item{"e1", "", {"item_1", item_role::user, item_status::completed, "Hi", false}});
    tell(append_audio{"a", shared_bytes{"\1\2"}});
  }
  void hears(ears_event_payload event) {
    caf::anon_send(caf::actor_cast<session_self>(session), ears_event{std::move(event)});
    world.settle();
  }
};

}  // namespace

TEST_CASE("a commit that finds no room in the conversation is refused and leaves nothing behind") {
  full_bench b;
  b.hears(audio_taken{1, "c"});
  REQUIRE(b.seen.sent<request_failed>().size() == 1);
  CHECK(b.seen.sent<request_failed>()[0].request == "c");
  CHECK(b.seen.sent<request_failed>()[0].reason.code == errc::overloaded);
  CHECK(b.seen.sent<notice>().empty());
  const auto before = b.seen.events.size();
  b.hears(words_heard{1, "Hello."});
  b.hears(utterance_heard{1, "Hello.", 800, heard_in});
  b.hears(melody_heard{1, {}});
  CHECK(b.seen.events.size() == before);
  b.tell(create_response{"r", {}});
  CHECK(b.seen.converses.size() == 1);
  b.end();
}

TEST_CASE("a commit that is refused for want of room lets the answer that fell silent go on") {
  full_bench b;
  b.tell(create_response{"r", {}});
  b.child_says(clause_ready{b.turn(), 0, "One two."});
  b.hears(speech_began{1, 100});
  b.hears(audio_taken{1, "c"});
  CHECK(b.seen.sent<request_failed>().size() == 1);
  CHECK(b.seen.sent<turn_started>().size() == 2);
  CHECK(b.seen.cancelled_replies.empty());
  b.end();
}

TEST_CASE("speech that finds no room in the conversation is told to have failed and not answered") {
  full_bench b;
  b.hears(speech_began{1, 100});
  b.hears(speech_ended{1, 900});
  b.hears(utterance_heard{1, "Hello.", 800, heard_in});
  b.hears(melody_heard{1, {}});
  REQUIRE(b.seen.sent<transcript_failed_for>().size() == 1);
  CHECK(b.seen.sent<transcript_failed_for>()[0].item_id ==
        b.seen.sent<listening_began>()[0].item_id);
  CHECK(b.seen.sent<transcript_done>().empty());
  CHECK(b.seen.sent<speech_melody>().empty());
  CHECK(b.seen.converses.empty());
  b.end();
}
