#pragma once
// Elementwise functions of the nets. Inside the room only.

#include <span>

namespace dhr::nets {

// Replaces each x by x * (1 + erf(x / sqrt(2))) / 2. Within 2e-7 of |x|.
void gelu(std::span<float> values);

}  // namespace dhr::nets
