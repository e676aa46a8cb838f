#include "actors/ears/prosody.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <functional>
#include <numbers>
#include <vector>

#include "tests/actors/ears/spoken_sound.hpp"

using namespace dhr;

namespace {

// A buzz with the harmonics of a voice, whose pitch and level (0 to 1) follow functions of time.
std::vector<float> buzz(double seconds, const std::function<double(double)>& pitch_hz,
                        const std::function<double(double)>& level) {
  std::vector<float> samples;
  double phase = 0;
  const auto count = static_cast<std::size_t>(seconds * 16'000);
  for (std::size_t i = 0; i < count; ++i) {
    const double t = static_cast<double>(i) / 16'000;
    const double pitch = pitch_hz(t);
    phase += 2 * std::numbers::pi * pitch / 16'000;
    double sample = 0;
    for (int harmonic = 1; harmonic * pitch < 3'500; ++harmonic)
      sample += std::sin(harmonic * phase) / harmonic;
    samples.push_back(static_cast<float>(0.2 * level(t) * sample));
  }
  return samples;
}

auto constant(double value) {
  return [=](double) { return value; };
}

void add(std::vector<float>& samples, const std::vector<float>& others) {
  for (std::size_t i = 0; i < samples.size(); ++i) samples[i] += others[i];
}

}  // namespace

TEST_CASE("a steady voice has its pitch and no range, from the lowest to the highest") {
  for (const double pitch : {65.0, 82.4, 120.0, 220.0, 311.1, 390.0}) {
    INFO(pitch << " Hz");
    const auto measured = measure_prosody(buzz(1.5, constant(pitch), constant(1)));
    CHECK(measured.pitch_hz_median == Approx(pitch).epsilon(0.005));
    CHECK(measured.pitch_range_semitones < 0.2);
    CHECK(measured.voiced_share > 0.95);
    CHECK(measured.pauses == 0);
  }
}

TEST_CASE("a glide over an octave ranges over four fifths of it between its percentiles") {
  const auto glide = buzz(
      2, [](double t) { return 110 * std::exp2(t / 2); }, constant(1));
  const auto measured = measure_prosody(glide);
  CHECK(measured.pitch_hz_median == Approx(110 * std::numbers::sqrt2).epsilon(0.02));
  CHECK(measured.pitch_range_semitones == Approx(9.6).margin(0.5));
}

TEST_CASE("noise 15 dB below a voice does not change its pitch") {
  auto samples = buzz(1.5, constant(150), constant(1));
  add(samples, test::white_noise(samples.size(), test::rms(samples) * test::from_db(-15), 4));
  const auto measured = measure_prosody(samples);
  CHECK(measured.pitch_hz_median == Approx(150).epsilon(0.01));
  CHECK(measured.pitch_range_semitones < 0.5);
  CHECK(measured.voiced_share > 0.9);
}

TEST_CASE("silence, noise and nothing have no pitch") {
  CHECK(measure_prosody({}) == prosody{});
  CHECK(measure_prosody(std::vector<float>(500, 0.5f)) == prosody{});
  CHECK(measure_prosody(std::vector<float>(32'000, 0.0f)) == prosody{});
  const auto noise = measure_prosody(test::white_noise(32'000, 0.1, 8));
  CHECK(noise.pitch_hz_median == 0);
  CHECK(noise.pitch_range_semitones == 0);
  CHECK(noise.voiced_share == 0);
  CHECK(noise.rate_syllables_per_s == 0);
}

TEST_CASE("twice the amplitude is six decibels more, and nothing else") {
  const auto soft = measure_prosody(buzz(1, constant(150), constant(0.25)));
  const auto loud = measure_prosody(buzz(1, constant(150), constant(0.5)));
  CHECK(loud.energy_db - soft.energy_db == Approx(6.02).margin(0.05));
  CHECK(loud.pitch_hz_median == Approx(soft.pitch_hz_median).epsilon(0.001));
  const auto samples = buzz(1, constant(150), constant(0.5));
  CHECK(loud.energy_db == Approx(20 * std::log10(test::rms(samples))).margin(0.5));
}

TEST_CASE("pauses are counted and do not slow the rate") {
  // Four syllables a second, with half a second of silence after two and after four seconds.
  const auto level = [](double t) {
    const bool pause = (t >= 2 && t < 2.5) || (t >= 4.5 && t < 5);
    return pause ? 0.0 : 0.06 + 0.94 * std::pow(std::sin(std::numbers::pi * 4 * t), 2);
  };
  const auto measured = measure_prosody(buzz(7, constant(130), level));
  CHECK(measured.pauses == 2);
  CHECK(measured.pause_share == Approx(1.0 / 7).margin(0.03));
  CHECK(measured.speech_ms == Approx(6'000).margin(200));
  CHECK(measured.rate_syllables_per_s == Approx(4).epsilon(0.1));
}

TEST_CASE("silence around speech is not part of it") {
  std::vector<float> samples(16'000, 0.0f);
  const auto voice = buzz(1, constant(150), constant(1));
  samples.insert(samples.end(), voice.begin(), voice.end());
  samples.resize(samples.size() + 24'000, 0.0f);
  const auto measured = measure_prosody(samples);
  CHECK(measured.speech_ms == Approx(1'000).margin(60));
  CHECK(measured.pauses == 0);
  CHECK(measured.pause_share == 0);
}

TEST_CASE("a man who reads aloud has a man's pitch, a reader's pace and long pauses") {
  const auto measured = measure_prosody(test::recorded_speech());
  CHECK(measured.pitch_hz_median > 75);
  CHECK(measured.pitch_hz_median < 150);
  CHECK(measured.pitch_range_semitones > 2);
  CHECK(measured.pitch_range_semitones < 16);
  CHECK(measured.rate_syllables_per_s > 2.5);
  CHECK(measured.rate_syllables_per_s < 6.5);
  CHECK(measured.voiced_share > 0.3);
  CHECK(measured.voiced_share < 0.95);
  CHECK(measured.pauses >= 4);  // six short sentences
  CHECK(measured.pauses <= 6);
  CHECK(measured.pause_share > 0.3);
}

TEST_CASE("a woman's voice is higher than a man's, and its syllables are found") {
  static const char* const clauses[] = {"There is one more thing that you may want to know."};
  const auto measured = measure_prosody(test::flite_speech(clauses));
  CHECK(measured.pitch_hz_median > 150);
  CHECK(measured.pitch_hz_median < 260);
  const double syllables = measured.rate_syllables_per_s * measured.speech_ms / 1'000;
  CHECK(syllables > 7);  // of twelve, some of which run together
  CHECK(syllables < 15);
}
