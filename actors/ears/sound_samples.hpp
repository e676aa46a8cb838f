#pragma once
// Samples as bytes of int16 little endian and as floats in [-1, 1].

#include <span>
#include <vector>

#include "runtime/base/shared_bytes.hpp"

namespace dhr {

[[nodiscard]] std::vector<float> to_float(const shared_bytes& pcm);
// What lies outside [-1, 1] is clipped.
void append_int16(std::span<const float> samples, std::vector<std::int16_t>& out);

}  // namespace dhr
