// The loops of the sentence encoder against plain ones in double precision, for each kind of
// processor that this machine can stand for.
#include "gpu/nets/encoder_kernel.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "gpu/nets/kernel_matrix.hpp"
#include "gpu/nets/sentence_encoder.hpp"
#include "gpu/nets/weights_file.hpp"

using namespace dhr;
using namespace dhr::nets;

namespace {

std::vector<const encoder_kernel*> kernels() {
  std::vector<const encoder_kernel*> made{&encoder_kernel_v3()};
  if (has_v4()) made.push_back(&encoder_kernel_v4());
  return made;
}

std::vector<float> noise(std::size_t count, float size, unsigned seed) {
  std::mt19937 random{seed};
  std::uniform_real_distribution<float> between{-size, size};
  std::vector<float> made(count);
  for (auto& value : made) value = between(random);
  return made;
}

double distance(const std::vector<float>& one, const std::vector<double>& other) {
  REQUIRE(one.size() == other.size());
  double worst = 0;
  for (std::size_t i = 0; i < one.size(); ++i) worst = std::max(worst, std::abs(one[i] - other[i]));
  return worst;
}

std::vector<double> plain_attention(const std::vector<float>& rows, std::size_t length) {
  const auto at = [&](std::size_t token, std::size_t column) {
    return static_cast<double>(rows[token * 3 * encoder_width + column]);
  };
  std::vector<double> made(length * encoder_width);
  for (std::size_t head = 0; head < encoder_heads; ++head) {
    const auto begin = head * encoder_head_width;
    for (std::size_t i = 0; i < length; ++i) {
      std::vector<double> scores(length);
      for (std::size_t j = 0; j < length; ++j) {
        for (std::size_t d = 0; d < encoder_head_width; ++d) {
          scores[j] += at(i, begin + d) * at(j, encoder_width + begin + d);
        }
      }
      const auto top = *std::ranges::max_element(scores);
      double total = 0;
      for (auto& score : scores) total += score = std::exp(score - top);
      for (std::size_t j = 0; j < length; ++j) {
        for (std::size_t d = 0; d < encoder_head_width; ++d) {
          made[i * encoder_width + begin + d] +=
              scores[j] / total * at(j, 2 * encoder_width + begin + d);
        }
      }
    }
  }
  return made;
}

}  // namespace

TEST_CASE("a kernel's product is the sum of products, for any number of vectors") {
  for (const auto* kernel : kernels()) {
    for (const std::size_t columns : {encoder_columns, encoder_width, encoder_inner_width}) {
      const std::size_t rows = 96;
      const auto weights = noise(rows * columns, 0.1f, 1);
      const auto bias = noise(rows, 1, 2);
      const kernel_matrix matrix{
          *kernel, rows, columns,
          [&](std::size_t row, std::size_t column) { return weights[row * columns + column]; },
          [&](std::size_t row) { return bias[row]; }};
      for (const std::size_t count : {0, 1, 2, 3, 5, 6, 7, 11, 12, 13, 25, 100}) {
        const auto vectors = noise(count * columns, 1, 3);
        std::vector<double> expected(count * rows);
        for (std::size_t v = 0; v < count; ++v) {
          for (std::size_t row = 0; row < rows; ++row) {
            auto& sum = expected[v * rows + row] = bias[row];
            for (std::size_t column = 0; column < columns; ++column) {
              sum += double{weights[row * columns + column]} * vectors[v * columns + column];
            }
          }
        }
        std::vector<float> results(count * rows);
        level_buffer levels{vectors.size(), count};
        matrix.multiply(count, vectors.data(), levels, results.data());
        INFO(kernel->name << ", " << columns << " columns, " << count << " vectors");
        // The sums have a spread of 0.033 * sqrt(columns); levels are some ten-thousandths of them
        // off.
        CHECK(distance(results, expected) < 4e-5 * std::sqrt(double(columns)));
      }
    }
  }
}

TEST_CASE("a kernel's levels are the values, to within half a step") {
  const std::size_t columns = encoder_inner_width;
  auto vectors = noise(3 * columns, 7, 11);
  std::fill_n(vectors.begin() + columns, columns, 0.0f);
  vectors[2 * columns + 5] = -250;  // one that stands out
  for (const auto* kernel : kernels()) {
    std::vector<level> levels(vectors.size());
    std::vector<float> steps(3);
    kernel->quantise(vectors.data(), 3, columns, levels.data(), steps.data());
    INFO(kernel->name);
    CHECK(steps[1] == 0);
    CHECK(levels[2 * columns + 5] == -vector_level_max);
    for (std::size_t i = 0; i < vectors.size(); ++i) {
      const auto step = steps[i / columns];
      CHECK(std::abs(levels[i]) <= vector_level_max);
      CHECK(std::abs(vectors[i] - step * float(levels[i])) <= 0.502f * step);
    }
  }
}

TEST_CASE("sums of levels do not overflow, whatever the values are") {
  const std::size_t rows = 32;
  for (const auto* kernel : kernels()) {
    for (const std::size_t columns : {encoder_columns, encoder_width, encoder_inner_width}) {
      for (const bool is_peaked : {false, true}) {
        // Either all are as large as they can be together, or one alone is.
        const auto value = [&](std::size_t column) {
          return !is_peaked || column == 3 ? 0.7f : 0.01f;
        };
        const kernel_matrix matrix{*kernel, rows, columns,
                                   [&](std::size_t row, std::size_t column) {
                                     return row % 2 == 0 ? value(column) : -value(column);
                                   },
                                   [](std::size_t) { return 0.0f; }};
        const std::vector<float> vector(columns, -30.0f);
        std::vector<float> results(rows);
        level_buffer levels{columns, 1};
        matrix.multiply(1, vector.data(), levels, results.data());
        double sum = 0;
        for (std::size_t i = 0; i < columns; ++i) sum += 30.0 * value(i);
        INFO(kernel->name << ", " << columns << " columns");
        for (std::size_t row = 0; row < rows; ++row) {
          CHECK(results[row] == Approx(row % 2 == 0 ? -sum : sum).epsilon(5e-4));
        }
      }
    }
  }
}

TEST_CASE("a kernel's gelu is that of the formula, far from zero as well") {
  auto given = noise(4'096, 8, 4);
  for (std::size_t i = 0; i < 16; ++i) given[i] = (i % 2 == 0 ? 1.0f : -1.0f) * 40 * float(i);
  std::vector<double> expected;
  for (const double x : given) expected.push_back(x * std::erfc(-x / std::sqrt(2.0)) / 2);
  for (const auto* kernel : kernels()) {
    auto values = given;
    kernel->gelu(values.data(), values.size());
    INFO(kernel->name);
    CHECK(distance(values, expected) < 2e-6);
  }
}

TEST_CASE("a kernel's rows have the mean and the variance that they are given") {
  const std::size_t rows = 3;
  const auto stream = noise(rows * encoder_width, 3, 5);
  const auto added = noise(rows * encoder_width, 2, 6);
  const auto weight = noise(encoder_width, 1, 7);
  const auto bias = noise(encoder_width, 1, 8);
  std::vector<double> expected;
  for (std::size_t row = 0; row < rows; ++row) {
    std::vector<double> sums;
    double mean = 0;
    double variance = 0;
    for (std::size_t i = 0; i < encoder_width; ++i) {
      sums.push_back(double{stream[row * encoder_width + i]} + added[row * encoder_width + i]);
      mean += sums.back() / double{encoder_width};
    }
    for (const auto value : sums) variance += std::pow(value - mean, 2) / double{encoder_width};
    for (std::size_t i = 0; i < encoder_width; ++i) {
      expected.push_back((sums[i] - mean) / std::sqrt(variance) * weight[i] + bias[i]);
    }
  }
  for (const auto* kernel : kernels()) {
    auto values = stream;
    kernel->add_and_normalise(values.data(), added.data(), rows, weight.data(), bias.data());
    INFO(kernel->name);
    CHECK(distance(values, expected) < 1e-5);
  }
}

TEST_CASE("a kernel's tokens look at their whole sentence and at nothing else") {
  for (const auto* kernel : kernels()) {
    for (const std::size_t length : {1, 2, 15, 16, 17, 31, 33, 64, 130}) {
      auto rows = noise(length * 3 * encoder_width, 1.5f, 9);
      const auto expected = plain_attention(rows, length);
      std::vector<float> scratch(kernel->attend_scratch(length));
      std::vector<float> attended(length * encoder_width);
      // What lies behind the sentence is another one's.
      rows.resize(rows.size() + 64 * 3 * encoder_width, 1e30f);
      kernel->attend(rows.data(), length, attended.data(), scratch.data());
      INFO(kernel->name << ", " << length << " tokens");
      CHECK(distance(attended, expected) < 2e-5);
    }
  }
}

TEST_CASE("a score far below the others makes no denormal numbers and no infinity") {
  const std::size_t length = 20;
  auto rows = noise(length * 3 * encoder_width, 1, 10);
  for (std::size_t i = 0; i < encoder_width; ++i) rows[encoder_width + i] = 100;
  for (auto& value : rows) value *= 10;
  for (const auto* kernel : kernels()) {
    std::vector<float> scratch(kernel->attend_scratch(length));
    std::vector<float> attended(length * encoder_width);
    kernel->attend(rows.data(), length, attended.data(), scratch.data());
    INFO(kernel->name);
    CHECK(std::ranges::all_of(attended, [](float x) { return x == 0 || std::isnormal(x); }));
  }
}

TEST_CASE("kernels of different processors read the same meaning from a sentence") {
  if (!has_v4()) return;
  const auto file = weights_file::read(DHR_DEPS_DIR "/models/emotion/emotion.weights").value();
  const auto narrow = sentence_encoder::take(file, &encoder_kernel_v3()).value();
  const auto wide = sentence_encoder::take(file, &encoder_kernel_v4()).value();
  std::vector<std::vector<token_id>> sentences;
  for (token_id length = 1; length < 70; length += 4) {
    auto& sentence = sentences.emplace_back();
    for (token_id i = 0; i < length; ++i) sentence.push_back(1'000 + (i * 977 + length) % 20'000);
  }
  const auto one = narrow->encode(sentences).value();
  const auto other = wide->encode(sentences).value();
  REQUIRE(one.size() == other.size());
  double apart = 0;
  double size = 0;
  for (std::size_t i = 0; i < one.size(); ++i) {
    apart += std::pow(one[i] - other[i], 2);
    size += std::pow(one[i], 2);
  }
  // Sums of floats in another order turn a few values to the level beside theirs.
  CHECK(std::sqrt(apart / size) < 1e-3);
}
