#include "actors/ears/sound_samples.hpp"

#include <catch2/catch.hpp>
#include <cstdint>
#include <limits>
#include <vector>

using namespace dhr;

TEST_CASE("every int16 comes back as itself") {
  std::vector<std::int16_t> all;
  for (int x = -32'768; x <= 32'767; ++x) all.push_back(static_cast<std::int16_t>(x));
  const auto floats = to_float(shared_bytes::of(std::span<const std::int16_t>{all}));
  CHECK(floats.front() == -1.0f);
  CHECK(floats.back() < 1.0f);
  std::vector<std::int16_t> back;
  append_int16(floats, back);
  CHECK(back == all);
}

TEST_CASE("what lies outside is clipped, what lies between is rounded, and it is appended") {
  const std::vector<float> floats{-2.0f,
                                  -1.0f,
                                  1.0f,
                                  7.0f,
                                  0.6f / 32'768,
                                  -0.6f / 32'768,
                                  std::numeric_limits<float>::infinity()};
  std::vector<std::int16_t> out{42};
  append_int16(floats, out);
  CHECK(out == std::vector<std::int16_t>{42, -32'768, -32'768, 32'767, 32'767, 1, -1, 32'767});
}

TEST_CASE("no bytes are no samples, and half a sample is none") {
  CHECK(to_float({}).empty());
  CHECK(to_float(shared_bytes{"abc"}).size() == 1);
}
