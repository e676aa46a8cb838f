#include "actors/ears/ears_actor.hpp"

#include <catch2/catch.hpp>

#include "tests/actors/ears/ears_bench.hpp"

using namespace dhr;
using namespace dhr::test;
using namespace std::chrono_literals;

// ---- server_vad

TEST_CASE("an end that is expected is told with its words, and withdrawn when speech goes on") {
  ears_bench b;
  b.hear(sentence());
  b.hear(silence(200ms));
  REQUIRE_FALSE(b.asked.empty());
  b.words("What is the weather like?");
  CHECK(b.only<end_expected>().utterance == 1);
  CHECK(b.only<end_expected>().text == "What is the weather like?");
  b.hear(sentence());
  CHECK(b.only<end_withdrawn>().utterance == 1);
}

TEST_CASE("an utterance is told from its beginning to its melody, in order") {
  ears_bench b;
  b.hear(silence(1'000ms));
  CHECK(b.events.empty());
  b.hear(sentence());
  CHECK(b.order() == "began1");
  CHECK(b.only<speech_began>().audio_start_ms == Approx(700).margin(100));
  b.hear(silence(200ms));
  REQUIRE_FALSE(b.asked.empty());
  b.words("What is the weather like?");
  CHECK(b.order() == "began1 words1");
  CHECK(b.only<words_heard>().text == "What is the weather like");
  b.hear(silence(600ms));
  CHECK(b.order() == "began1 words1 ended1 heard1");
  const auto spoken_ms = static_cast<std::int64_t>(sentence().size()) / 16;
  CHECK(b.only<speech_ended>().audio_end_ms == Approx(1'000 + spoken_ms).margin(150));
  CHECK(b.only<utterance_heard>().text == "What is the weather like?");
  CHECK(b.only<utterance_heard>().audio_ms ==
        b.only<speech_ended>().audio_end_ms - b.only<speech_began>().audio_start_ms);
  REQUIRE(b.to_measure.size() == 1);
  CHECK(b.to_measure[0].pcm.size() / 32 == Approx(b.only<utterance_heard>().audio_ms).margin(1));
  b.melody(1, 180);
  CHECK(b.order() == "began1 words1 ended1 heard1 melody1");
  CHECK(b.only<melody_heard>().melody.pitch_hz_median == 180);
}

TEST_CASE("the words are asked for with the sound of the speech, the hints and the budget") {
  auto settings = heard_at_16k(turn_detection_kind::server_vad);
  settings.transcription.language = "en";
  settings.transcription.prompt = "weather";
  ears_bench b{settings};
  b.hear(joined({silence(1'000ms), sentence(), silence(300ms)}));
  REQUIRE_FALSE(b.asked.empty());
  const auto& request = b.asked.back();
  CHECK(request.utterance == b.named(1));
  CHECK_FALSE(request.is_final);
  CHECK(request.language == "en");
  CHECK(request.prompt == "weather");
  CHECK(request.budget == 10s);
  const auto sound = to_float(request.pcm);
  CHECK(sound.size() > sentence().size());
  CHECK(rms(sound) > 0.5 * rms(sentence()));
}

TEST_CASE("the times until words are heard add up to what passed since the speech's end") {
  ears_bench b;
  const auto begun = b.world.clock.now();
  b.hear(joined({silence(1'000ms), sentence(), silence(700ms)}));
  CHECK(b.all<speech_ended>().size() == 1);
  b.world.clock.advance(130ms);
  b.words("What is the weather like?");
  const auto timings = b.only<utterance_heard>().timings;
  CHECK(timings.endpointing >= 500ms);
  CHECK(timings.endpointing <= 550ms);
  CHECK(timings.transcription >= 130ms);
  const auto passed =
      b.world.clock.now() - begun - milliseconds{b.only<speech_ended>().audio_end_ms};
  CHECK(std::abs(to_ms(passed - timings.endpointing - timings.transcription)) <= 32);
}

TEST_CASE("words that were there at the end took no time") {
  ears_bench b;
  b.hear(joined({silence(500ms), sentence(), silence(300ms)}));
  b.words("What is the weather like?");
  b.hear(silence(400ms));
  CHECK(b.only<utterance_heard>().timings.transcription == 0ms);
}

TEST_CASE("sound without words is dropped, before its end or after, and its melody is not told") {
  ears_bench before;
  before.hear(joined({silence(500ms), sentence(), silence(200ms)}));
  before.words("[noise]");
  CHECK(before.order() == "began1 dropped1:no_words");
  CHECK(before.to_measure.empty());
  ears_bench after;
  after.hear(joined({silence(500ms), sentence(), silence(700ms)}));
  after.words("...");
  after.melody(1, 180);
  CHECK(after.order() == "began1 ended1 dropped1:no_words");
}

TEST_CASE("a melody that is measured before the words are there is told after them") {
  ears_bench b;
  b.hear(joined({silence(500ms), sentence(), silence(700ms)}));
  b.melody(1, 180);
  CHECK(b.order() == "began1 ended1");
  b.words("Yes");
  CHECK(b.order() == "began1 ended1 words1 heard1 melody1");
  b.melody(1, 190);
  b.melody(7, 190);
  CHECK(b.all<melody_heard>().size() == 1);
}

TEST_CASE("words are told of their own utterance though an earlier one still waits for its") {
  ears_bench b;
  b.hear(joined({silence(500ms), sentence(), silence(700ms)}));
  const auto first = b.asked.back();
  b.hear(joined({sentence(), silence(200ms)}));
  b.words("And tomorrow?");
  CHECK(b.order() == "began1 ended1 began2 words2");
  b.words_of(first, "Today?");
  CHECK(b.order() == "began1 ended1 began2 words2 words1 heard1");
  b.hear(silence(600ms));
  CHECK(b.order() == "began1 ended1 began2 words2 words1 heard1 ended2 heard2");
}

TEST_CASE("what is cleared is forgotten by the session and by the transcription") {
  ears_bench b;
  b.hear(joined({silence(500ms), sentence(), silence(200ms)}));
  b.tell(forget_heard{});
  CHECK(b.order() == "began1 dropped1:cleared");
  REQUIRE(b.cancelled.size() >= 1);
  CHECK(b.cancelled.back() ==
        cancel_transcription{b.asked.back().utterance, b.asked.back().attempt});
  b.no_transcript(errc::cancelled);
  b.words("Too late");
  CHECK(b.order() == "began1 dropped1:cleared");
}

TEST_CASE("an utterance fails for the transcription's reason, and the next one is heard") {
  ears_bench b;
  b.hear(joined({silence(500ms), sentence(), silence(700ms)}));
  b.no_transcript(errc::overloaded);
  CHECK(b.order() == "began1 ended1 failed1");
  CHECK(b.only<utterance_failed>().reason.code == errc::overloaded);
  b.hear(joined({sentence(), silence(700ms)}));
  b.words("Hello");
  CHECK(b.only<utterance_heard>().utterance == 2);
}

TEST_CASE("silence after the face is told in milliseconds of the client's sound") {
  auto settings = heard_at_16k(turn_detection_kind::server_vad);
  settings.detection.idle_timeout = 2s;
  ears_bench b{settings};
  b.tell(face_sounded{b.world.clock.now() + 500ms,
                      shared_bytes{std::string(24'000, '\0')}});  // until 1 s
  b.hear(silence(2'900ms));
  CHECK(b.events.empty());
  b.hear(silence(200ms));
  CHECK(b.only<nothing_heard>().audio_start_ms == Approx(1'000).margin(64));
  CHECK(b.only<nothing_heard>().audio_end_ms == Approx(3'000).margin(64));
}

TEST_CASE("a face that is silenced is silent from then on") {
  auto settings = heard_at_16k(turn_detection_kind::server_vad);
  settings.detection.idle_timeout = 2s;
  ears_bench b{settings};
  b.tell(face_sounded{b.world.clock.now(), shared_bytes{std::string(480'000, '\0')}});  // for 10 s
  b.hear(silence(500ms));
  b.tell(face_silenced{b.world.clock.now()});
  b.hear(silence(2'200ms));
  CHECK(b.all<nothing_heard>().size() == 1);
}

TEST_CASE("what the face says counts from its own time, however long the message waited") {
  auto settings = heard_at_16k(turn_detection_kind::server_vad);
  settings.detection.idle_timeout = 2s;
  ears_bench b{settings};
  const auto begins = b.world.clock.now();
  b.hear(silence(900ms));
  b.tell(face_sounded{begins, shared_bytes{std::string(48'000, '\0')}});  // one second
  b.hear(silence(2'000ms));
  CHECK(b.events.empty());
  b.hear(silence(200ms));
  CHECK(b.only<nothing_heard>().audio_start_ms == Approx(1'000).margin(64));
}

TEST_CASE(
    "sound that cannot be decoded and formats that cannot be heard are told, and life goes on") {
  auto settings = heard_at_16k(turn_detection_kind::none);
  settings.input = {audio_encoding::opus, 48'000};
  ears_bench b{settings};
  b.tell(hear{shared_bytes{}});
  CHECK(b.order() == "problem");
  settings.input.sample_rate = 44'100;
  b.tell(listen{settings});
  CHECK(b.order() == "problem problem");
  CHECK(b.all<hearing_failed>()[1].reason.code == errc::invalid_argument);
  settings.input = {audio_encoding::pcm16, 16'000};
  b.tell(listen{settings});
  b.tell(hear{shared_bytes{std::string(6'400, '\0')}});
  b.tell(commit_heard{"r1"});
  CHECK(b.order() == "problem problem taken1");
}

TEST_CASE("another transcriber is told when it steps in, once, and again after it stepped back") {
  ears_bench b;
  const auto answer = [&](const char* fallback) { b.words_of({}, "x", fallback); };
  answer("");
  CHECK(b.events.empty());
  answer("the server is away");
  answer("the server is away");
  CHECK(b.order() == "changed");
  answer("");
  answer("the server is away");
  CHECK(b.all<hearing_changed>().size() == 2);
}

// ---- semantic_vad

TEST_CASE("semantic_vad ends an utterance when the hearing worker takes it for complete") {
  ears_bench b{turn_detection_kind::semantic_vad};
  b.hear(joined({silence(1'000ms), sentence(), silence(300ms)}));
  REQUIRE_FALSE(b.to_judge.empty());
  const auto& request = b.to_judge.back();
  CHECK(request.utterance == b.named(1));
  CHECK(request.attempt == b.asked.back().attempt);
  CHECK(request.deadline <= b.world.clock.now() + 1s);
  CHECK(request.deadline > b.world.clock.now());
  CHECK(request.pcm.size() / 2 > sentence().size());
  b.end_is(0.9);
  CHECK(b.order() == "began1 ended1");
  b.words("What is the weather like?");
  CHECK(b.order() == "began1 ended1 words1 heard1");
  CHECK(b.only<utterance_heard>().timings.endpointing < 400ms);
}

TEST_CASE("an unjudged end and one that is unlikely wait for patience") {
  const auto judgement = GENERATE(std::optional<double>{}, std::optional<double>{0.2});
  ears_bench b{turn_detection_kind::semantic_vad};
  b.hear(joined({silence(500ms), sentence(), silence(200ms)}));
  b.end_is(judgement);
  b.words("What is");
  b.hear(silence(3'500ms));
  CHECK(b.all<speech_ended>().empty());
  b.hear(silence(500ms));
  CHECK(b.order() == "began1 words1 ended1 heard1");
  CHECK(b.only<utterance_heard>().timings.endpointing == 4'000ms);
}

TEST_CASE("of a long speech only the last eight seconds are judged") {
  ears_bench b{turn_detection_kind::semantic_vad};
  std::vector<float> speech = silence(500ms);
  for (int i = 0; i < 9; ++i) speech.insert(speech.end(), sentence().begin(), sentence().end());
  b.hear(joined({speech, silence(300ms)}));
  REQUIRE_FALSE(b.to_judge.empty());
  CHECK(b.only<speech_began>().utterance == 1);
  CHECK(b.to_judge.back().pcm.size() == 8 * 16'000 * 2);
}

// ---- the client's own ends

TEST_CASE("a client's commit is answered with its request, and then like any utterance") {
  ears_bench b{turn_detection_kind::none};
  b.hear(sentence());
  CHECK(b.events.empty());
  b.tell(commit_heard{"r1"});
  CHECK(b.order() == "taken1");
  CHECK(b.only<audio_taken>().request == "r1");
  REQUIRE(b.asked.size() == 1);
  CHECK(b.asked[0].is_final);
  CHECK(b.asked[0].pcm.size() / 2 >= sentence().size());
  REQUIRE(b.to_measure.size() == 1);
  CHECK(b.to_measure[0].pcm == b.asked[0].pcm);
  b.world.clock.advance(200ms);
  b.words("What is the weather like?");
  b.melody(1, 180);
  CHECK(b.order() == "taken1 words1 heard1 melody1");
  CHECK(b.only<utterance_heard>().timings == hearing_timings{0ms, 200ms});
  b.hear(sentence());
  b.tell(commit_heard{"r2"});
  CHECK(b.all<audio_taken>().back() == audio_taken{2, "r2"});
  CHECK(b.to_measure.back().pcm.size() / 2 < sentence().size() + 1'024);
}

TEST_CASE("what a client committed is heard though there are no words in it") {
  ears_bench b{turn_detection_kind::none};
  b.hear(silence(400ms));
  b.tell(commit_heard{"r1"});
  b.world.clock.advance(70ms);
  b.words("");
  CHECK(b.order() == "taken1 heard1");
  CHECK(b.only<utterance_heard>().text.empty());
  CHECK(b.only<utterance_heard>().timings.transcription == 70ms);
}

TEST_CASE("a commit of nothing is refused with its request") {
  ears_bench b{turn_detection_kind::none};
  b.tell(commit_heard{"r1"});
  CHECK(b.order() == "refused:r1");
  CHECK(b.only<commit_refused>().reason.code == errc::invalid_argument);
}

TEST_CASE("a commit in the midst of speech ends it without speech_ended") {
  ears_bench b{turn_detection_kind::semantic_vad};
  b.hear(joined({silence(500ms), sentence()}));
  b.tell(commit_heard{"r1"});
  CHECK(b.order() == "began1 taken1");
  b.words("What is the weather like?");
  CHECK(b.order() == "began1 taken1 words1 heard1");
}
