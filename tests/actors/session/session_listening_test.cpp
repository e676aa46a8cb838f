#include <catch2/catch.hpp>

#include "tests/actors/session/listening_fixture.hpp"

using namespace dhr;
using namespace std::chrono_literals;

namespace {

using bench = listening_bench;

}  // namespace

TEST_CASE("ears are spawned with the first sound and are told how to listen before it") {
  bench b;
  b.attach();
  CHECK(b.seen.ears_spawned == 0);
  b.append();
  b.append();
  CHECK(b.seen.ears_spawned == 1);
  REQUIRE(b.seen.ears.size() == 3);
  CHECK(std::holds_alternative<listen>(b.seen.ears[0]));
  CHECK(std::get<hear>(b.seen.ears[1]).audio.view() == "\1\2");
  b.end();
}

TEST_CASE("what a person says becomes an item and a turn that is told it") {
  bench b;
  b.attach();
  b.append();
  b.user_says(1, "Hello there.");
  REQUIRE(b.seen.sent<listening_began>().size() == 1);
  const auto item = b.seen.sent<listening_began>()[0].item_id;
  CHECK(b.seen.sent<listening_ended>()[0].item_id == item);
  REQUIRE(b.seen.sent<audio_committed>().size() == 1);
  CHECK(b.seen.sent<audio_committed>()[0].item_id == item);
  REQUIRE(b.seen.sent<item_added>().size() == 1);
  CHECK(b.seen.sent<item_added>()[0].item.text == "Hello there.");
  CHECK(b.seen.sent<item_added>()[0].item.spoken);
  CHECK(b.seen.sent<transcript_done>()[0].text == "Hello there.");
  REQUIRE(b.seen.converses.size() == 1);
  CHECK(b.seen.converses[0].history == std::vector<chat_message>{{"user", "Hello there."}});
  b.child_says(reply_finished{b.turn(), 0, {}, finish_reason::stop});
  CHECK(b.seen.sent<turn_finished>()[0].timings.hearing == heard_in);
  b.end();
}

TEST_CASE("without create_response a turn waits for the client") {
  bench b;
  b.attach();
  settings_patch patch;
  patch.detection = turn_detection{};
  patch.detection->create_response = false;
  b.tell(update_session{"u", patch});
  b.append();
  b.user_says(1, "Hello.");
  CHECK(b.seen.converses.empty());
  b.tell(create_response{"r", {}});
  CHECK(b.seen.converses.size() == 1);
  b.end();
}

TEST_CASE("speech interrupts the answer at once and the history keeps what was heard") {
  bench b;
  b.ask();
  b.append();
  b.answer();
  b.world.advance(600ms, 100ms);
  b.hears(speech_began{1, 100});
  REQUIRE(b.seen.sent<turn_finished>().size() == 1);
  CHECK(b.seen.sent<turn_finished>()[0].reason == "turn_detected");
  CHECK(b.seen.cancelled_speech.size() == 1);
  CHECK(b.seen.cancelled_replies.empty());
  CHECK(of<face_silenced>(b.seen).size() == 1);
  b.hears(utterance_heard{1, "Stop, please.", 800, heard_in});
  CHECK(b.seen.cancelled_replies.size() == 1);
  REQUIRE(b.seen.converses.size() == 2);
  CHECK(b.seen.converses[1].history ==
        std::vector<chat_message>{{"user", "Hi"}, {"assistant", "One"}, {"user", "Stop, please."}});
  b.end();
}

TEST_CASE("a cough does not lose the sentence: the answer goes on from where it was") {
  bench b;
  b.ask();
  b.append();
  b.answer();
  b.world.advance(600ms, 100ms);
  b.hears(speech_began{1, 100});
  b.hears(utterance_dropped{1, "no_words"});
  REQUIRE(b.seen.sent<listening_ignored>().size() == 1);
  REQUIRE(b.seen.sent<turn_started>().size() == 2);
  CHECK(b.seen.sent<turn_started>()[1].resumes == b.seen.sent<turn_started>()[0].response_id);
  CHECK(b.seen.speaks.back().text == " two.");
  CHECK(b.seen.converses.size() == 1);
  b.end();
}

TEST_CASE("a back-channel word while the face speaks is no turn, otherwise it is one") {
  bench b;
  b.ask();
  b.append();
  b.answer();
  b.world.advance(600ms, 100ms);
  b.user_says(1, "Uh-huh.");
  CHECK(b.seen.sent<listening_ignored>()[0].reason == "back_channel");
  CHECK(b.seen.sent<turn_started>().size() == 2);
  CHECK(b.seen.sent<audio_committed>().empty());
  b.tell(cancel_response{"c", ""});
  b.world.advance(5s, 1s);
  b.user_says(2, "Yeah.");
  CHECK(b.seen.sent<audio_committed>().size() == 1);
  b.end();
}

TEST_CASE("without interrupt_response the answer goes on and the next turn follows it") {
  bench b;
  b.ask_and_speak_into_it("And then?");
  CHECK(b.seen.sent<turn_finished>().empty());
  CHECK(b.seen.converses.size() == 1);
  b.child_says(reply_finished{b.turn(), 0, {}, finish_reason::stop});
  CHECK(b.seen.converses.size() == 2);
  b.end();
}

TEST_CASE("a response that a client asks for waits for the words of what it committed") {
  bench b;
  b.attach();
  b.append();
  b.tell(commit_audio{"c"});
  CHECK(of<commit_heard>(b.seen).size() == 1);
  b.hears(audio_taken{1, "c"});
  REQUIRE(b.seen.sent<audio_committed>().size() == 1);
  CHECK(b.seen.sent<item_added>()[0].item.text.empty());
  b.tell(create_response{"r", {}});
  CHECK(b.seen.converses.empty());
  b.hears(utterance_heard{1, "Hello.", 800, heard_in});
  REQUIRE(b.seen.converses.size() == 1);
  CHECK(b.seen.converses[0].history == std::vector<chat_message>{{"user", "Hello."}});
  b.end();
}

TEST_CASE("words that cannot be found out are told and do not hold the response up") {
  bench b;
  b.attach();
  b.append();
  b.hears(audio_taken{1, "c"});
  b.tell(create_response{"r", {}});
  b.hears(utterance_failed{1, {errc::unavailable, "no server", "", {}}});
  CHECK(b.seen.sent<transcript_failed_for>().size() == 1);
  CHECK(b.seen.converses.size() == 1);
  b.end();
}

TEST_CASE("an empty buffer cannot be committed and a refused commit names its request") {
  bench b;
  b.attach();
  b.tell(commit_audio{"c1"});
  REQUIRE(b.seen.sent<request_failed>().size() == 1);
  CHECK(b.seen.sent<request_failed>()[0].request == "c1");
  b.append();
  b.hears(commit_refused{"c2", {errc::invalid_argument, "too small", "audio", {}}});
  CHECK(b.seen.sent<request_failed>()[1].request == "c2");
  b.end();
}

TEST_CASE("sound inside an item is transcribed and put into it") {
  bench b;
  b.attach();
  conversation_item item;
  item.id = "item_a";
  item.spoken = true;
  b.tell(create_item{"i", "", item, shared_bytes{"\1\2"}});
  REQUIRE(of<hear_item>(b.seen).size() == 1);
  b.tell(create_response{"r", {}});
  CHECK(b.seen.converses.empty());
  b.hears(item_heard{"item_a", "Good morning."});
  REQUIRE(b.seen.converses.size() == 1);
  CHECK(b.seen.converses[0].history == std::vector<chat_message>{{"user", "Good morning."}});
  b.end();
}

TEST_CASE("the ears are told what the face says") {
  bench b;
  b.attach();
  b.append();
  b.user_says(1, "Hello.");
  b.answer();
  const auto sounded = of<face_sounded>(b.seen);
  REQUIRE_FALSE(sounded.empty());
  CHECK(sounded[0].begins == b.world.clock.now());
  CHECK(sounded[1].begins == b.world.clock.now() + 200ms);
  b.end();
}

TEST_CASE("words are read by the model while they are being said") {
  bench b;
  b.attach();
  b.append();
  b.hears(speech_began{1, 0});
  b.hears(words_heard{1, "What is"});
  b.hears(words_heard{1, " the time"});
  REQUIRE(b.seen.prepared.size() == 2);
  CHECK(b.seen.prepared[1].partial == "What is the time");
  CHECK(b.seen.sent<transcript_piece>().size() == 2);
  b.end();
}

TEST_CASE("silence after an answer makes a turn of its own when the client asked for it") {
  bench b;
  b.attach();
  b.append();
  b.hears(nothing_heard{1'000, 6'000});
  REQUIRE(b.seen.sent<listening_timed_out>().size() == 1);
  REQUIRE(b.seen.converses.size() == 1);
  CHECK(b.seen.converses[0].history.back().role == "system");
  b.end();
}

TEST_CASE("ears that die are replaced with the next sound") {
  bench b;
  b.attach();
  b.append();
  b.kill_ears();
  CHECK(b.seen.sent<notice>().size() == 1);
  b.append();
  CHECK(b.seen.ears_spawned == 2);
  b.user_says(1, "Hello.");
  CHECK(b.seen.converses.size() == 1);
  b.end();
}

TEST_CASE("a node without ears says so") {
  session_bench b;
  b.attach();
  b.tell(append_audio{"a", shared_bytes{"\1\2"}});
  REQUIRE(b.seen.sent<request_failed>().size() == 1);
  CHECK(b.seen.sent<request_failed>()[0].reason.code == errc::unavailable);
  b.end();
}

TEST_CASE("whether sound has been taken is answered by the ears, and without ears at once") {
  session_bench b;
  b.listen_with_fake_ears();
  b.attach();
  int answers = 0;
  const auto ask = [&] {
    b.world.system.spawn([&](caf::event_based_actor* self) {
      self->request(b.session, 10s, sound_taken_atom::value).then([&](sound_taken_atom) {
        ++answers;
      });
    });
    b.world.settle();
  };
  ask();
  CHECK(answers == 1);
  CHECK(b.seen.sound_marks == 0);
  b.tell(append_audio{"", shared_bytes{std::string(480, '\0')}});
  ask();
  CHECK(answers == 2);
  CHECK(b.seen.sound_marks == 1);
  b.end();
}
