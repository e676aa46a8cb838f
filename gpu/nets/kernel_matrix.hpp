#pragma once
// A matrix in the order in which an encoder kernel reads it. Inside the room only.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <memory>
#include <new>
#include <vector>

#include "gpu/nets/encoder_kernel.hpp"
#include "runtime/base/assert.hpp"

namespace dhr::nets {

// Vectors as levels, for one product after the other. Not thread-safe.
class level_buffer {
 public:
  // Room for vectors of `values` values together, `vectors` of them at most.
  level_buffer(std::size_t values, std::size_t vectors) : values_(values), steps_(vectors) {}

  quantised_vectors fill(const encoder_kernel& kernel, const float* vectors, std::size_t count,
                         std::size_t columns) {
    DHR_ASSERT(count * columns <= values_.size() && count <= steps_.size());
    kernel.quantise(vectors, count, columns, values_.data(), steps_.data());
    return {values_.data(), steps_.data()};
  }

 private:
  std::vector<level> values_;
  std::vector<float> steps_;
};

// Constant once made; any thread.
class kernel_matrix {
 public:
  kernel_matrix() = default;

  // element(row, column) gives the matrix, bias(row) what is added to each product. `rows` is a
  // multiple of the kernel's block, `columns` of encoder_columns; the kernel outlives the matrix.
  template <class Element, class Bias>
  kernel_matrix(const encoder_kernel& kernel, std::size_t rows, std::size_t columns,
                Element element, Bias bias)
      : kernel_{&kernel}, rows_{rows}, columns_{columns} {
    DHR_ASSERT(rows % kernel.block == 0 && columns % encoder_columns == 0);
    weights_ = allocate<level>(rows * columns);
    steps_ = allocate<float>(rows);
    bias_ = allocate<float>(rows);
    std::vector<float> values(columns);
    for (std::size_t row = 0; row < rows; ++row) {
      for (std::size_t column = 0; column < columns; ++column) {
        values[column] = element(row, column);
      }
      bias_[row] = bias(row);
      steps_[row] = quantise_row(values, row);
    }
  }

  // results[v] = matrix * vectors[v] + bias for `count` vectors of `columns` values one after
  // another, which pass through `levels`; the results, of `rows` values, lie one after another too
  // and overlap no vector.
  void multiply(std::size_t count, const float* vectors, level_buffer& levels,
                float* results) const {
    const auto quantised = levels.fill(*kernel_, vectors, count, columns_);
    kernel_->multiply({weights_.get(), steps_.get(), bias_.get(), rows_ / kernel_->block, columns_},
                      count, quantised, results);
  }

 private:
  static constexpr std::align_val_t line{64};  // no load is of two lines of a cache
  struct release {
    void operator()(void* values) const { ::operator delete[](values, line); }
  };
  template <class Value>
  using aligned = std::unique_ptr<Value[], release>;
  template <class Value>
  static aligned<Value> allocate(std::size_t count) {
    return aligned<Value>{new (line) Value[count]};
  }

  // Into the row's place; the step. Rounding may add half a level to each value, hence the room.
  float quantise_row(const std::vector<float>& values, std::size_t row) {
    float most = 0;
    float most_together = 0;
    for (std::size_t first = 0; first < columns_; first += sum_columns) {
      float sum = 0;
      for (auto i = first; i < std::min(columns_, first + sum_columns); ++i) {
        sum += std::abs(values[i]);
        most = std::max(most, std::abs(values[i]));
      }
      most_together = std::max(most_together, sum);
    }
    const auto room = float{row_sum_max} - float{sum_columns};
    const float scale = most > 0 ? std::min(room / most_together, float{row_level_max} / most) : 0;
    level* to = weights_.get() + row / kernel_->block * kernel_->block * columns_ +
                row % kernel_->block * 2;
    for (std::size_t column = 0; column < columns_; ++column) {
      to[column / 2 * 2 * kernel_->block + column % 2] =
          static_cast<level>(std::lround(values[column] * scale));
    }
    return most > 0 ? 1 / scale : 0;
  }

  const encoder_kernel* kernel_ = nullptr;
  std::size_t rows_ = 0;
  std::size_t columns_ = 0;
  aligned<level> weights_;
  aligned<float> steps_;
  aligned<float> bias_;
};

}  // namespace dhr::nets
