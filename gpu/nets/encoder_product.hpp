#pragma once
// The vector registers of the encoder's kernels and their product of floats; see
// encoder_kernel.hpp. Included through encoder_loops.hpp alone, once for each kind of processor,
// hence nothing with linkage: DHR_KERNEL_FLOATS is the number of floats of a vector register,
// DHR_KERNEL_VECTORS how many vectors a tile of a product has.

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

}  // namespace
}  // namespace dhr::nets
