#include "actors/ears/endpointer.hpp"

#include <tuple>

#include "tests/actors/ears/endpointer_bench.hpp"

using namespace dhr;
using namespace dhr::test;
using namespace std::chrono_literals;

// ---- onset

TEST_CASE("one block of voice begins nothing, two in a row do, with the padding before them") {
  endpointer_bench b{server_vad()};
  b.silence(20);
  b.voice(1);
  b.silence(1);
  b.voice(1);
  CHECK(b.said.empty());
  CHECK_FALSE(b.tested.is_speech());
  b.voice(1);
  CHECK(b.order() == "begin");
  CHECK(b.tested.is_speech());
  CHECK(b.only<begin_utterance>().first_sample == 22 * block - 300 * 16);
  CHECK(b.tested.first_sample() == 22 * block - 300 * 16);
  CHECK(b.tested.samples_heard() == 24 * block);
}

TEST_CASE("the padding does not reach before the first sample") {
  endpointer_bench b{server_vad()};
  b.voice(2);
  CHECK(b.only<begin_utterance>().first_sample == 0);
}

TEST_CASE("onset_blocks and threshold decide what begins an utterance") {
  auto config = bench_config();
  config.onset_blocks = 4;
  auto detection = server_vad();
  detection.threshold = 0.8;
  endpointer_bench b{detection, config};
  b.hear(0.79, 50);
  CHECK(b.said.empty());
  b.hear(0.8, 3);
  CHECK(b.said.empty());
  b.hear(0.8, 1);
  CHECK(b.order() == "begin");
}

TEST_CASE("speech goes on at an activity that would not have begun it") {
  endpointer_bench b{server_vad()};
  b.voice(2);
  b.hear(0.36, 50);
  CHECK(b.order() == "begin");
  b.hear(0.34, 3);
  CHECK(b.order() == "begin guess1");
}

TEST_CASE("a low threshold still lets speech end") {
  auto detection = server_vad();
  detection.threshold = 0.1;
  endpointer_bench b{detection};
  b.hear(0.2, 5);
  b.hear(0.04, 16);
  b.words(1, "Hello.");
  CHECK(b.order() == "begin guess1 end1 tell1 'Hello.'");
}

TEST_CASE("without detection nothing is said of what is heard") {
  turn_detection detection;
  detection.kind = turn_detection_kind::none;
  detection.idle_timeout = 1s;
  endpointer_bench b{detection};
  b.voice(50);
  b.face(10);
  b.silence(100);
  CHECK(b.said.empty());
  CHECK(b.tested.samples_heard() == 160 * block);
}

// ---- pauses

TEST_CASE("a pause of pause_blocks asks for the words so far, from the beginning of the speech") {
  endpointer_bench b{server_vad()};
  b.silence(20);
  b.voice(10);
  b.silence(2);
  CHECK(b.order() == "begin");
  b.silence(1);
  CHECK(b.order() == "begin guess1");
  const auto guess = b.only<guess_words>();
  CHECK(guess.first_sample == b.only<begin_utterance>().first_sample);
  CHECK(guess.last_sample == 33 * block);
}

TEST_CASE("semantic_vad asks of the pause as well whether it is the end") {
  endpointer_bench b{semantic_vad()};
  b.voice(10);
  b.silence(3);
  CHECK(b.order() == "begin guess1 judge1");
  CHECK(b.only<guess_end>().last_sample == 13 * block);
}

TEST_CASE("two blocks of silence are no pause, however often") {
  endpointer_bench b{server_vad(96ms)};
  for (int i = 0; i < 20; ++i) {
    b.voice(2);
    b.silence(2);
  }
  CHECK(b.order() == "begin");
}

TEST_CASE("speech that goes on forgets the guess, and the next pause guesses the whole anew") {
  endpointer_bench b{server_vad()};
  b.voice(10);
  b.silence(3);
  b.voice(1);
  CHECK(b.order() == "begin guess1");
  b.voice(1);
  CHECK(b.order() == "begin guess1 forget1");
  b.voice(5);
  b.silence(3);
  CHECK(b.order() == "begin guess1 forget1 guess2");
  CHECK(b.all<guess_words>()[1].first_sample == 0);
  b.words(1, "Not any more");
  CHECK(b.order() == "begin guess1 forget1 guess2");
}

TEST_CASE("a single block of voice in a pause is no speech") {
  endpointer_bench b{server_vad()};
  b.voice(10);
  b.silence(5);
  b.voice(1);
  b.silence(10);
  b.words(1, "Hello.");
  CHECK(b.order() == "begin guess1 end1 tell1 'Hello.'");
  CHECK(b.only<end_utterance>().speech_end_sample == 10 * block);
}

// ---- server_vad

TEST_CASE("server_vad ends after the silence duration and not before") {
  endpointer_bench b{server_vad(512ms)};
  b.voice(10);
  b.silence(15);
  CHECK(b.count<end_utterance>() == 0);
  b.silence(1);
  CHECK(b.order() == "begin guess1 end1");
  const auto end = b.only<end_utterance>();
  CHECK(end.speech_end_sample == 10 * block);
  CHECK(end.decided_sample == 26 * block);
  CHECK(end.attempt == 1);
  CHECK_FALSE(b.tested.is_speech());
  b.words(1, "What time is it?");
  CHECK(b.order() == "begin guess1 end1 tell1 'What time is it?'");
}

TEST_CASE("a silence duration between blocks is rounded up, one below a pause is a pause") {
  endpointer_bench between{server_vad(100ms)};
  between.voice(5);
  between.silence(3);
  CHECK(between.count<end_utterance>() == 0);
  between.silence(1);
  CHECK(between.count<end_utterance>() == 1);
  endpointer_bench at_once{server_vad(0ms)};
  at_once.voice(5);
  at_once.silence(2);
  CHECK(at_once.count<end_utterance>() == 0);
  at_once.silence(1);
  CHECK(at_once.order() == "begin guess1 end1");
}

TEST_CASE("words that are there before the end are answered at the end") {
  endpointer_bench b{server_vad()};
  b.voice(10);
  b.silence(5);
  b.words(1, "Hello there");
  CHECK(b.order() == "begin guess1 tell1");
  b.silence(11);
  CHECK(b.order() == "begin guess1 tell1 end1 'Hello there'");
}

TEST_CASE("server_vad does not heed what is thought of the words") {
  endpointer_bench b{server_vad()};
  b.voice(10);
  b.silence(8);
  b.words(1, "Done.");
  b.end_is(1, 1.0);
  CHECK(b.count<end_utterance>() == 0);
}

// ---- semantic_vad

TEST_CASE("semantic_vad ends when the words are complete, after complete_blocks of silence") {
  endpointer_bench b{semantic_vad()};
  b.voice(10);
  b.silence(3);
  b.end_is(1, 0.5);
  b.silence(2);
  CHECK(b.count<end_utterance>() == 0);
  b.silence(1);
  CHECK(b.only<end_utterance>().decided_sample == 16 * block);
}

TEST_CASE("an answer that comes after complete_blocks ends at once") {
  endpointer_bench b{semantic_vad()};
  b.voice(10);
  b.silence(10);
  CHECK(b.count<end_utterance>() == 0);
  b.end_is(1, 0.9);
  CHECK(b.only<end_utterance>().decided_sample == 20 * block);
}

TEST_CASE("eagerness sets how sure the end must be and how long is waited otherwise") {
  const auto [eagerness, probability, patience] =
      GENERATE(table<eagerness_kind, double, int>({{eagerness_kind::low, 0.7, 250},
                                                   {eagerness_kind::medium, 0.5, 125},
                                                   {eagerness_kind::automatic, 0.5, 125},
                                                   {eagerness_kind::high, 0.3, 63}}));
  CAPTURE(static_cast<int>(eagerness));
  endpointer_bench sure{semantic_vad(eagerness)};
  sure.voice(10);
  sure.silence(6);
  sure.end_is(1, probability - 0.01);
  CHECK(sure.count<end_utterance>() == 0);
  sure.end_is(1, probability);
  CHECK(sure.count<end_utterance>() == 1);

  endpointer_bench unsure{semantic_vad(eagerness)};
  unsure.voice(10);
  unsure.silence(3);
  unsure.end_is(1, probability - 0.01);
  unsure.silence(patience - 4);
  CHECK(unsure.count<end_utterance>() == 0);
  unsure.silence(1);
  CHECK(unsure.only<end_utterance>().decided_sample == (10 + patience) * block);
}

TEST_CASE("the end is asked about again, of the same pause, with the silence that was added") {
  endpointer_bench b{semantic_vad()};
  b.voice(10);
  b.silence(3 + 3);
  CHECK(b.count<guess_end>() == 1);
  b.silence(1);
  REQUIRE(b.count<guess_end>() == 2);
  CHECK(b.all<guess_end>()[1].attempt == 1);
  CHECK(b.all<guess_end>()[1].last_sample == 17 * block);
}

TEST_CASE("answers that come at the moment of a question do not repeat it") {
  endpointer_bench b{semantic_vad()};
  b.voice(10);
  b.silence(3 + 4);
  b.words(1, "So I");
  b.end_is(1, 0.1);
  b.end_is(1, 0.1);
  CHECK(b.count<guess_end>() == 2);
}

TEST_CASE("what was thought of an earlier pause does not end a later one") {
  endpointer_bench b{semantic_vad()};
  b.voice(10);
  b.silence(3);
  b.end_is(1, 0.9);
  b.voice(5);
  b.end_is(1, 0.9);
  b.silence(10);
  b.end_is(1, 0.9);
  CHECK(b.count<end_utterance>() == 0);
  b.end_is(2, 0.9);
  CHECK(b.count<end_utterance>() == 1);
}
