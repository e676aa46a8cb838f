#pragma once
// The loops in which the sentence encoder spends its time, compiled for several kinds of
// processors; the best one that this processor has is chosen when a net is loaded. Inside the room
// only.
//
// All of them are one source (encoder_loops.hpp and the two products that it includes), so that they
// differ in the width of a vector and in the instruction that multiplies levels. No file that is
// compiled for more than x86-64-v3 includes a header with inline functions, but for the compiler's
// own intrinsics, which are never emitted as functions: the linker keeps one copy of each, and it
// could be the one that this processor lacks the instructions for.

#include <cstddef>
#include <cstdint>

namespace dhr::nets {

inline constexpr std::size_t encoder_width = 384;
inline constexpr std::size_t encoder_inner_width = 4 * encoder_width;
inline constexpr std::size_t encoder_heads = 12;
inline constexpr std::size_t encoder_head_width = encoder_width / encoder_heads;

// The products are of whole numbers, which go through twice as fast as floats and take half of the
// memory: a row is its levels times its step, a vector likewise. Sums of sum_columns columns are
// exact; for they stay within 32 bits, the levels of a row may have row_sum_max together in each of
// these parts, whatever their signs.
using level = std::int16_t;
inline constexpr int vector_level_max = 16'383;
inline constexpr int row_level_max = 32'767;
inline constexpr int row_sum_max = 0x7fffffff / vector_level_max;
inline constexpr std::size_t sum_columns = 64;

// Blocks of `encoder_kernel::block` rows of a matrix one after another; in a block pair after pair
// of columns, and of a pair both levels of a row together. The weights should begin at a multiple
// of 64 bytes.
struct packed_rows {
  const level* weights;
  const float* steps;  // of each row
  const float* bias;   // of each row
  std::size_t blocks;
  std::size_t columns;  // a multiple of encoder_columns
};
inline constexpr std::size_t encoder_columns = 16;

// Vectors one after another.
struct quantised_vectors {
  const level* values;
  const float* steps;  // of each vector
};

// None of these functions writes past what it is given, and none reads uninitialised values.
struct encoder_kernel {
  const char* name;
  std::size_t block;

  // Each vector to levels of at most vector_level_max, its greatest value to that one. What is not
  // a number becomes some level. `columns`,
  // the size of a vector, is a multiple of encoder_columns.
  void (*quantise)(const float* vectors, std::size_t count, std::size_t columns, level* values,
                   float* steps);
  // results[v] = matrix * vectors[v] + bias, for each v < count; a result has blocks * block
  // values and overlaps no vector.
  void (*multiply)(const packed_rows& matrix, std::size_t count, quantised_vectors vectors,
                   float* results);
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
// For x86-64-v4 with VNNI (AVX-512 and its products of whole numbers); may be called where the
// processor has them.
[[nodiscard]] const encoder_kernel& encoder_kernel_v4();

[[nodiscard]] bool has_v4();
[[nodiscard]] const encoder_kernel& best_encoder_kernel();

}  // namespace dhr::nets
