// The source of the encoder's kernels; see encoder_kernel.hpp. Included by one file for each kind
// of processor, hence no #pragma once and nothing with linkage: DHR_KERNEL_FLOATS is the number of
// floats of a vector register, DHR_KERNEL_VECTORS how many vectors a tile of the product has.

#include "gpu/nets/encoder_kernel.hpp"

namespace dhr::nets {
namespace {

constexpr std::size_t lanes = DHR_KERNEL_FLOATS;
constexpr int tile_vectors = DHR_KERNEL_VECTORS;
constexpr std::size_t block = 2 * lanes;

typedef float floats __attribute__((vector_size(lanes * sizeof(float))));
typedef int ints __attribute__((vector_size(lanes * sizeof(int))));
typedef float loose_floats
    __attribute__((vector_size(lanes * sizeof(float)), aligned(sizeof(float)), may_alias));

inline floats load(const float* from) { return *reinterpret_cast<const loose_floats*>(from); }
inline void store(float* to, floats value) { *reinterpret_cast<loose_floats*>(to) = value; }
inline floats all(float value) { return value - floats{}; }
inline floats larger(floats a, floats b) { return a > b ? a : b; }
inline floats smaller(floats a, floats b) { return a < b ? a : b; }

inline float sum(floats of) {
  float total = 0;
  for (std::size_t i = 0; i < lanes; ++i) total += of[i];
  return total;
}

inline float largest(floats of) {
  float found = of[0];
  for (std::size_t i = 1; i < lanes; ++i) found = of[i] > found ? of[i] : found;
  return found;
}

inline float square_root(float of) { return __builtin_sqrtf(of); }

// ---- product
//
// A tile is a block of the matrix times tile_vectors vectors: two registers of sums for each of
// them leave just enough registers for what is added, and are enough to hide how long an addition
// takes.

struct tile {
  const float* weights;
  std::size_t column_stride;
  std::size_t columns;
  const float* bias;
  const float* vectors;
  std::size_t vector_stride;
  float* results;
  std::size_t result_stride;
};

// With a Stride the vectors' places are constants of the instructions; 0 stands for any.
template <int Vectors, std::size_t Stride>
inline void multiply_tile(const tile& of) {
  const std::size_t stride = Stride == 0 ? of.vector_stride : Stride;
  const std::size_t column_stride = of.column_stride;
  floats sums[Vectors][2];
#pragma GCC unroll 16
  for (int v = 0; v < Vectors; ++v) {
    sums[v][0] = load(of.bias);
    sums[v][1] = load(of.bias + lanes);
  }
  const float* weights = of.weights;
  const float* vector = of.vectors;
  const float* const end = vector + of.columns;
  for (; vector != end; ++vector, weights += column_stride) {
    const floats first = load(weights);
    const floats second = load(weights + lanes);
#pragma GCC unroll 16
    for (int v = 0; v < Vectors; ++v) {
      const floats value = all(vector[static_cast<std::size_t>(v) * stride]);
      sums[v][0] += first * value;
      sums[v][1] += second * value;
    }
  }
#pragma GCC unroll 16
  for (int v = 0; v < Vectors; ++v) {
    float* result = of.results + static_cast<std::size_t>(v) * of.result_stride;
    store(result, sums[v][0]);
    store(result + lanes, sums[v][1]);
  }
}

template <int Vectors, std::size_t Stride>
void multiply_tiles(int vectors, const tile& of) {
  if (vectors == Vectors) {
    multiply_tile<Vectors, Stride>(of);
  } else if constexpr (Vectors > 1) {
    multiply_tiles<Vectors - 1, Stride>(vectors, of);
  }
}

// Tiles of like size, since one of few vectors takes as long as one of more.
template <std::size_t Stride>
void multiply_block(tile of, std::size_t count) {
  for (std::size_t tiles = (count + tile_vectors - 1) / tile_vectors; tiles > 0; --tiles) {
    const auto size = (count + tiles - 1) / tiles;
    multiply_tiles<tile_vectors, Stride>(static_cast<int>(size), of);
    of.vectors += size * of.vector_stride;
    of.results += size * of.result_stride;
    count -= size;
  }
}

// So many values of the vectors stay in the second-level cache while a block passes over them.
constexpr std::size_t vector_values_max = 128 * 1'024;

template <std::size_t Stride>
void multiply_all(const packed_rows& matrix, std::size_t count, vectors_in vectors,
                  vectors_out results) {
  const auto chunk_max = vector_values_max / matrix.columns;
  while (count > 0) {
    const auto chunk = count < chunk_max ? count : chunk_max;
    for (std::size_t b = 0; b < matrix.blocks; ++b) {
      multiply_block<Stride>({matrix.weights + b * matrix.columns * block, block, matrix.columns,
                              matrix.bias + b * block, vectors.values, vectors.stride,
                              results.values + b * block, results.stride},
                             chunk);
    }
    vectors.values += chunk * vectors.stride;
    results.values += chunk * results.stride;
    count -= chunk;
  }
}

void multiply(const packed_rows& matrix, std::size_t count, vectors_in vectors,
              vectors_out results) {
  if (vectors.stride == encoder_width) {
    multiply_all<encoder_width>(matrix, count, vectors, results);
  } else if (vectors.stride == encoder_inner_width) {
    multiply_all<encoder_inner_width>(matrix, count, vectors, results);
  } else {
    multiply_all<0>(matrix, count, vectors, results);
  }
}

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
// going on would make denormal numbers, which slow down the matrix product after it many times.
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
