#pragma once
// What the tests of gpu/torch share: sentences, nets, and the device that they are to run on.

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "gpu/nets/emotion_net.hpp"
#include "gpu/nets/weights_file.hpp"
#include "gpu/torch/torch_emotion_net.hpp"

namespace dhr::testing {

inline const std::filesystem::path folder = DHR_DEPS_DIR "/models/emotion";

// The tests are the same for every device: DHR_TEST_DEVICE says which, cpu unless it is set.
inline compute_device device_under_test() {
  const char* named = std::getenv("DHR_TEST_DEVICE");
  return parse_compute_device(named == nullptr ? "cpu" : named).value();
}

// Those that the net's own reference is made of: of one word to more than are read.
inline const std::vector<std::string>& sentences() {
  static const auto made = [] {
    const auto file = weights_file::read(folder / "emotion-reference.bin").value();
    std::vector<std::string> texts;
    for (const auto& [name, bytes] : file.tensors()) {
      if (!name.ends_with(".text")) continue;
      auto& text = texts.emplace_back();
      for (const auto byte : bytes.values) text += static_cast<char>(static_cast<int>(byte));
    }
    return texts;
  }();
  return made;
}

// What the plain C++ net says of them.
inline const std::vector<emotion_values>& expected() {
  static const auto made = emotion_net::load(folder).value()->probabilities(sentences());
  return made;
}

inline std::unique_ptr<torch_emotion_net> load(const torch_net_options& options,
                                               const compute_device& on = device_under_test()) {
  auto made = torch_emotion_net::load(folder, on, options);
  if (!made) FAIL(made.assume_error().message);
  return std::move(made).assume_value();
}

inline std::vector<emotion_values> read(torch_emotion_net& net,
                                        const std::vector<std::string>& texts) {
  auto made = net.probabilities(texts);
  if (!made) FAIL(made.assume_error().message);
  return std::move(made).assume_value();
}

// Of all sentences and labels the two that are furthest apart.
inline float distance(const std::vector<emotion_values>& one,
                      const std::vector<emotion_values>& other) {
  if (one.size() != other.size()) return std::numeric_limits<float>::infinity();
  float worst = 0;
  for (std::size_t i = 0; i < one.size(); ++i) {
    for (std::size_t k = 0; k < one[i].size(); ++k) {
      const auto apart = std::abs(one[i][k] - other[i][k]);
      worst = apart <= worst ? worst : apart;  // what is no number is furthest
    }
  }
  return worst;
}

inline torch_net_options in_float() {
  torch_net_options made;
  made.precision = net_precision::float32;
  return made;
}

inline torch_net_options in_half() {
  torch_net_options made;
  made.precision = net_precision::float16;
  return made;
}

// How far probabilities may be from those of the plain net: by the levels that it computes with
// (gpu/nets/encoder_kernel.hpp), or by 11 bits of half precision through six layers.
inline constexpr float float_tolerance = 1e-3f;
inline constexpr float half_tolerance = 2e-2f;

}  // namespace dhr::testing
