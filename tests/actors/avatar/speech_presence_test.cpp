#include "actors/avatar/speech_presence.hpp"

#include <catch2/catch.hpp>

#include "tests/actors/avatar/timelines.hpp"

using namespace dhr;
using namespace dhr::testing;

namespace {

double at_ms(speech_presence& speech, std::int64_t milliseconds) {
  return double(speech.at(static_cast<double>(ms(milliseconds))));
}

void add(speech_presence& speech, std::int64_t first, const std::vector<phoneme_span>& spans) {
  speech.add(first, spans.back().last_sample, spans);
}

}  // namespace

TEST_CASE("the mouth belongs to speech while something is said and a little before and after") {
  speech_presence speech;
  add(speech, 0, timeline({{"", 600}, {"m", 80}, {"ɑ", 120}, {"", 800}}));
  speech.end();
  CHECK(at_ms(speech, 200) == 0);
  CHECK(at_ms(speech, 430) == Approx(0.5).margin(0.01));
  for (std::int64_t t = 540; t <= 860; t += 10) CHECK(at_ms(speech, t) == 1);
  CHECK(at_ms(speech, 970) == Approx(0.5).margin(0.01));
  CHECK(at_ms(speech, 1'100) == 0);
}

TEST_CASE("a short pause within speech is speech") {
  speech_presence speech;
  add(speech, 0, timeline({{"ɑ", 100}, {"", 110}, {"ɑ", 100}, {"", 600}, {"ɑ", 100}}));
  for (std::int64_t t = 0; t <= 310; t += 10) CHECK(at_ms(speech, t) == 1);
  CHECK(at_ms(speech, 610) == 0);
  CHECK(at_ms(speech, 850) == 1);
}

TEST_CASE("where the next clause is not known yet it is taken that speech goes on") {
  speech_presence speech;
  add(speech, 0, timeline({{"ɑ", 100}, {"", 600}}));
  CHECK(at_ms(speech, 690) == 1);
  add(speech, ms(700), timeline({{"", 600}, {"ɑ", 100}}));
  CHECK(at_ms(speech, 710) == 0);
  CHECK(at_ms(speech, 1'290) == 1);
}

TEST_CASE("where nothing is said the mouth does not belong to speech") {
  speech_presence speech;
  speech.end();
  CHECK(at_ms(speech, 0) == 0);
  add(speech, 0, timeline({{"", 400}}));
  CHECK(at_ms(speech, 100) == 0);
  speech.clear();
  add(speech, 0, timeline({{"ɑ", 100}}));
  CHECK(at_ms(speech, 50) == 1);
}
