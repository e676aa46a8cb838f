// What an endpointer does with the words that it is told.
#include "actors/ears/endpointer.hpp"

#include "tests/actors/ears/endpointer_bench.hpp"

using namespace dhr;
using namespace dhr::test;
using namespace std::chrono_literals;

// ---- words

TEST_CASE("speech without words is dropped in its pause") {
  endpointer_bench b{server_vad()};
  b.voice(5);
  b.silence(4);
  b.words(1, "");
  CHECK(b.order() == "begin guess1 drop");
  CHECK_FALSE(b.only<drop_utterance>().cleared);
  b.silence(30);
  CHECK(b.order() == "begin guess1 drop");
  b.voice(2);
  CHECK(b.count<begin_utterance>() == 2);
}

TEST_CASE("speech whose words turn out to be none after its end is answered so") {
  endpointer_bench b{server_vad()};
  b.voice(5);
  b.silence(16);
  b.words(1, "...");
  CHECK(b.count<drop_utterance>() == 0);
  CHECK(b.count<no_words>() == 1);
  CHECK(b.count<utterance_words>() == 0);
}

TEST_CASE("words that cannot be found out are lost, in the pause or after the end") {
  endpointer_bench in_pause{server_vad()};
  in_pause.voice(5);
  in_pause.silence(4);
  in_pause.fails(1);
  CHECK(in_pause.order() == "begin guess1");
  in_pause.silence(12);
  CHECK(in_pause.order() == "begin guess1 end1 lost");
  endpointer_bench after{server_vad()};
  after.voice(5);
  after.silence(16);
  after.fails(1);
  CHECK(after.order() == "begin guess1 end1 lost");
}

TEST_CASE("a guess that failed is forgotten when speech goes on") {
  endpointer_bench b{server_vad()};
  b.voice(5);
  b.silence(4);
  b.fails(1);
  b.voice(5);
  b.silence(16);
  b.words(2, "Here I am.");
  CHECK(b.order() == "begin guess1 forget1 guess2 end2 tell2 'Here I am.'");
}

TEST_CASE("answers to guesses that nobody made are ignored") {
  endpointer_bench b{server_vad()};
  b.words(0, "Hello");
  b.words(1, "Hello");
  b.fails(7);
  b.end_is(0, 1);
  b.voice(5);
  b.words(0, "Hello");
  CHECK(b.order() == "begin");
}

TEST_CASE("utterances whose words come in the wrong order are answered in order") {
  endpointer_bench b{server_vad()};
  for (int i = 0; i < 3; ++i) {
    b.voice(5);
    b.silence(20);
  }
  b.forget();
  b.words(3, "Three.");
  b.words(2, "Two.");
  CHECK(b.count<utterance_words>() == 0);
  CHECK(b.order() == "tell3 tell2");
  b.words(1, "One.");
  CHECK(b.order() == "tell3 tell2 tell1 'One.' 'Two.' 'Three.'");
}

TEST_CASE("an utterance without words does not hold up those after it") {
  endpointer_bench b{server_vad()};
  for (int i = 0; i < 3; ++i) {
    b.voice(5);
    b.silence(20);
  }
  b.forget();
  b.words(3, "Three.");
  b.fails(1);
  b.words(2, "");
  CHECK(b.order() == "tell3 lost no_words 'Three.'");
}

TEST_CASE("of too many utterances that wait the oldest is lost, and what it held up is answered") {
  endpointer_bench b{server_vad()};
  for (int i = 0; i < 8; ++i) {
    b.voice(5);
    b.silence(20);
  }
  b.words(2, "Two.");
  CHECK(b.count<words_lost>() == 0);
  b.forget();
  b.voice(5);
  b.silence(20);
  CHECK(b.order() == "begin guess9 end9 lost 'Two.'");
  b.words(1, "One.");
  CHECK(b.count<utterance_words>() == 1);
}

TEST_CASE("guesses that nobody will answer are lost, wherever they are") {
  endpointer_bench b{server_vad()};
  b.voice(5);
  b.silence(20);  // ended, awaits its words
  b.voice(5);
  b.silence(20);  // ended, and known
  b.words(2, "Two.");
  b.voice(5);
  b.silence(4);  // in its pause
  b.forget();
  b.note(b.tested.lose_guesses());
  CHECK(b.order() == "lost 'Two.'");
  b.silence(12);
  CHECK(b.order() == "lost 'Two.' end3 lost");
  CHECK(b.tested.lose_guesses().empty());
}

// ---- words so far

TEST_CASE("words are told as far as they are sure, and together they are the whole text") {
  endpointer_bench b{server_vad()};
  b.voice(10);
  b.silence(4);
  b.words(1, "I would like.");
  CHECK(b.told() == "I would like");
  b.voice(10);
  b.silence(4);
  b.words(2, "I would like a cup of tea.");
  CHECK(b.told() == "I would like a cup of tea");
  b.silence(12);
  CHECK(b.only<utterance_words>().text == "I would like a cup of tea.");
  CHECK(b.only<utterance_words>().text.starts_with(b.told()));
}

TEST_CASE("words that contradict those told before are not told, only answered") {
  endpointer_bench b{server_vad()};
  b.voice(10);
  b.silence(4);
  b.words(1, "Recognise peach");
  b.voice(10);
  b.silence(4);
  b.words(2, "Wreck a nice beach.");
  b.silence(12);
  CHECK(b.told() == "Recognise peach");
  CHECK(b.only<utterance_words>().text == "Wreck a nice beach.");
}

TEST_CASE("words that come when speech has gone on already are not told") {
  endpointer_bench b{server_vad()};
  b.voice(10);
  b.silence(4);
  b.voice(3);
  b.words(1, "I would");
  CHECK(b.count<tell_words>() == 0);
}

TEST_CASE("words are told of the utterance that they are of") {
  endpointer_bench b{server_vad()};
  b.voice(10);
  b.silence(16);
  b.voice(10);
  b.silence(4);
  b.forget();
  b.words(2, "Second");
  b.words(1, "First");
  REQUIRE(b.count<tell_words>() == 2);
  CHECK(b.all<tell_words>()[0].attempt == 2);
  CHECK(b.all<tell_words>()[1].attempt == 1);
}

// ---- over the face

TEST_CASE("back-channel words end early when they began over the face") {
  endpointer_bench b{semantic_vad()};
  b.face(10);
  b.hear(0.9, 6, true);
  b.hear(0.02, 5, true);
  b.words(1, "Uh-huh.");
  b.hear(0.02, 3, true);
  CHECK(b.count<end_utterance>() == 0);
  b.hear(0.02, 1, true);
  CHECK(b.only<end_utterance>().decided_sample == 25 * block);
  CHECK(b.only<utterance_words>().text == "Uh-huh.");
}

TEST_CASE("back-channel words in silence, and others over the face, wait as usual") {
  endpointer_bench in_silence{semantic_vad()};
  in_silence.voice(6);
  in_silence.silence(4);
  in_silence.words(1, "Uh-huh.");
  in_silence.silence(20);
  CHECK(in_silence.count<end_utterance>() == 0);
  endpointer_bench others{semantic_vad()};
  others.hear(0.9, 6, true);
  others.hear(0.02, 4, true);
  others.words(1, "Stop that.");
  others.hear(0.02, 20, true);
  CHECK(others.count<end_utterance>() == 0);
}

// ---- long speech

TEST_CASE("utterance_max ends speech without a pause, and what follows begins where it ended") {
  auto config = bench_config();
  config.utterance_max = 3'200ms;
  endpointer_bench b{semantic_vad(), config};
  b.voice(99);
  CHECK(b.order() == "begin");
  b.voice(1);
  CHECK(b.order() == "begin guess1 end1");
  CHECK(b.only<guess_words>().last_sample == 100 * block);
  b.voice(2);
  REQUIRE(b.count<begin_utterance>() == 2);
  CHECK(b.all<begin_utterance>()[1].first_sample == 100 * block);
}

TEST_CASE("utterance_max in a pause ends with the guess that is out") {
  auto config = bench_config();
  config.utterance_max = 3'200ms;
  endpointer_bench b{semantic_vad(eagerness_kind::low), config};
  b.voice(90);
  b.silence(10);
  CHECK(b.order() == "begin guess1 judge1 judge1 end1");
  CHECK(b.only<end_utterance>().speech_end_sample == 90 * block);
}

TEST_CASE("utterance_max after an earlier pause does not answer with that pause's words") {
  auto config = bench_config();
  config.utterance_max = 3'200ms;
  endpointer_bench b{server_vad(), config};
  b.voice(20);
  b.silence(4);
  b.words(1, "So");
  b.voice(76);
  CHECK(b.order() == "begin guess1 tell1 forget1 guess2 end2");
  b.words(2, "So it goes.");
  CHECK(b.only<utterance_words>().text == "So it goes.");
}

namespace {

endpointer_config settling_after(milliseconds time) {
  auto config = bench_config();
  config.segment_min = time;
  return config;
}

}  // namespace

TEST_CASE("long speech is settled at its pauses, and its words join with one space") {
  endpointer_bench b{server_vad(640ms), settling_after(1'600ms)};
  b.voice(47);
  b.silence(4);
  b.words(1, "It was a bright cold day,");
  b.silence(12);
  b.voice(10);
  CHECK(b.count<forget_guess>() == 0);
  b.silence(4);
  REQUIRE(b.count<guess_words>() == 2);
  // From the padding before the voice that went on.
  CHECK(b.all<guess_words>()[1].first_sample == 63 * block - 300 * 16);
  b.words(2, "and the clocks");
  b.voice(10);
  b.silence(4);
  CHECK(b.all<guess_words>()[2].first_sample == 63 * block - 300 * 16);
  b.words(3, "and the clocks were striking.");
  b.silence(16);
  CHECK(b.only<utterance_words>().text ==
        "It was a bright cold day, and the clocks were striking.");
  CHECK(b.told() == "It was a bright cold day, and the clocks were striking");
}

TEST_CASE("the words of a long stretch settle though they come when speech has gone on") {
  endpointer_bench b{server_vad(), settling_after(1'600ms)};
  b.voice(47);
  b.silence(3);
  b.voice(10);
  b.words(1, "It was a bright cold day");
  b.voice(10);
  b.silence(16);
  // The silence between is shorter than the padding: nothing is heard twice.
  CHECK(b.all<guess_words>()[1].first_sample == 50 * block);
  b.words(2, "in April.");
  CHECK(b.only<utterance_words>().text == "It was a bright cold day in April.");
}

TEST_CASE("a stretch whose words do not come in time is guessed again with what follows") {
  endpointer_bench b{server_vad(), settling_after(1'600ms)};
  b.voice(47);
  b.silence(3);
  b.voice(10);
  b.silence(3);
  CHECK(b.all<guess_words>()[1].first_sample == 0);
  b.words(1, "It was");
  b.silence(13);
  b.words(2, "It was a bright cold day.");
  CHECK(b.only<utterance_words>().text == "It was a bright cold day.");
}

TEST_CASE("a long speech whose last stretch has no words or lost them keeps those before") {
  const bool lost = GENERATE(false, true);
  endpointer_bench b{server_vad(), settling_after(1'600ms)};
  b.voice(50);
  b.silence(4);
  b.words(1, "It was a bright day.");
  b.voice(10);
  b.silence(4);
  if (lost) {
    b.fails(2);
  } else {
    b.words(2, "");
  }
  b.silence(12);
  CHECK(b.count<drop_utterance>() == 0);
  CHECK(b.only<utterance_words>().text == "It was a bright day.");
}
