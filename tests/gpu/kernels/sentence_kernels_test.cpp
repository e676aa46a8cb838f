// The kernels' twins against formulas written out in double precision.

#include "gpu/kernels/sentence_kernels.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "tests/gpu/kernels/kernel_work.hpp"

using namespace dhr::kernels;
using namespace dhr::kernels::testing;

namespace {

constexpr std::size_t rows = 5;
constexpr std::size_t length = 16;
constexpr std::size_t tokens = rows * length;
constexpr std::size_t vocabulary = 50;

// What a stored number may be off by, next to the value in double precision.
template <class T>
double allowed(double value);
template <>
double allowed<float>(double value) {
  return 2e-6 * (1 + std::abs(value));
}
template <>
double allowed<half>(double value) {
  return 6e-4 * (0.1 + std::abs(value));  // half of 2^-10, and what float adds
}

template <class T>
void check_equal(const std::vector<T>& found, const std::vector<double>& expected) {
  REQUIRE(found.size() == expected.size());
  double worst = 0;
  for (std::size_t i = 0; i < found.size(); ++i) {
    const auto off = std::abs(static_cast<double>(widened(found[i])) - expected[i]);
    worst = std::max(worst, off / allowed<T>(expected[i]));
  }
  CHECK(worst < 1);
}

std::vector<double> normalised(const std::vector<double>& token, const std::vector<float>& scale,
                               const std::vector<float>& shift) {
  double mean = 0;
  for (const auto value : token) mean += value / static_cast<double>(width);
  double variance = 0;
  for (const auto value : token) {
    variance += (value - mean) * (value - mean) / static_cast<double>(width);
  }
  std::vector<double> made;
  for (std::size_t i = 0; i < width; ++i) {
    made.push_back((token[i] - mean) / std::sqrt(variance + 1e-12) * scale[i] + shift[i]);
  }
  return made;
}

}  // namespace

TEMPLATE_TEST_CASE("a token's first values are its word and its place, normalised", "", float,
                   half) {
  const auto words = values<TestType>(vocabulary * width, 1);
  const auto positions = values<TestType>(length * width, 2, 0.3f);
  const auto scale = values<float>(width, 3);
  const auto shift = values<float>(width, 4);
  const auto given = ids(tokens, vocabulary);
  const auto own = lengths(rows, length);
  std::vector<TestType> made(tokens * width);
  std::vector<TestType> mask(tokens);
  twin::run(embedding<TestType>{.rows = rows,
                                .length = length,
                                .ids = given.data(),
                                .lengths = own.data(),
                                .words = words.data(),
                                .positions = positions.data(),
                                .norm = {scale.data(), shift.data()},
                                .values = made.data(),
                                .mask = mask.data()});
  std::vector<double> expected;
  for (std::size_t at = 0; at < tokens; ++at) {
    std::vector<double> sum;
    for (std::size_t i = 0; i < width; ++i) {
      const auto id = static_cast<std::size_t>(given[at]);
      sum.push_back(static_cast<double>(widened(words[id * width + i])) +
                    static_cast<double>(widened(positions[at % length * width + i])));
    }
    const auto token = normalised(sum, scale, shift);
    expected.insert(expected.end(), token.begin(), token.end());
    const bool is_padding = at % length >= static_cast<std::size_t>(own[at / length]);
    CHECK(widened(mask[at]) == (is_padding ? -std::numeric_limits<float>::infinity() : 0));
  }
  check_equal(made, expected);
}

TEMPLATE_TEST_CASE("half a layer ends with a sum of three, normalised", "", float, half) {
  const auto before = values<TestType>(tokens * width, 1);
  const auto added = values<TestType>(tokens * width, 2, 3);
  const auto bias = values<float>(width, 3);
  const auto scale = values<float>(width, 4);
  const auto shift = values<float>(width, 5);
  auto made = before;
  twin::run(residual_norm<TestType>{
      tokens, added.data(), bias.data(), {scale.data(), shift.data()}, made.data()});
  std::vector<double> expected;
  for (std::size_t at = 0; at < tokens; ++at) {
    std::vector<double> sum;
    for (std::size_t i = 0; i < width; ++i) {
      const auto k = at * width + i;
      sum.push_back(static_cast<double>(widened(before[k])) +
                    static_cast<double>(widened(added[k])) + static_cast<double>(bias[i]));
    }
    const auto token = normalised(sum, scale, shift);
    expected.insert(expected.end(), token.begin(), token.end());
  }
  check_equal(made, expected);
}

TEMPLATE_TEST_CASE("the inner values get their bias and are bent", "", float, half) {
  constexpr std::size_t inner = 64;
  const auto before = values<TestType>(tokens * inner, 1, 6);
  const auto bias = values<float>(inner, 2);
  auto made = before;
  twin::run(bias_gelu<TestType>{tokens, inner, bias.data(), made.data()});
  std::vector<double> expected;
  for (std::size_t i = 0; i < before.size(); ++i) {
    const auto x = static_cast<double>(widened(before[i])) + static_cast<double>(bias[i % inner]);
    expected.push_back(x * (1 + std::erf(x / std::sqrt(2.0))) / 2);
  }
  check_equal(made, expected);
}

TEMPLATE_TEST_CASE("a sentence's mean is over its own tokens, whatever the padding holds", "",
                   float, half) {
  auto given = values<TestType>(tokens * width, 1);
  const auto own = lengths(rows, length);
  std::vector<double> expected(rows * width);
  for (std::size_t at = 0; at < tokens; ++at) {
    const auto row = at / length;
    const bool is_padding = at % length >= static_cast<std::size_t>(own[row]);
    for (std::size_t i = 0; i < width; ++i) {
      auto& value = given[at * width + i];
      if (is_padding) {
        narrow(std::numeric_limits<float>::quiet_NaN(), value);
      } else {
        expected[row * width + i] += static_cast<double>(widened(value)) / own[row];
      }
    }
  }
  std::vector<float> made(rows * width);
  twin::run(masked_mean<TestType>{rows, length, own.data(), given.data(), made.data()});
  check_equal(made, expected);
}

TEST_CASE("half precision numbers keep what they can and round the rest to the nearest") {
  for (const auto exact : {0.0f, -1.5f, 2048.0f, 65504.0f, 6.103515625e-05f, 5.9604645e-08f}) {
    CHECK(to_float(to_half(exact)) == exact);
  }
  CHECK(to_half(1.0f).bits == 0x3C00);
  CHECK(to_half(-2.0f).bits == 0xC000);
  CHECK(to_float(to_half(2049.0f)) == 2048.0f);  // a tie, to the even one
  CHECK(to_float(to_half(2051.0f)) == 2052.0f);
  CHECK(std::isinf(to_float(to_half(1e6f))));
  CHECK(std::isnan(to_float(to_half(std::numeric_limits<float>::quiet_NaN()))));
  CHECK(to_half(-std::numeric_limits<float>::infinity()).bits == 0xFC00);
}
