// Coughs into an answer, of which the transcription makes a letter or a vowel.

#include "tests/actors/ears/endpointer_bench.hpp"

using namespace dhr;
using namespace dhr::test;

namespace {

void cough(endpointer_bench& b) {
  b.hear(0.9, 6, true);
  b.hear(0.02, 3, true);
}

}  // namespace

TEST_CASE("what may be a cough over the face is dropped once nothing follows it") {
  const auto detection = GENERATE(server_vad(), semantic_vad());
  endpointer_bench b{detection};
  cough(b);
  b.words(1, "A.");
  CHECK(b.count<drop_utterance>() == 0);
  b.hear(0.02, 5, true);
  CHECK(b.count<drop_utterance>() == 0);
  b.hear(0.02, 1, true);
  CHECK(b.count<drop_utterance>() == 1);
  CHECK(b.count<expect_end>() == 0);
  CHECK(b.count<end_utterance>() == 0);
  CHECK_FALSE(b.tested.is_speech());
}

TEST_CASE("a sentence over the face may begin with a single letter") {
  endpointer_bench b{server_vad()};
  cough(b);
  b.words(1, "I");
  b.hear(0.9, 8, true);
  b.hear(0.02, 3, true);
  b.words(2, "I disagree.");
  b.silence(20);
  CHECK(b.count<drop_utterance>() == 0);
  CHECK(b.only<utterance_words>().text == "I disagree.");
}

TEST_CASE("a cough whose words come after its end has no words") {
  endpointer_bench b{server_vad(milliseconds{200})};
  cough(b);
  b.hear(0.02, 5, true);
  REQUIRE(b.count<end_utterance>() == 1);
  b.words(1, "Uh.");
  CHECK(b.count<no_words>() == 1);
  CHECK(b.count<utterance_words>() == 0);
}

TEST_CASE("a single letter is an answer when the face is silent, and a number always") {
  endpointer_bench in_silence{server_vad()};
  in_silence.voice(6);
  in_silence.silence(3);
  in_silence.words(1, "A.");
  in_silence.silence(20);
  CHECK(in_silence.only<utterance_words>().text == "A.");
  endpointer_bench over_face{server_vad()};
  cough(over_face);
  over_face.words(1, "7.");
  over_face.hear(0.02, 20, true);
  CHECK(over_face.only<utterance_words>().text == "7.");
}

TEST_CASE("attempts that somebody waits for are awaited, others are not") {
  endpointer_bench b{server_vad()};
  b.voice(6);
  CHECK_FALSE(b.tested.awaits(0));
  b.silence(3);
  CHECK(b.tested.awaits(1));
  b.voice(4);
  CHECK_FALSE(b.tested.awaits(1));  // speech went on
  b.silence(3);
  CHECK_FALSE(b.tested.awaits(1));
  b.silence(20);
  REQUIRE(b.count<end_utterance>() == 1);
  CHECK(b.tested.awaits(2));
  b.words(2, "Hello.");
  CHECK_FALSE(b.tested.awaits(2));
}
