#include "gpu/nets/turn_end_net.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <string>
#include <thread>
#include <vector>

#include "gpu/nets/weights_file.hpp"

using namespace dhr;

namespace {

const std::string folder = DHR_DEPS_DIR "/models/nets/";

struct clip {
  std::string name;  // "00.whole": ends a moment after speech; "01.cut": ends in the middle of it
  std::vector<float> samples;
  std::vector<float> features;
  float probability;  // by onnxruntime, of the graph without its quantisation
  float quantised;    // of the graph as it is packaged
};

std::vector<clip> reference() {
  auto read = weights_file::read(folder + "nets-reference.bin");
  if (!read) FAIL(read.assume_error().message);
  const auto& file = read.assume_value();
  const auto values = [&](const std::string& name) { return file.find(name).value()->values; };
  std::vector<clip> clips;
  const std::string ending = ".samples";
  for (const auto& [name, tensor] : file.tensors()) {
    if (!name.starts_with("turn.") || !name.ends_with(ending)) continue;
    const auto stem = name.substr(0, name.size() - ending.size());
    clips.push_back({stem.substr(5), tensor.values, values(stem + ".log_mel"),
                     values(stem + ".probability").front(), values(stem + ".quantised").front()});
  }
  return clips;
}

std::shared_ptr<const turn_end_net> net() {
  auto loaded = turn_end_net::load(folder + "smart-turn.weights");
  if (!loaded) FAIL(loaded.assume_error().message);
  return loaded.assume_value();
}

float run(const turn_end_net& with, const std::vector<float>& features) {
  return with.run(std::span{features}.first<log_mel_values>());
}

}  // namespace

TEST_CASE("features of clips of any length are those of the original") {
  const auto clips = reference();
  REQUIRE(clips.size() >= 8);
  for (const auto& clip : clips) {
    INFO(clip.name);
    const auto found = log_mel(clip.samples);
    REQUIRE(found.size() == clip.features.size());
    float worst = 0;
    for (std::size_t i = 0; i < found.size(); ++i) {
      worst = std::max(worst, std::abs(found[i] - clip.features[i]));
    }
    CHECK(worst < 1e-4f);
  }
}

TEST_CASE("of a long sound the last eight seconds count") {
  const auto clips = reference();
  const auto& whole = clips.back().samples;
  REQUIRE(whole.size() == log_mel_window_samples);
  std::vector<float> longer(5'000, 0.5f);
  longer.insert(longer.end(), whole.begin(), whole.end());
  CHECK(log_mel(longer) == log_mel(whole));
}

TEST_CASE("features do not depend on how loud a clip is") {
  auto samples = reference().front().samples;
  const auto loud = log_mel(samples);
  for (auto& sample : samples) sample *= 0.5f;
  const auto quiet = log_mel(samples);
  float worst = 0;
  for (std::size_t i = 0; i < loud.size(); ++i)
    worst = std::max(worst, std::abs(loud[i] - quiet[i]));
  CHECK(worst < 1e-3f);
}

TEST_CASE("no sound and silence have finite features") {
  for (const auto& sound : {std::vector<float>{}, std::vector<float>(400'000)}) {
    const auto features = log_mel(sound);
    REQUIRE(features.size() == log_mel_values);
    for (const auto value : features) REQUIRE(std::isfinite(value));
  }
}

TEST_CASE("clips get the probabilities of the graph without quantisation") {
  const auto loaded = net();
  for (const auto& clip : reference()) {
    INFO(clip.name);
    CHECK(run(*loaded, clip.features) == Approx(clip.probability).margin(2e-3));
  }
}

TEST_CASE("sound itself gets the probability of its features") {
  const auto loaded = net();
  const auto clips = reference();
  for (const auto* clip : {&clips.front(), &clips.back()}) {
    INFO(clip->name);
    CHECK(loaded->turn_end_probability(clip->samples) == Approx(clip->probability).margin(5e-3));
  }
}

TEST_CASE("where the packaged graph is sure, the net is of the same opinion") {
  const auto loaded = net();
  int complete = 0;
  int incomplete = 0;
  for (const auto& clip : reference()) {
    if (clip.quantised >= 0.1f && clip.quantised <= 0.9f) continue;
    INFO(clip.name << ", packaged " << clip.quantised);
    const auto found = run(*loaded, clip.features);
    CHECK((found > 0.5f) == (clip.quantised > 0.5f));
    CHECK(std::abs(found - clip.quantised) < 0.1f);
    ++(clip.quantised > 0.5f ? complete : incomplete);
  }
  CHECK(complete >= 1);
  CHECK(incomplete >= 3);
}

TEST_CASE("a clip that is cut in mid-sentence seems less complete than the sentence") {
  const auto loaded = net();
  const auto clips = reference();
  for (std::size_t i = 0; i + 1 < clips.size(); i += 2) {
    const auto& whole = clips[i];
    const auto& cut = clips[i + 1];
    if (cut.samples.size() < 32'000) continue;  // under two seconds even the packaged graph wavers
    if (whole.probability < 0.2f) continue;     // in a list of short sentences: it waits for more
    INFO(whole.name << " and " << cut.name);
    CHECK(loaded->turn_end_probability(cut.samples) <
          loaded->turn_end_probability(whole.samples) - 0.3f);
  }
}

TEST_CASE("two threads share one turn end net without touching each other") {
  const auto loaded = net();
  const auto clips = reference();
  const auto first = run(*loaded, clips[0].features);
  const auto second = run(*loaded, clips[1].features);
  float beside = 0;
  std::thread other{[&] { beside = run(*loaded, clips[1].features); }};
  const auto here = run(*loaded, clips[0].features);
  other.join();
  CHECK(here == first);
  CHECK(beside == second);
}

TEST_CASE("a turn end net without its file says what to do") {
  const auto loaded = turn_end_net::load(folder + "nowhere.weights");
  REQUIRE_FALSE(loaded);
  CHECK(loaded.assume_error().code == errc::not_found);
  CHECK(loaded.assume_error().message.find("./run --setup-only") != std::string::npos);
}
