#pragma once
// The steps of a sentence encoder (BERT, 384 values wide) that are not matrix products, each as one
// pass over the values: a card spends more time on starting small operations than on doing them.
//
// Every step exists twice. `twin` is plain C++ and the measure of the other; `card` is CUDA, there
// in builds with DHR_CUDA. Both take the same struct, whose pointers are theirs: of the host for
// `twin`, of the current card for `card`, aligned to 16 bytes. T is float or half; sums are made in
// float, and rounded when they are stored.
//
// A batch is `rows` sentences of `length` tokens, of which the first lengths[row], at least one,
// are the sentence's and the rest is padding. Values lie token after token, row after row.

#include <cstddef>
#include <cstdint>

#include "gpu/kernels/half.hpp"

namespace dhr::kernels {

inline constexpr std::size_t width = 384;
inline constexpr float variance_min = 1e-12f;  // that a normalisation divides by

// (x - mean) / sqrt(variance) * scale + shift, over the values of a token.
struct norm_weights {
  const float* scale;  // [width]
  const float* shift;  // [width]
};

// Ids to values: word + position, normalised. And what attention adds to its scores for a token:
// nothing, or minus infinity for padding.
template <class T>
struct embedding {
  std::size_t rows;
  std::size_t length;
  const std::int32_t* ids;      // [rows, length], of the vocabulary, padding too
  const std::int32_t* lengths;  // [rows]
  const T* words;               // [vocabulary, width]
  const T* positions;           // [length or more, width]
  norm_weights norm;
  T* values;  // out: [rows, length, width]
  T* mask;    // out: [rows, length]
};

// values = norm(values + added + bias): the end of both halves of a layer.
template <class T>
struct residual_norm {
  std::size_t tokens;
  const T* added;     // [tokens, width]
  const float* bias;  // [width]
  norm_weights norm;
  T* values;  // in and out: [tokens, width]
};

// x -> y * (1 + erf(y / sqrt(2))) / 2 with y = x + bias.
template <class T>
struct bias_gelu {
  std::size_t tokens;
  std::size_t inner_width;  // a multiple of 4
  const float* bias;        // [inner_width]
  T* values;                // in and out: [tokens, inner_width]
};

// The mean over a sentence's own tokens.
template <class T>
struct masked_mean {
  std::size_t rows;
  std::size_t length;
  const std::int32_t* lengths;  // [rows]
  const T* values;              // [rows, length, width]
  float* means;                 // out: [rows, width]
};

namespace twin {

// Blocks the calling thread until it is done. Any thread.
template <class T>
void run(const embedding<T>& work);
template <class T>
void run(const residual_norm<T>& work);
template <class T>
void run(const bias_gelu<T>& work);
template <class T>
void run(const masked_mean<T>& work);

}  // namespace twin

namespace card {

// Starts the work on the stream (a cudaStream_t) of the current card and returns; it can be
// captured into a graph. The answer is a cudaError_t: 0, or why it did not start.
template <class T>
[[nodiscard]] int run(const embedding<T>& work, void* stream);
template <class T>
[[nodiscard]] int run(const residual_norm<T>& work, void* stream);
template <class T>
[[nodiscard]] int run(const bias_gelu<T>& work, void* stream);
template <class T>
[[nodiscard]] int run(const masked_mean<T>& work, void* stream);

}  // namespace card
}  // namespace dhr::kernels
