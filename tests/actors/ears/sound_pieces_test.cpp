#include "actors/ears/sound_pieces.hpp"

#include <catch2/catch.hpp>
#include <cmath>

using namespace dhr;

namespace {

using sound = std::vector<float>;

void add_tone(sound& to, std::size_t count, float loudness) {
  for (std::size_t i = 0; i < count; ++i) {
    to.push_back(loudness * std::sin(static_cast<float>(i) * 0.2f));
  }
}

sound speech_between(std::size_t before, std::size_t count, std::size_t after) {
  sound made(before, 0.0f);
  add_tone(made, count, 0.3f);
  made.resize(made.size() + after, 0.0f);
  return made;
}

}  // namespace

TEST_CASE("silence around the words is taken away but for the margin") {
  const auto all = speech_between(16'000, 8'000, 16'000);
  const auto kept = without_silence(all, 1'600);
  CHECK(kept.data() == all.data() + 16'000 - 1'600);
  CHECK(kept.size() == 8'000 + 2 * 1'600);
}

TEST_CASE("the margin ends where the sound does") {
  const auto all = speech_between(320, 6'400, 100);
  CHECK(without_silence(all, 1'600).size() == all.size());
}

TEST_CASE("silence, a constant offset and next to nothing are no sound") {
  CHECK(without_silence({}, 100).empty());
  CHECK(without_silence(sound(16'000, 0.0f), 100).empty());
  CHECK(without_silence(sound(16'000, 0.3f), 100).empty());
  sound whisper;
  add_tone(whisper, 16'000, 0.0003f);
  CHECK(without_silence(whisper, 100).empty());
}

TEST_CASE("a pause inside the words stays") {
  auto all = speech_between(0, 8'000, 16'000);
  add_tone(all, 8'000, 0.3f);
  CHECK(without_silence(all, 0).size() == all.size());
}

TEST_CASE("sound within the bound is one piece") {
  const auto all = speech_between(0, 8'000, 0);
  const auto pieces = cut_at_quiet_places(all, 8'000);
  REQUIRE(pieces.size() == 1);
  CHECK(pieces[0].data() == all.data());
  CHECK(pieces[0].size() == all.size());
  CHECK(cut_at_quiet_places({}, 8'000).empty());
}

TEST_CASE("longer sound is cut in the pause and nothing of it is lost") {
  auto all = speech_between(0, 70'000, 6'400);
  add_tone(all, 70'000, 0.3f);
  const auto pieces = cut_at_quiet_places(all, 100'000);
  REQUIRE(pieces.size() == 2);
  CHECK(pieces[0].size() >= 70'000);
  CHECK(pieces[0].size() <= 76'400);
  CHECK(pieces[1].data() == pieces[0].data() + pieces[0].size());
  CHECK(pieces[0].size() + pieces[1].size() == all.size());
}

TEST_CASE("sound without a pause is cut all the same and in few pieces") {
  sound all;
  add_tone(all, 500'000, 0.3f);
  const auto pieces = cut_at_quiet_places(all, 100'000);
  std::size_t count = 0;
  for (const auto piece : pieces) {
    CHECK(piece.size() <= 100'000);
    count += piece.size();
  }
  CHECK(count == all.size());
  CHECK(pieces.size() <= 9);
}
