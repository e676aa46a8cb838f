#include "actors/avatar/jaw_curve.hpp"

#include <catch2/catch.hpp>
#include <random>

using namespace dhr;

TEST_CASE("the jaw is at rest without keys, before the first and after the last") {
  jaw_curve curve;
  CHECK(curve.at(0) == 0);
  curve.add({24'000, 0.3f, 0});
  CHECK(curve.at(0) == 0);
  CHECK(curve.at(24'000) == Approx(0.3));
  CHECK(curve.at(48'000) == 0);
}

TEST_CASE("the curve goes through its keys and never beyond its neighbours") {
  std::mt19937 random{1};
  jaw_curve curve;
  std::vector<jaw_key> keys;
  double sample = 0;
  for (int i = 0; i < 200; ++i) {
    sample += 500 + random() % 4'000;
    keys.push_back({sample, static_cast<float>(random() % 40) / 100, 0});
    curve.add(keys.back());
  }
  for (std::size_t i = 1; i < keys.size(); ++i) {
    CHECK(curve.at(keys[i].sample) == Approx(keys[i].value).margin(1e-6));
    const auto [low, high] = std::minmax(keys[i - 1].value, keys[i].value);
    for (auto at = keys[i - 1].sample; at < keys[i].sample; at += 50) {
      REQUIRE(curve.at(at) >= low - 1e-6f);
      REQUIRE(curve.at(at) <= high + 1e-6f);
    }
  }
}

TEST_CASE("a key yields to the mean of its neighbours by its share") {
  jaw_curve curve;
  curve.add({1'000, 0.4f, 0});
  curve.add({2'000, 0.1f, 0.5f});
  curve.add({3'000, 0.2f, 0});
  CHECK(curve.at(2'000) == Approx(0.2));
}

TEST_CASE("forgetting what is past does not change what is to come") {
  jaw_curve whole;
  jaw_curve forgetful;
  for (int i = 0; i < 30; ++i) {
    const jaw_key key{1'000.0 * i, static_cast<float>(i * 7 % 10) / 20, 0.3f};
    whole.add(key);
    forgetful.add(key);
  }
  for (double at = 0; at < 32'000; at += 100) {
    forgetful.forget_before(at);
    REQUIRE(forgetful.at(at) == whole.at(at));
  }
}
