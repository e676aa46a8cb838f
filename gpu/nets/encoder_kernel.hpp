#pragma once
// The loops in which the sentence encoder spends its time, compiled for several kinds of
// processors; the best one that this processor has is chosen when a net is loaded. Inside the room
// only.
//
// All of them are one source, encoder_loops.hpp and encoder_product.hpp, so that they differ in the
// width of a vector and in nothing else. No file that is compiled for more than x86-64-v3 includes
// a header with inline functions: the linker keeps one copy of each, and it could be the one that
// this processor lacks the instructions for.

#include <cstddef>

namespace dhr::nets {

inline constexpr std::size_t encoder_width = 384;
inline constexpr std::size_t encoder_inner_width = 4 * encoder_width;
inline constexpr std::size_t encoder_heads = 12;
inline constexpr std::size_t encoder_head_width = encoder_width / encoder_heads;

// Blocks of `encoder_kernel::block` rows of a matrix one after another; in a block column after
// column. The weights should begin at a multiple of 64 bytes.
struct packed_rows {
  const float* weights;
  const float* bias;  // of each row
  std::size_t blocks;
  std::size_t columns;
};

// Vectors of equal size, each `stride` values after the one before.
struct vectors_in {
  const float* values;
  std::size_t stride;
};
struct vectors_out {
  float* values;
  std::size_t stride;
};

// None of these functions writes past what it is given, and none reads uninitialised values.
struct encoder_kernel {
  const char* name;
  std::size_t block;

  // results[v] = matrix * vectors[v] + bias, for each v < count; a result has blocks * block
  // values and overlaps no vector.
  void (*multiply)(const packed_rows& matrix, std::size_t count, vectors_in vectors,
                   vectors_out results);
  // Each x becomes x * (1 + erf(x / sqrt(2))) / 2, within 3e-7 of max(1, |x|). `count` is a
  // multiple of 16.
  void (*gelu)(float* values, std::size_t count);
  // Rows of encoder_width values: stream += added, then to mean 0 and variance 1, times weight plus
  // bias.
  void (*add_and_normalise)(float* stream, const float* added, std::size_t rows,
                            const float* weight, const float* bias);
  // One sentence: rows of queries (already scaled), keys and values, 3 * encoder_width together;
  // what each token gathers from all of them, rows of encoder_width. `scratch` has
  // attend_scratch(length) values.
  void (*attend)(const float* query_key_value, std::size_t length, float* attended, float* scratch);
  std::size_t (*attend_scratch)(std::size_t length);
};

// For x86-64-v3 (AVX2 and FMA), which the program needs anyhow.
[[nodiscard]] const encoder_kernel& encoder_kernel_v3();
// For x86-64-v4 (AVX-512); may be called where the processor has it.
[[nodiscard]] const encoder_kernel& encoder_kernel_v4();

[[nodiscard]] bool has_v4();
[[nodiscard]] const encoder_kernel& best_encoder_kernel();

}  // namespace dhr::nets
