#include "actors/ears/conditioner.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <numbers>
#include <numeric>
#include <vector>

#include "tests/actors/ears/spoken_sound.hpp"

using namespace dhr;

namespace {

std::vector<float> tone(double frequency, double level, double offset, std::size_t count) {
  std::vector<float> samples;
  for (std::size_t i = 0; i < count; ++i) {
    const double angle = 2 * std::numbers::pi * frequency * static_cast<double>(i) / 16'000;
    samples.push_back(static_cast<float>(offset + level * std::sin(angle)));
  }
  return samples;
}

double gain_at(double frequency) {
  auto samples = tone(frequency, 0.5, 0, 32'000);
  conditioner{}.process(samples);
  return test::rms(std::span{samples}.subspan(16'000)) / (0.5 / std::numbers::sqrt2);
}

}  // namespace

TEST_CASE("an offset is gone at once, and the voice stays as it was") {
  auto samples = tone(200, 0.3, 0.4, 16'000);
  conditioner{}.process(samples);
  const auto later = std::span{samples}.subspan(800);  // 50 ms, whole periods
  const double mean = std::accumulate(later.begin(), later.end(), 0.0) / 15'200;
  CHECK(std::abs(mean) < 0.001);
  CHECK(test::rms(later) == Approx(0.3 / std::numbers::sqrt2).epsilon(0.03));
  CHECK(std::abs(samples.front()) < 0.001);
}

TEST_CASE("rumble is weakened, voices pass") {
  CHECK(gain_at(5) < 0.15);
  CHECK(gain_at(40) == Approx(0.707).margin(0.03));
  CHECK(gain_at(100) > 0.9);
  CHECK(gain_at(1'000) == Approx(1).margin(0.01));
  CHECK(gain_at(7'000) == Approx(1).margin(0.01));
}

TEST_CASE("how a stream is cut does not change it") {
  const auto sound = tone(440, 0.5, -0.2, 4'000);
  auto whole = sound;
  conditioner{}.process(whole);
  auto cut = sound;
  conditioner piecewise;
  for (std::size_t at = 0; at < cut.size(); at += 37)
    piecewise.process(std::span{cut}.subspan(at, std::min<std::size_t>(37, cut.size() - at)));
  CHECK(cut == whole);
  piecewise.process({});
  cut = sound;
  piecewise.reset();
  piecewise.process(cut);
  CHECK(cut == whole);
}

TEST_CASE("the result stays within -1 to 1 however loud the sound is") {
  conditioner tested;
  std::vector<float> square;
  for (int i = 0; i < 1'600; ++i) square.push_back(i / 80 % 2 == 0 ? 1.0f : -1.0f);
  tested.process(square);
  CHECK(*std::max_element(square.begin(), square.end()) <= 1.0f);
  CHECK(*std::min_element(square.begin(), square.end()) >= -1.0f);
}
