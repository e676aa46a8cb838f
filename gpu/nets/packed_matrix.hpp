#pragma once
// A matrix that is multiplied by one to four vectors at a time, kept in the order in which the
// product reads it: blocks of Block rows, and in a block column after column. Inside the room only.
//
// A product of so few vectors reads each weight once from the second-level cache, and Eigen's own
// would first copy the whole matrix into such an order. Block times the number of vectors is at
// most 64: eight AVX registers of sums, which hide the latency of their additions.

#include <Eigen/Core>
#include <cstddef>
#include <vector>

namespace dhr::nets {

template <int Block>
class packed_matrix {
 public:
  using block = Eigen::Array<float, Block, 1>;

  packed_matrix() = default;

  // element(row, column) gives the matrix, bias(row) what is added to each product.
  template <class Element, class Bias>
  packed_matrix(std::size_t rows, std::size_t columns, Element element, Bias bias)
      : columns_{columns}, blocks_{(rows + Block - 1) / Block} {
    weights_.resize(blocks_ * columns_, block::Zero());
    bias_.resize(blocks_, block::Zero());
    for (std::size_t row = 0; row < rows; ++row) {
      bias_[row / Block][row % Block] = bias(row);
      for (std::size_t column = 0; column < columns_; ++column) {
        weights_[row / Block * columns_ + column][row % Block] = element(row, column);
      }
    }
  }

  // The rows, rounded up to whole blocks: so many values each result gets, the added ones 0.
  [[nodiscard]] std::size_t padded_rows() const { return blocks_ * Block; }

  // result[v * result_stride ...] = matrix * vectors[v * vector_stride ...] + bias, for each v <
  // Vectors.
  template <int Vectors>
  void multiply(const float* vectors, std::size_t vector_stride, float* results,
                std::size_t result_stride) const {
    static_assert(Block * Vectors <= 64);
    for (std::size_t b = 0; b < blocks_; ++b) {
      block sums[Vectors];
      for (auto& sum : sums) sum = bias_[b];
      const block* weights = weights_.data() + b * columns_;
      for (std::size_t column = 0; column < columns_; ++column) {
        for (int v = 0; v < Vectors; ++v) {
          sums[v] +=
              weights[column] * vectors[static_cast<std::size_t>(v) * vector_stride + column];
        }
      }
      for (int v = 0; v < Vectors; ++v) {
        Eigen::Map<block>{results + static_cast<std::size_t>(v)* result_stride + b* Block} =
            sums[v];
      }
    }
  }

 private:
  std::size_t columns_ = 0;
  std::size_t blocks_ = 0;
  std::vector<block> weights_;
  std::vector<block> bias_;
};

}  // namespace dhr::nets
