#include "gpu/kernels/half.hpp"

#include <bit>

namespace dhr::kernels {

__extension__ using compilers_half = _Float16;

float to_float(half value) noexcept {
  return static_cast<float>(std::bit_cast<compilers_half>(value.bits));
}

half to_half(float value) noexcept {
  return {std::bit_cast<std::uint16_t>(static_cast<compilers_half>(value))};
}

}  // namespace dhr::kernels
