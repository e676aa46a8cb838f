#include "actors/ears/listener.hpp"

#include <numbers>
#include <string>
#include <vector>

#include "tests/actors/ears/listening_bench.hpp"

using namespace dhr;
using namespace dhr::test;
using namespace std::chrono_literals;

TEST_CASE("speech is found within 100 ms of its onset in every format") {
  const auto format = GENERATE(values<audio_format>({{audio_encoding::pcm16, 8'000},
                                                     {audio_encoding::pcm16, 16'000},
                                                     {audio_encoding::pcm16, 24'000},
                                                     {audio_encoding::pcm16, 48'000},
                                                     {audio_encoding::pcmu, 8'000},
                                                     {audio_encoding::pcma, 8'000}}));
  CAPTURE(static_cast<int>(format.encoding), format.sample_rate);
  auto settings = heard_at_16k(turn_detection_kind::server_vad);
  settings.input = format;
  listening_bench b{settings};
  b.hear(joined({silence(1'000ms), sentence(), silence(1'000ms)}));
  REQUIRE(b.begins.size() == 1);
  CAPTURE(b.begins[0].onset / ms, b.begins[0].decided / ms);
  CHECK(std::abs(b.begins[0].onset - 1'000 * ms) <= 100 * ms);
  CHECK(b.begins[0].decided <= 1'150 * ms);
  const auto ends = b.all<end_utterance>();
  REQUIRE(ends.size() == 1);
  const auto spoken_until = 1'000 * ms + static_cast<std::int64_t>(sentence().size());
  CAPTURE(ends[0].speech_end_sample / ms, spoken_until / ms);
  CHECK(std::abs(ends[0].speech_end_sample - spoken_until) <= 150 * ms);
}

TEST_CASE("a recorded voice begins an utterance, and what is to be transcribed is its sound") {
  listening_bench b;
  const auto voice = recorded_speech();
  b.hear(joined({silence(1'000ms), voice}));
  REQUIRE_FALSE(b.begins.empty());
  CHECK(b.begins[0].onset >= 900 * ms);
  CHECK(b.begins[0].onset <= 1'500 * ms);
  REQUIRE_FALSE(b.all<guess_words>().empty());
}

TEST_CASE("the sound of an utterance is there when its effects are told, however it came") {
  // All in one message: the speech, its pause and its end.
  listening_bench b;
  const auto sound = joined({silence(1'000ms), sentence(), silence(1'000ms)});
  b.hear_piece(encoded(sound, b.settings.input), 4s);
  const auto guesses = b.all<guess_words>();
  const auto ends = b.all<end_utterance>();
  REQUIRE(ends.size() == 1);
  REQUIRE_FALSE(guesses.empty());
  const auto& guess = guesses.back();
  const auto wanted = static_cast<std::size_t>(guess.last_sample - guess.first_sample);
  const auto heard = to_float(b.tested.sound().cut(guess.first_sample, guess.last_sample));
  REQUIRE(heard.size() == wanted);
  CHECK(rms(heard) > 0.5 * rms(sentence()));
  // And what comes next does not keep it.
  b.hear(silence(100ms));
  CHECK(b.remembered() < 500 * ms);
}

TEST_CASE("speech with an offset and a hum is found as without") {
  auto sound = joined({silence(2'000ms), sentence(), silence(1'000ms)});
  for (std::size_t i = 0; i < sound.size(); ++i) {
    const auto t = static_cast<double>(i) / 16'000;
    sound[i] =
        static_cast<float>(0.4 * sound[i] + 0.3 + 0.02 * std::sin(2 * std::numbers::pi * 50 * t));
  }
  listening_bench b;
  b.hear(sound);
  REQUIRE(b.begins.size() == 1);
  CHECK(std::abs(b.begins[0].onset - 2'000 * ms) <= 100 * ms);
}

// ---- the client's own ends

TEST_CASE("without detection the client's commit takes all sound since the last") {
  listening_bench b{turn_detection_kind::none};
  b.hear(sentence());
  CHECK(b.said.empty());
  auto first = b.tested.commit();
  REQUIRE(first);
  b.note(std::move(first).assume_value());
  const auto heard = b.tested.sound().last();
  REQUIRE(b.all<guess_words>().size() == 1);
  CHECK(b.all<guess_words>()[0].first_sample == 0);
  CHECK(b.all<guess_words>()[0].last_sample == heard);
  // To the last sample, filled up to a block.
  CHECK(heard >= static_cast<std::int64_t>(sentence().size()));
  CHECK(heard < static_cast<std::int64_t>(sentence().size()) + hearing_block_samples);
  CHECK(b.tested.sound().cut(0, heard).size() == static_cast<std::size_t>(heard) * 2);

  b.hear(silence(320ms));
  auto second = b.tested.commit();
  REQUIRE(second);
  b.note(std::move(second).assume_value());
  CHECK(b.all<guess_words>()[1].first_sample == heard);
  CHECK(b.all<end_utterance>().size() == 2);
}

TEST_CASE("less than 100 ms are not committed, and the refusal leaves them there") {
  listening_bench b{turn_detection_kind::none};
  CHECK_FALSE(b.tested.commit());
  b.hear(silence(80ms));
  const auto refused = b.tested.commit();
  REQUIRE_FALSE(refused);
  CHECK(refused.assume_error().code == errc::invalid_argument);
  CHECK(refused.assume_error().message.find("only has 80ms") != std::string::npos);
  b.hear(silence(20ms));
  CHECK(b.tested.commit());
  CHECK_FALSE(b.tested.commit());
}

TEST_CASE("sound that waits too long for a commit is refused until it is taken or cleared") {
  auto options = listening_bench::options(true);
  options.committed_max = 1s;
  listener tested{options, heard_at_16k(turn_detection_kind::none)};
  const auto bytes = encoded(silence(600ms), {audio_encoding::pcm16, 16'000});
  REQUIRE(tested.hear(bytes, mono_time{1s}));
  REQUIRE(tested.hear(bytes, mono_time{2s}));
  const auto refused = tested.hear(bytes, mono_time{3s});
  REQUIRE_FALSE(refused);
  CHECK(refused.assume_error().code == errc::overloaded);
  CHECK(refused.assume_error().retry_after);
  std::ignore = tested.clear();
  CHECK(tested.hear(bytes, mono_time{4s}));
}

TEST_CASE("with detection only speech under way is committed") {
  listening_bench b;
  b.hear(silence(2'000ms));
  const auto refused = b.tested.commit();
  REQUIRE_FALSE(refused);
  CHECK(refused.assume_error().code == errc::invalid_argument);
  b.hear(sentence());
  REQUIRE(b.begins.size() == 1);
  auto taken = b.tested.commit();
  REQUIRE(taken);
  b.note(std::move(taken).assume_value());
  CHECK(b.all<end_utterance>().size() == 1);
  CHECK_FALSE(b.tested.endpoints().is_speech());
}

TEST_CASE("an Opus client's commit needs no whole block") {
  auto settings = heard_at_16k(turn_detection_kind::none);
  settings.input = {audio_encoding::opus, 48'000};
  listening_bench b{settings};
  // 20 ms of silence in SILK, one frame (RFC 6716, section 3.1).
  const std::string packet{'\x48', '\0', '\0'};
  for (int i = 0; i < 6; ++i) b.hear_piece(packet, 20ms);
  auto taken = b.tested.commit();
  REQUIRE(taken);
  b.note(std::move(taken).assume_value());
  CHECK(b.all<guess_words>()[0].last_sample == 4 * hearing_block_samples);
  CHECK_FALSE(b.tested.hear("", b.now));
}

// ---- settings

TEST_CASE("a format that cannot be heard is refused, and the old one goes on") {
  listening_bench b;
  auto settings = b.settings;
  settings.input.sample_rate = 44'100;
  const auto refused = b.tested.set(settings);
  REQUIRE_FALSE(refused);
  CHECK(refused.assume_error().code == errc::invalid_argument);
  CHECK(b.tested.settings() == b.settings);
  b.hear(joined({silence(500ms), sentence()}));
  CHECK(b.begins.size() == 1);
}

TEST_CASE("a new format forgets the speech under way, and speech is found in the new one") {
  listening_bench b;
  b.hear(joined({silence(500ms), sentence()}));
  REQUIRE(b.begins.size() == 1);
  b.settings.input = {audio_encoding::pcmu, 8'000};
  auto changed = b.tested.set(b.settings);
  REQUIRE(changed);
  b.note(std::move(changed).assume_value());
  REQUIRE(b.all<drop_utterance>().size() == 1);
  CHECK(b.all<drop_utterance>()[0].cleared);
  b.hear(joined({silence(500ms), sentence(), silence(1'000ms)}));
  CHECK(b.begins.size() == 2);
  CHECK(b.all<end_utterance>().size() == 1);
}

TEST_CASE("other settings change nothing of the speech under way") {
  listening_bench b{turn_detection_kind::semantic_vad};
  b.hear(joined({silence(500ms), sentence()}));
  b.settings.detection.kind = turn_detection_kind::server_vad;
  b.settings.transcription.language = "en";
  const auto changed = b.tested.set(b.settings);
  REQUIRE(changed);
  CHECK(changed.assume_value().empty());
  b.hear(silence(1'000ms));
  CHECK(b.begins.size() == 1);
  CHECK(b.all<end_utterance>().size() == 1);
}

TEST_CASE("clear forgets what was heard, in a commit and as padding") {
  listening_bench none{turn_detection_kind::none};
  none.hear(sentence());
  CHECK(none.tested.clear().empty());
  const auto cleared_at = none.tested.sound().last();
  CHECK_FALSE(none.tested.commit());
  none.hear(silence(320ms));
  auto taken = none.tested.commit();
  REQUIRE(taken);
  none.note(std::move(taken).assume_value());
  CHECK(none.all<guess_words>()[0].first_sample == cleared_at);

  listening_bench vad;
  vad.hear(joined({silence(500ms), sentence()}));
  vad.note(vad.tested.clear());
  CHECK(vad.all<drop_utterance>().size() == 1);
  const auto at = vad.tested.sound().last();
  vad.hear(sentence());
  REQUIRE(vad.all<begin_utterance>().size() == 2);
  CHECK(vad.all<begin_utterance>()[1].first_sample == at);
}
