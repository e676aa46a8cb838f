#pragma once
// The source of the encoder's kernels; see encoder_kernel.hpp. Included by one file for each kind
// of processor and by nothing else, hence nothing with linkage; what differs between them is said
// in encoder_product.hpp and encoder_level_product.hpp.

#include "gpu/nets/encoder_kernel.hpp"
#include "gpu/nets/encoder_level_product.hpp"
#include "gpu/nets/encoder_product.hpp"

namespace dhr::nets {
namespace {

// ---- functions of single values

// e^x for -87 < x < 87, within 2e-7 of itself: 2^n * e^r with |r| < 0.35, e^r by its series
// (adjusted for the interval; the coefficients of Cephes' expf).
inline floats exponential(floats x) {
  const floats shift = all(12'582'912.0f);  // 1.5 * 2^23: a sum with it is a whole number
  const floats shifted = x * 1.44269504f + shift;
  const floats n = shifted - shift;
  const floats r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
  const floats series = ((((((1.9875691500e-4f * r + 1.3981999507e-3f) * r + 8.3334519073e-3f) * r +
                            4.1665795894e-2f) *
                               r +
                           1.6666665459e-1f) *
                              r +
                          5.0000001201e-1f) *
                         r * r) +
                        r + 1.0f;
  const ints power = (reinterpret_cast<ints>(shifted) - reinterpret_cast<ints>(shift)) << 23;
  return reinterpret_cast<floats>(reinterpret_cast<ints>(series) + power);
}

// erf(|z|) = 1 - polynomial(1 / (1 + p |z|)) * exp(-z * z), off by 1.5e-7 at most: formula 7.1.26
// of Abramowitz and Stegun, Handbook of Mathematical Functions. Past 6 it is 1 to the last bit;
// going on would make denormal numbers, which take many times as long.
inline floats gelu_of(floats x) {
  const floats size = larger(x, -x);
  const floats z = smaller(size * 0.70710678f, all(6.0f));
  const floats t = 1.0f / (1.0f + 0.3275911f * z);
  const floats rest =
      ((((1.061405429f * t - 1.453152027f) * t + 1.421413741f) * t - 0.284496736f) * t +
       0.254829592f) *
      t * exponential(-z * z);
  // x * (1 + erf) / 2 is x - x * rest / 2 right of zero and x * rest / 2 left of it.
  return larger(x, floats{}) - 0.5f * size * rest;
}

void gelu(float* values, std::size_t count) {
  for (std::size_t i = 0; i < count; i += lanes) store(values + i, gelu_of(load(values + i)));
}

void add_and_normalise(float* stream, const float* added, std::size_t rows, const float* weight,
                       const float* bias) {
  constexpr float variance_min = 1e-12f;
  constexpr std::size_t registers = encoder_width / lanes;
  constexpr float size = encoder_width;
  for (; rows > 0; --rows, stream += encoder_width, added += encoder_width) {
    floats total = {};
    for (std::size_t i = 0; i < registers; ++i) {
      const floats value = load(stream + i * lanes) + load(added + i * lanes);
      store(stream + i * lanes, value);
      total += value;
    }
    const floats mean = all(sum(total) / size);
    floats squares = {};
    for (std::size_t i = 0; i < registers; ++i) {
      const floats apart = load(stream + i * lanes) - mean;
      squares += apart * apart;
    }
    const floats scale = all(1 / square_root(sum(squares) / size + variance_min));
    for (std::size_t i = 0; i < registers; ++i) {
      const floats apart = load(stream + i * lanes) - mean;
      store(stream + i * lanes, apart * scale * load(weight + i * lanes) + load(bias + i * lanes));
    }
  }
}

// ---- attention

constexpr std::size_t rounded_up(std::size_t length) {
  return (length + block - 1) / block * block;
}

// The keys of a head in blocks, the bias of their products, and the scores of a tile of queries.
std::size_t attend_scratch(std::size_t length) {
  return rounded_up(length) * (encoder_head_width + 1 + tile_vectors);
}

// Each row becomes exp(x - largest) / sum. Below e^-60 would be numbers that slow the product after
// it down and add nothing to it.
inline void softmax(float* row, std::size_t size) {
  floats most = load(row);
  for (std::size_t i = lanes; i < size; i += lanes) most = larger(most, load(row + i));
  const floats top = all(largest(most));
  floats total = {};
  for (std::size_t i = 0; i < size; i += lanes) {
    const floats value = exponential(larger(load(row + i) - top, all(-60.0f)));
    store(row + i, value);
    total += value;
  }
  const floats scale = all(1 / sum(total));
  for (std::size_t i = 0; i < size; i += lanes) store(row + i, load(row + i) * scale);
}

constexpr float nowhere = -1e30f;  // the score of a key that only fills a block

// The head's keys as packed rows, from rows of 3 * encoder_width.
inline void pack_keys(const float* keys, std::size_t length, float* packed) {
  const auto padded = rounded_up(length);
  for (std::size_t key = 0; key < padded; ++key) {
    float* to = packed + key / block * block * encoder_head_width + key % block;
    const float* from = keys + key * 3 * encoder_width;
    for (std::size_t i = 0; i < encoder_head_width; ++i) {
      to[i * block] = key < length ? from[i] : 0.0f;
    }
  }
}

void attend(const float* query_key_value, std::size_t length, float* attended, float* scratch) {
  constexpr std::size_t row = 3 * encoder_width;
  alignas(64) static constexpr float no_bias[block] = {};
  const auto padded = rounded_up(length);
  float* const keys = scratch;
  float* const bias = keys + padded * encoder_head_width;
  float* const scores = bias + padded;
  for (std::size_t key = 0; key < padded; ++key) bias[key] = key < length ? 0.0f : nowhere;

  for (std::size_t head = 0; head < encoder_heads; ++head) {
    const float* const queries = query_key_value + head * encoder_head_width;
    const float* const values = queries + 2 * encoder_width;
    pack_keys(queries + encoder_width, length, keys);
    for (std::size_t first = 0; first < length; first += tile_vectors) {
      const auto left = length - first;
      const auto count = left < tile_vectors ? left : std::size_t{tile_vectors};
      for (std::size_t key = 0; key < padded; key += block) {
        multiply_tiles<tile_vectors, row>(
            static_cast<int>(count),
            {keys + key * encoder_head_width, block, encoder_head_width, bias + key,
             queries + first * row, row, scores + key, padded});
      }
      for (std::size_t i = 0; i < count; ++i) softmax(scores + i * padded, padded);
      float* const results = attended + first * encoder_width + head * encoder_head_width;
      for (std::size_t part = 0; part < encoder_head_width; part += block) {
        multiply_tiles<tile_vectors, 0>(
            static_cast<int>(count),
            {values + part, row, length, no_bias, scores, padded, results + part, encoder_width});
      }
    }
  }
}

}  // namespace
}  // namespace dhr::nets
