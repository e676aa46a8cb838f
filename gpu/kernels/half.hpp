#pragma once
// The 16 bits of a half precision number (IEEE 754 binary16), for code that is compiled without
// CUDA's and torch's own types. Pure; any thread. C++17, for nvcc.

#include <cstdint>

namespace dhr::kernels {

struct half {
  std::uint16_t bits = 0;
};

[[nodiscard]] float to_float(half value) noexcept;

// To the nearest, ties to even; above 65504 it is infinity.
[[nodiscard]] half to_half(float value) noexcept;

}  // namespace dhr::kernels
