#pragma once
// A matrix in the order in which an encoder kernel reads it. Inside the room only.

#include <cstddef>
#include <memory>
#include <new>

#include "gpu/nets/encoder_kernel.hpp"
#include "runtime/base/assert.hpp"

namespace dhr::nets {

// Constant once made; any thread.
class kernel_matrix {
 public:
  kernel_matrix() = default;

  // element(row, column) gives the matrix, bias(row) what is added to each product. `rows` is a
  // multiple of the kernel's block; the kernel outlives the matrix.
  template <class Element, class Bias>
  kernel_matrix(const encoder_kernel& kernel, std::size_t rows, std::size_t columns,
                Element element, Bias bias)
      : kernel_{&kernel}, rows_{rows}, columns_{columns} {
    DHR_ASSERT(rows % kernel.block == 0);
    weights_ = allocate(rows * columns);
    bias_ = allocate(rows);
    for (std::size_t row = 0; row < rows; ++row) {
      bias_[row] = bias(row);
      float* to = weights_.get() + row / kernel.block * kernel.block * columns + row % kernel.block;
      for (std::size_t column = 0; column < columns; ++column) {
        to[column * kernel.block] = element(row, column);
      }
    }
  }

  // results[v] = matrix * vectors[v] + bias for `count` vectors of `columns` values one after
  // another; the results, of `rows` values, lie one after another too and overlap no vector.
  void multiply(std::size_t count, const float* vectors, float* results) const {
    kernel_->multiply({weights_.get(), bias_.get(), rows_ / kernel_->block, columns_}, count,
                      {vectors, columns_}, {results, rows_});
  }

 private:
  static constexpr std::align_val_t line{64};  // no load is of two lines of a cache
  struct release {
    void operator()(float* values) const { ::operator delete[](values, line); }
  };
  using values = std::unique_ptr<float[], release>;
  static values allocate(std::size_t count) { return values{new (line) float[count]}; }

  const encoder_kernel* kernel_ = nullptr;
  std::size_t rows_ = 0;
  std::size_t columns_ = 0;
  values weights_;
  values bias_;
};

}  // namespace dhr::nets
