#include "actors/emotion/user_mood.hpp"

#include <catch2/catch.hpp>

using namespace dhr;

namespace {

prosody melody(double range_semitones, double syllables_per_s) {
  prosody made;
  made.pitch_hz_median = 180;
  made.pitch_range_semitones = range_semitones;
  made.rate_syllables_per_s = syllables_per_s;
  made.speech_ms = 2'000;
  return made;
}

feelings with(feeling one, float weight) {
  feelings made;
  made[one] = weight;
  return made;
}

}  // namespace

TEST_CASE("read aloud without feeling is neither lively nor flat") {
  CHECK(liveliness_of(melody(6, 4)) == Approx(1));
}

TEST_CASE("a wide melody and a quick pace are lively, a narrow one and a slow pace are flat") {
  CHECK(liveliness_of(melody(10, 5)) > 1.2f);
  CHECK(liveliness_of(melody(3, 2.7)) < 0.7f);
  CHECK(liveliness_of(melody(40, 20)) == Approx(1.5f));
  CHECK(liveliness_of(melody(0, 0)) == Approx(0.5f));
}

TEST_CASE("what is too short, or has no pitch, tells nothing") {
  auto word = melody(20, 9);
  word.speech_ms = 499;
  CHECK(liveliness_of(word) == 1.0f);
  auto whisper = melody(20, 9);
  whisper.pitch_hz_median = 0;
  CHECK(liveliness_of(whisper) == 1.0f);
}

TEST_CASE("written words are felt as they are") {
  CHECK(mood_of_user(with(feeling::joy, 0.5f), std::nullopt) == with(feeling::joy, 0.5f));
}

TEST_CASE("glad words said flatly are less glad, and worried ones more worried") {
  const auto flat = melody(3, 2);
  CHECK(mood_of_user(with(feeling::joy, 0.6f), flat)[feeling::joy] == Approx(0.3f));
  CHECK(mood_of_user(with(feeling::concern, 0.6f), flat)[feeling::concern] == Approx(0.9f));
}

TEST_CASE("lively words are felt more, and no feeling passes 1") {
  const auto lively = melody(9, 6);
  CHECK(mood_of_user(with(feeling::joy, 0.5f), lively)[feeling::joy] == Approx(0.75f));
  CHECK(mood_of_user(with(feeling::surprise, 0.9f), lively)[feeling::surprise] == 1.0f);
}
