// The real model on its recorded clip and on what is no speech.
#include "actors/ears/moonshine_adapter.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>
#include <fstream>
#include <random>

#include "actors/ears/transcript_rules.hpp"

using namespace dhr;

namespace {

using sound = std::vector<float>;

moonshine_options packaged() {
  moonshine_options options;
  options.encoder = DHR_DEPS_DIR "/models/ears/moonshine-encoder.onnx";
  options.decoder = DHR_DEPS_DIR "/models/ears/moonshine-decoder.onnx";
  options.tokens = DHR_DEPS_DIR "/models/ears/moonshine-tokens.txt";
  return options;
}

transcriber& model() {
  static const auto made = make_moonshine(packaged());
  REQUIRE(made);
  return *made.assume_value();
}

// Mono, 16 bits, 16 kHz, behind a header of 44 bytes.
sound clip() {
  std::ifstream file{DHR_DEPS_DIR "/models/ears/beckett.wav", std::ios::binary};
  const std::string bytes{std::istreambuf_iterator<char>{file}, {}};
  REQUIRE(bytes.size() > 44);
  std::vector<std::int16_t> values((bytes.size() - 44) / 2);
  std::memcpy(values.data(), bytes.data() + 44, values.size() * 2);
  sound samples;
  for (const auto value : values) samples.push_back(static_cast<float>(value) / 32'768);
  return samples;
}

std::vector<std::string> heard(const sound& samples) {
  const auto text = model().transcribe(samples);
  REQUIRE(text);
  return words_of(text.assume_value());
}

const std::vector<std::string> beckett{"ever", "tried", "ever", "failed", "no",   "matter",
                                       "try",  "again", "fail", "again",  "fail", "better"};

}  // namespace

TEST_CASE("a recorded clip is understood word by word") { CHECK(heard(clip()) == beckett); }

TEST_CASE("quiet speech with a constant offset is understood as well") {
  auto samples = clip();
  for (float& sample : samples) sample = sample * 0.03f + 0.2f;
  CHECK(heard(samples) == beckett);
}

TEST_CASE("speech longer than a piece is heard to its end") {
  auto samples = clip();
  const auto once = samples;
  for (int i = 0; i < 3; ++i) {
    samples.resize(samples.size() + 12'000, 0.0f);
    samples.insert(samples.end(), once.begin(), once.end());
  }
  REQUIRE(samples.size() > 28 * 16'000);
  const auto words = heard(samples);
  CHECK(words.size() == 4 * beckett.size());
  CHECK(words.back() == "better");
}

TEST_CASE("silence and what is shorter than any word have no words") {
  CHECK(heard({}).empty());
  CHECK(heard(sound(48'000, 0.0f)).empty());
  sound click(48'000, 0.0f);
  click[20'000] = 0.9f;
  CHECK(heard(click).empty());
  auto cut = clip();
  cut.resize(1'500);
  CHECK(heard(cut).empty());
}

TEST_CASE("a tone and noise make no stream of words") {
  std::mt19937 chance{7};
  std::normal_distribution<float> normal{0.0f, 0.1f};
  sound noise(10 * 16'000);
  for (float& sample : noise) sample = normal(chance);
  CHECK(heard(noise).size() <= 2);
  sound tone(10 * 16'000);
  for (std::size_t i = 0; i < tone.size(); ++i) {
    tone[i] = 0.3f * std::sin(static_cast<float>(i) * 0.17f);
  }
  CHECK(heard(tone).size() <= 2);
}

TEST_CASE("a missing file and a wrong option are told by name") {
  auto missing = packaged();
  missing.decoder = "/nowhere/decoder.onnx";
  const auto absent = make_moonshine(missing);
  REQUIRE_FALSE(absent);
  CHECK(absent.assume_error().code == errc::not_found);
  CHECK(absent.assume_error().where == "/nowhere/decoder.onnx");
  auto wrong = packaged();
  wrong.threads = 0;
  const auto refused = make_moonshine(wrong);
  REQUIRE_FALSE(refused);
  CHECK(refused.assume_error().code == errc::invalid_argument);
  CHECK(refused.assume_error().where == "threads");
}
