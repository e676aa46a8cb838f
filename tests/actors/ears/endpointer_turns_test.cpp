// Ends that the client makes, and silence in which nobody speaks.
#include "actors/ears/endpointer.hpp"

#include "tests/actors/ears/endpointer_bench.hpp"

using namespace dhr;
using namespace dhr::test;
using namespace std::chrono_literals;

// ---- the client's own ends

TEST_CASE("a commit while nobody speaks asks for the words of all sound since its place") {
  turn_detection detection;
  detection.kind = turn_detection_kind::none;
  endpointer_bench b{detection};
  b.voice(20);
  b.commit(5 * block);
  CHECK(b.order() == "guess1 end1");
  CHECK(b.only<guess_words>().first_sample == 5 * block);
  CHECK(b.only<guess_words>().last_sample == 20 * block);
  CHECK(b.only<end_utterance>().speech_end_sample == 20 * block);
  b.words(1, "Hello.");
  CHECK(b.only<utterance_words>().text == "Hello.");
}

TEST_CASE("a commit while somebody speaks takes all that was said so far") {
  endpointer_bench b{semantic_vad()};
  b.voice(20);
  b.commit();
  CHECK(b.order() == "begin guess1 end1");
  CHECK(b.only<guess_words>().last_sample == 20 * block);
  CHECK_FALSE(b.tested.is_speech());
}

TEST_CASE("a commit does not take the words of an earlier pause for all that was said") {
  endpointer_bench b{semantic_vad()};
  b.voice(10);
  b.silence(4);
  b.words(1, "I would like");
  b.voice(10);
  b.commit();
  CHECK(b.order() == "begin guess1 judge1 tell1 forget1 guess2 end2");
  b.words(2, "I would like some tea.");
  CHECK(b.only<utterance_words>().text == "I would like some tea.");
}

TEST_CASE("a commit in a pause takes the guess that is out or its words") {
  endpointer_bench out{server_vad()};
  out.voice(10);
  out.silence(4);
  out.commit();
  CHECK(out.order() == "begin guess1 end1");
  endpointer_bench known{server_vad()};
  known.voice(10);
  known.silence(4);
  known.words(1, "Hello");
  known.commit();
  CHECK(known.order() == "begin guess1 tell1 end1 'Hello'");
}

TEST_CASE("what a commit or an end took is not in the next utterance, though it is its padding") {
  endpointer_bench committed{server_vad()};
  committed.voice(20);
  committed.commit();
  committed.voice(2);
  REQUIRE(committed.count<begin_utterance>() == 2);
  CHECK(committed.all<begin_utterance>()[1].first_sample == 20 * block);
  endpointer_bench ended{server_vad(96ms)};
  ended.voice(20);
  ended.silence(3);
  ended.voice(2);
  REQUIRE(ended.count<begin_utterance>() == 2);
  CHECK(ended.all<begin_utterance>()[1].first_sample == 23 * block);
}

TEST_CASE("clear forgets the speech under way, its guess and the sound before") {
  endpointer_bench b{server_vad()};
  b.voice(10);
  b.silence(4);
  b.clear();
  CHECK(b.order() == "begin guess1 forget1 cleared");
  CHECK_FALSE(b.tested.is_speech());
  b.words(1, "Hello");
  CHECK(b.count<tell_words>() == 0);
  b.voice(2);
  CHECK(b.all<begin_utterance>()[1].first_sample == 14 * block);
}

TEST_CASE("clear in silence says nothing, and half an onset before it does not count") {
  endpointer_bench b{server_vad()};
  b.silence(10);
  b.voice(1);
  b.clear();
  b.voice(1);
  CHECK(b.said.empty());
}

TEST_CASE("utterances that had ended before a clear still get their words") {
  endpointer_bench b{server_vad()};
  b.voice(10);
  b.silence(20);
  b.voice(4);
  b.clear();
  b.words(1, "Hello.");
  CHECK(b.only<utterance_words>().text == "Hello.");
}

TEST_CASE("speech under way goes on under a new way of detecting") {
  endpointer_bench b{semantic_vad()};
  b.voice(10);
  b.tested.set(server_vad(320ms));
  b.silence(10);
  CHECK(b.order() == "begin guess1 end1");
}

// ---- idle

namespace {

turn_detection with_timeout(milliseconds timeout) {
  auto detection = server_vad();
  detection.idle_timeout = timeout;
  return detection;
}

}  // namespace

TEST_CASE("silence is reported only after the face sounded, and once") {
  endpointer_bench b{with_timeout(3'200ms)};
  b.silence(500);
  CHECK(b.said.empty());
  b.face(50);
  b.silence(99);
  CHECK(b.said.empty());
  b.silence(1);
  CHECK(b.only<report_idle>().first_sample == 550 * block);
  CHECK(b.only<report_idle>().last_sample == 650 * block);
  b.silence(1'000);
  CHECK(b.count<report_idle>() == 1);
  b.face(1);
  b.silence(100);
  CHECK(b.count<report_idle>() == 2);
}

TEST_CASE("who speaks is not reported as idle, before the face speaks again") {
  endpointer_bench b{with_timeout(3'200ms)};
  b.face(50);
  b.silence(50);
  b.voice(200);
  b.silence(20);
  b.words(1, "Hello.");
  b.silence(300);
  CHECK(b.count<report_idle>() == 0);
}

TEST_CASE("noise that was dropped only puts the report of silence off") {
  endpointer_bench b{with_timeout(3'200ms)};
  b.face(50);
  b.silence(50);
  b.voice(4);
  b.silence(3);
  b.words(1, "");
  REQUIRE(b.count<drop_utterance>() == 1);
  b.silence(99);
  CHECK(b.count<report_idle>() == 0);
  b.silence(1);
  CHECK(b.only<report_idle>().first_sample == 107 * block);
}
