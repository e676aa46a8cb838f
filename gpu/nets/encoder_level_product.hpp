#pragma once
// The product of levels of the encoder's kernels; see encoder_kernel.hpp and encoder_product.hpp.

#include <immintrin.h>  // its functions are never emitted as such, so it may be included here

#include "gpu/nets/encoder_kernel.hpp"
#include "gpu/nets/encoder_product.hpp"

namespace dhr::nets {
namespace {

typedef short levels __attribute__((vector_size(lanes * sizeof(short))));
typedef short loose_levels
    __attribute__((vector_size(lanes * sizeof(short)), aligned(sizeof(short)), may_alias));
typedef int loose_ints
    __attribute__((vector_size(lanes * sizeof(int)), aligned(sizeof(short)), may_alias));

inline ints load_pairs(const level* from) { return *reinterpret_cast<const loose_ints*>(from); }

inline ints all_pair(const level* from) {
  int pair;
  __builtin_memcpy(&pair, from, sizeof pair);
  return pair - ints{};
}

// Each lane: the sum, and the products of its two levels.
inline ints add_products(ints sums, ints a, ints b) {
#if DHR_KERNEL_FLOATS == 8
  return sums + reinterpret_cast<ints>(
                    _mm256_madd_epi16(reinterpret_cast<__m256i>(a), reinterpret_cast<__m256i>(b)));
#else
  return reinterpret_cast<ints>(_mm512_dpwssd_epi32(
      reinterpret_cast<__m512i>(sums), reinterpret_cast<__m512i>(a), reinterpret_cast<__m512i>(b)));
#endif
}

void quantise(const float* vectors, std::size_t count, std::size_t columns, level* values,
              float* steps) {
  const floats shift = all(12'582'912.0f);  // 1.5 * 2^23: a sum with it is a whole number
  for (std::size_t v = 0; v < count; ++v, vectors += columns, values += columns) {
    floats most = {};
    for (std::size_t i = 0; i < columns; i += lanes) {
      const floats value = load(vectors + i);
      most = larger(most, larger(value, -value));
    }
    const float size = largest(most);
    // Below this a step would have no inverse; nothing so small is worth a level.
    const bool is_zero = !(size > 1e-30f);
    steps[v] = is_zero ? 0.0f : size / vector_level_max;
    const float inverse = is_zero ? 0.0f : vector_level_max / size;
    for (std::size_t i = 0; i < columns; i += lanes) {
      const floats shifted = load(vectors + i) * inverse + shift;
      const ints whole = reinterpret_cast<ints>(shifted) - reinterpret_cast<ints>(shift);
      *reinterpret_cast<loose_levels*>(values + i) = __builtin_convertvector(whole, levels);
    }
  }
}

struct level_tile {
  const level* weights;
  const float* row_steps;
  const float* bias;
  const level* vectors;
  const float* vector_steps;
  float* results;
};

struct level_sizes {
  std::size_t columns;
  std::size_t rows;   // of the whole matrix, which is how far results are apart
  std::size_t ahead;  // how far behind these weights those are that are needed next
};

// Adds the products of these columns to the results, or begins them with the bias.
template <int Vectors, std::size_t Columns>
inline void multiply_part(const level_tile& of, const level_sizes& sizes, std::size_t first_column,
                          std::size_t count) {
  const std::size_t columns = Columns == 0 ? sizes.columns : Columns;
  ints sums[Vectors][2] = {};
  const level* weights = of.weights + first_column * block;
  const level* vector = of.vectors + first_column;
  const level* const end = vector + count;
  for (; vector != end; vector += 2, weights += 2 * block) {
    // The processor's own foresight ends with a page, which are few pairs.
    for (std::size_t line = 0; line < 2 * block; line += 32) {
      __builtin_prefetch(weights + sizes.ahead + line, 0, 2);
    }
    const ints first = load_pairs(weights);
    const ints second = load_pairs(weights + block);
#pragma GCC unroll 16
    for (int v = 0; v < Vectors; ++v) {
      const ints pair = all_pair(vector + static_cast<std::size_t>(v) * columns);
      sums[v][0] = add_products(sums[v][0], first, pair);
      sums[v][1] = add_products(sums[v][1], second, pair);
    }
  }
#pragma GCC unroll 16
  for (int v = 0; v < Vectors; ++v) {
    float* result = of.results + static_cast<std::size_t>(v) * sizes.rows;
    const float* before = first_column == 0 ? of.bias : result;
    for (std::size_t half = 0; half < 2; ++half) {
      const floats sum = __builtin_convertvector(sums[v][half], floats);
      const floats step = load(of.row_steps + half * lanes) * of.vector_steps[v];
      store(result + half * lanes, sum * step + load(before + half * lanes));
    }
  }
}

template <int Vectors, std::size_t Columns>
inline void multiply_level_tile(const level_tile& of, const level_sizes& sizes) {
  const std::size_t columns = Columns == 0 ? sizes.columns : Columns;
  for (std::size_t first = 0; first < columns; first += sum_columns) {
    const auto left = columns - first;
    multiply_part<Vectors, Columns>(of, sizes, first, left < sum_columns ? left : sum_columns);
  }
}

template <int Vectors, std::size_t Columns>
void multiply_level_tiles(int vectors, const level_tile& of, const level_sizes& sizes) {
  if (vectors == Vectors) {
    multiply_level_tile<Vectors, Columns>(of, sizes);
  } else if constexpr (Vectors > 1) {
    multiply_level_tiles<Vectors - 1, Columns>(vectors, of, sizes);
  }
}

// Tiles of like size, since one of few vectors takes as long as one of more.
template <std::size_t Columns>
void multiply_block(level_tile of, std::size_t count, const level_sizes& sizes) {
  for (std::size_t tiles = (count + tile_vectors - 1) / tile_vectors; tiles > 0; --tiles) {
    const auto size = (count + tiles - 1) / tiles;
    multiply_level_tiles<tile_vectors, Columns>(static_cast<int>(size), of, sizes);
    of.vectors += size * sizes.columns;
    of.vector_steps += size;
    of.results += size * sizes.rows;
    count -= size;
  }
}

// So many values of the vectors stay in the second-level cache while a block passes over them.
constexpr std::size_t vector_values_max = 128 * 1'024;

template <std::size_t Columns>
void multiply_all(const packed_rows& matrix, std::size_t count, quantised_vectors vectors,
                  float* results) {
  const level_sizes sizes{matrix.columns, matrix.blocks * block, matrix.columns * block};
  const auto chunk_max = vector_values_max / matrix.columns;
  while (count > 0) {
    const auto chunk = count < chunk_max ? count : chunk_max;
    for (std::size_t b = 0; b < matrix.blocks; ++b) {
      multiply_block<Columns>(
          {matrix.weights + b * matrix.columns * block, matrix.steps + b * block,
           matrix.bias + b * block, vectors.values, vectors.steps, results + b * block},
          chunk, sizes);
    }
    vectors.values += chunk * sizes.columns;
    vectors.steps += chunk;
    results += chunk * sizes.rows;
    count -= chunk;
  }
}

void multiply(const packed_rows& matrix, std::size_t count, quantised_vectors vectors,
              float* results) {
  if (matrix.columns == encoder_width) {
    multiply_all<encoder_width>(matrix, count, vectors, results);
  } else if (matrix.columns == encoder_inner_width) {
    multiply_all<encoder_inner_width>(matrix, count, vectors, results);
  } else {
    multiply_all<0>(matrix, count, vectors, results);
  }
}

}  // namespace
}  // namespace dhr::nets
