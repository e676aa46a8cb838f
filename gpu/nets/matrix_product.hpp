#pragma once
// The one place that multiplies large matrices. Inside the room only.

#include <cstddef>

namespace dhr::nets {

// Rows of floats, each `stride` values after the one before; nothing is owned. Rows may overlap
// where they are only read.
template <class Value>
struct row_view {
  Value* values;
  std::ptrdiff_t rows;
  std::ptrdiff_t columns;
  std::ptrdiff_t stride;
};

// result = left * right; result overlaps neither.
void multiply(row_view<const float> left, row_view<const float> right, row_view<float> result);

// result = left * right transposed; result overlaps neither.
void multiply_transposed(row_view<const float> left, row_view<const float> right,
                         row_view<float> result);

}  // namespace dhr::nets
