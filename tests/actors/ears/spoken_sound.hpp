#pragma once
// Real speech for the tests of what measures it, 16 kHz mono.

#include <cmath>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <iterator>
#include <random>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "actors/ears/stream_resampler_adapter.hpp"
#include "actors/speech/flite_voice.hpp"

namespace dhr::test {

// The samples of a RIFF file whose first chunks are "fmt " and "data", 16 bits, mono, 16 kHz.
inline std::vector<float> read_wav(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  const std::string bytes{std::istreambuf_iterator<char>{file}, {}};
  const auto data = bytes.find("data");
  if (bytes.compare(0, 4, "RIFF") != 0 || data == std::string::npos)
    throw std::runtime_error{"no wave file: " + path};
  std::vector<float> samples;
  for (auto at = data + 8; at + 1 < bytes.size(); at += 2) {
    std::int16_t sample = 0;
    std::memcpy(&sample, bytes.data() + at, sizeof sample);
    samples.push_back(static_cast<float>(sample) / 32'768.0f);
  }
  return samples;
}

// A man reading, 10 s.
inline std::vector<float> recorded_speech() {
  return read_wav(std::string{DHR_DEPS_DIR} + "/models/ears/beckett.wav");
}

// Flite's voice, the clauses one after the other.
inline std::vector<float> flite_speech(std::span<const char* const> clauses) {
  auto voice = make_flite_voice({});
  auto resampler = stream_resampler::make(24'000, 16'000);
  if (!voice || !resampler) throw std::runtime_error{"Flite does not speak"};
  std::vector<float> samples;
  for (const auto* clause : clauses) {
    const auto spoken = voice.value()->synthesize(clause, {});
    if (!spoken) throw std::runtime_error{spoken.error().message};
    std::vector<float> as_float;
    for (const auto sample : spoken.value().samples)
      as_float.push_back(static_cast<float>(sample) / 32'768.0f);
    if (!resampler.value().process(as_float, samples)) throw std::runtime_error{"resampler"};
  }
  if (!resampler.value().flush(samples)) throw std::runtime_error{"resampler"};
  return samples;
}

inline double rms(std::span<const float> samples) {
  double sum = 0;
  for (const float sample : samples) sum += double{sample} * sample;
  return samples.empty() ? 0 : std::sqrt(sum / static_cast<double>(samples.size()));
}

inline double from_db(double db) { return std::pow(10.0, db / 20); }

// `level` is its rms.
inline std::vector<float> white_noise(std::size_t count, double level, unsigned seed) {
  std::mt19937 chance{seed};
  std::normal_distribution<float> normal{0.0f, static_cast<float>(level)};
  std::vector<float> samples(count);
  for (auto& sample : samples) sample = normal(chance);
  return samples;
}

}  // namespace dhr::test
