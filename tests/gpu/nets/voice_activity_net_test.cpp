#include "gpu/nets/voice_activity_net.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <thread>
#include <vector>

#include "gpu/nets/weights_file.hpp"

using namespace dhr;

namespace {

const std::string folder = DHR_DEPS_DIR "/models/nets/";

struct recorded {
  std::vector<float> samples;
  std::vector<float> probabilities;  // by onnxruntime

  [[nodiscard]] std::span<const float, 512> chunk(std::size_t index) const {
    return std::span{samples}.subspan(index * 512).first<512>();
  }
};

recorded reference() {
  auto file = weights_file::read(folder + "nets-reference.bin");
  if (!file) FAIL(file.assume_error().message);
  auto samples = file.assume_value().find("voice.samples");
  auto probabilities = file.assume_value().find("voice.probabilities");
  REQUIRE(samples);
  REQUIRE(probabilities);
  return {samples.assume_value()->values, probabilities.assume_value()->values};
}

std::shared_ptr<const voice_activity_net> net() {
  auto loaded = voice_activity_net::load(folder + "silero-vad.weights");
  if (!loaded) FAIL(loaded.assume_error().message);
  return loaded.assume_value();
}

std::vector<float> answers(const voice_activity_net& to, const recorded& given) {
  voice_activity_state state;
  std::vector<float> found;
  for (std::size_t i = 0; i < given.probabilities.size(); ++i) {
    found.push_back(to.run(state, given.chunk(i)));
  }
  return found;
}

}  // namespace

TEST_CASE("speech, silence and noise get the probabilities of the original") {
  const auto given = reference();
  REQUIRE(given.probabilities.size() >= 60);
  CHECK(*std::ranges::max_element(given.probabilities) > 0.9f);
  CHECK(*std::ranges::min_element(given.probabilities) < 0.1f);
  const auto found = answers(*net(), given);
  float worst = 0;
  for (std::size_t i = 0; i < found.size(); ++i) {
    INFO("chunk " << i << ": " << found[i] << " instead of " << given.probabilities[i]);
    CHECK(std::abs(found[i] - given.probabilities[i]) < 1e-3f);
    worst = std::max(worst, std::abs(found[i] - given.probabilities[i]));
  }
  CHECK(worst < 1e-4f);
}

TEST_CASE("a fresh state forgets the conversation") {
  const auto given = reference();
  const auto loaded = net();
  voice_activity_state state;
  const auto first = loaded->run(state, given.chunk(0));
  for (std::size_t i = 1; i < 30; ++i) loaded->run(state, given.chunk(i));
  CHECK(loaded->run(state, given.chunk(0)) != first);
  state = {};
  CHECK(loaded->run(state, given.chunk(0)) == first);
}

TEST_CASE("two threads share one voice activity net without touching each other") {
  const auto given = reference();
  const auto loaded = net();
  const auto alone = answers(*loaded, given);
  std::vector<float> beside;
  std::thread other{[&] { beside = answers(*loaded, given); }};
  const auto here = answers(*loaded, given);
  other.join();
  CHECK(here == alone);
  CHECK(beside == alone);
}

TEST_CASE("a voice activity net without its file says what to do") {
  const auto loaded = voice_activity_net::load(folder + "nowhere.weights");
  REQUIRE_FALSE(loaded);
  CHECK(loaded.assume_error().code == errc::not_found);
  CHECK(loaded.assume_error().message.find("./run --setup-only") != std::string::npos);
}

TEST_CASE("the weights of another net are refused by name") {
  const auto loaded = voice_activity_net::load(folder + "smart-turn.weights");
  REQUIRE_FALSE(loaded);
  CHECK(loaded.assume_error().code == errc::failed);
  CHECK(loaded.assume_error().message.find("stft.basis") != std::string::npos);
}
