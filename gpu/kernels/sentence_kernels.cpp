#include "gpu/kernels/sentence_kernels.hpp"

#include <array>
#include <cmath>
#include <limits>

namespace dhr::kernels::twin {
namespace {

using token = std::array<float, width>;

float loaded(float value) { return value; }
float loaded(half value) { return to_float(value); }

void store(float value, float& to) { to = value; }
void store(float value, half& to) { to = to_half(value); }

template <class T>
void store_normalised(const token& values, const norm_weights& by, T* to) {
  float sum = 0;
  for (const auto value : values) sum += value;
  const auto mean = sum / static_cast<float>(width);
  float squares = 0;
  for (const auto value : values) squares += (value - mean) * (value - mean);
  const auto factor = 1 / std::sqrt(squares / static_cast<float>(width) + variance_min);
  for (std::size_t i = 0; i < width; ++i) {
    store((values[i] - mean) * factor * by.scale[i] + by.shift[i], to[i]);
  }
}

}  // namespace

template <class T>
void run(const embedding<T>& work) {
  token values{};
  for (std::size_t at = 0; at < work.rows * work.length; ++at) {
    const auto position = at % work.length;
    const T* word = work.words + static_cast<std::size_t>(work.ids[at]) * width;
    const T* place = work.positions + position * width;
    for (std::size_t i = 0; i < width; ++i) values[i] = loaded(word[i]) + loaded(place[i]);
    store_normalised(values, work.norm, work.values + at * width);
    const auto own = static_cast<std::size_t>(work.lengths[at / work.length]);
    store(position < own ? 0 : -std::numeric_limits<float>::infinity(), work.mask[at]);
  }
}

template <class T>
void run(const residual_norm<T>& work) {
  token sums{};
  for (std::size_t at = 0; at < work.tokens; ++at) {
    T* values = work.values + at * width;
    const T* added = work.added + at * width;
    for (std::size_t i = 0; i < width; ++i) {
      sums[i] = loaded(values[i]) + loaded(added[i]) + work.bias[i];
    }
    store_normalised(sums, work.norm, values);
  }
}

template <class T>
void run(const bias_gelu<T>& work) {
  for (std::size_t at = 0; at < work.tokens; ++at) {
    for (std::size_t i = 0; i < work.inner_width; ++i) {
      T& value = work.values[at * work.inner_width + i];
      const auto biased = loaded(value) + work.bias[i];
      store(0.5f * biased * (1 + std::erf(biased * 0.70710678f)), value);
    }
  }
}

template <class T>
void run(const masked_mean<T>& work) {
  for (std::size_t row = 0; row < work.rows; ++row) {
    token sums{};
    for (std::int32_t at = 0; at < work.lengths[row]; ++at) {
      const T* values = work.values + (row * work.length + static_cast<std::size_t>(at)) * width;
      for (std::size_t i = 0; i < width; ++i) sums[i] += loaded(values[i]);
    }
    for (std::size_t i = 0; i < width; ++i) {
      work.means[row * width + i] = sums[i] / static_cast<float>(work.lengths[row]);
    }
  }
}

template void run(const embedding<float>&);
template void run(const embedding<half>&);
template void run(const residual_norm<float>&);
template void run(const residual_norm<half>&);
template void run(const bias_gelu<float>&);
template void run(const bias_gelu<half>&);
template void run(const masked_mean<float>&);
template void run(const masked_mean<half>&);

}  // namespace dhr::kernels::twin
