#pragma once
// Batches for the tests of the kernels, the same every time, and the memory that they lie in.

#include <cstdint>
#include <random>
#include <vector>

#include "gpu/kernels/sentence_kernels.hpp"

namespace dhr::kernels::testing {

inline float widened(float value) { return value; }
inline float widened(half value) { return to_float(value); }

inline void narrow(float value, float& to) { to = value; }
inline void narrow(float value, half& to) { to = to_half(value); }

template <class T>
std::vector<T> values(std::size_t count, std::uint32_t seed, float spread = 1) {
  std::mt19937 numbers{seed};
  std::vector<T> made(count);
  for (auto& value : made) {
    // The library's distributions differ between libraries.
    const auto even = static_cast<float>(numbers()) / 4294967296.0f;
    narrow((2 * even - 1) * spread, value);
  }
  return made;
}

template <class T>
std::vector<float> widened(const std::vector<T>& values) {
  std::vector<float> made;
  made.reserve(values.size());
  for (const auto value : values) made.push_back(widened(value));
  return made;
}

// Sentences of all lengths from one token to a full row.
inline std::vector<std::int32_t> lengths(std::size_t rows, std::size_t length) {
  std::vector<std::int32_t> made;
  for (std::size_t row = 0; row < rows; ++row) {
    made.push_back(static_cast<std::int32_t>(1 + (row * 7 + length - 1) % length));
  }
  return made;
}

inline std::vector<std::int32_t> ids(std::size_t count, std::size_t vocabulary) {
  std::mt19937 numbers{5};
  std::vector<std::int32_t> made(count);
  for (auto& id : made) id = static_cast<std::int32_t>(numbers() % vocabulary);
  return made;
}

}  // namespace dhr::kernels::testing
