#pragma once
// A matrix that is multiplied by few vectors at a time, kept in the order in which the product
// reads it: blocks of Block rows, and in a block column after column. Inside the room only.
//
// A product of so few vectors reads each weight once from the second-level cache, and Eigen's own
// would first copy the whole matrix into such an order. Block times the number of vectors is at
// most 96: eight AVX registers of sums hide the latency of their additions, twelve leave just
// enough of the sixteen for what is added.

#include <Eigen/Core>
#include <algorithm>
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
    for (std::size_t b = 0; b < blocks_; ++b) {
      multiply_block<Vectors>(b, vectors, vector_stride, results, result_stride);
    }
  }

  // The same for any number of vectors: a block of the matrix stays in the first-level cache for
  // as many vectors as the second holds.
  void multiply(std::size_t count, const float* vectors, std::size_t vector_stride, float* results,
                std::size_t result_stride) const {
    constexpr std::size_t chunk_max = 96;
    for (std::size_t begin = 0; begin < count; begin += chunk_max) {
      const auto chunk = std::min(chunk_max, count - begin);
      for (std::size_t b = 0; b < blocks_; ++b) {
        multiply_block(b, chunk, vectors + begin * vector_stride, vector_stride,
                       results + begin * result_stride, result_stride);
      }
    }
  }

 private:
  template <int Vectors>
  void multiply_block(std::size_t b, const float* vectors, std::size_t vector_stride,
                      float* results, std::size_t result_stride) const {
    static_assert(Block * Vectors <= 96);
    block sums[Vectors];
    for (auto& sum : sums) sum = bias_[b];
    const block* weights = weights_.data() + b * columns_;
    for (std::size_t column = 0; column < columns_; ++column) {
      for (int v = 0; v < Vectors; ++v) {
        sums[v] += weights[column] * vectors[static_cast<std::size_t>(v) * vector_stride + column];
      }
    }
    for (int v = 0; v < Vectors; ++v) {
      Eigen::Map<block>{results + static_cast<std::size_t>(v)* result_stride + b* Block} = sums[v];
    }
  }

  // Groups of like size, since one of a few vectors takes as long as one of four.
  void multiply_block(std::size_t b, std::size_t count, const float* vectors,
                      std::size_t vector_stride, float* results, std::size_t result_stride) const {
    constexpr std::size_t group_max = 96 / Block;
    static_assert(group_max >= 1 && group_max <= 6);
    for (std::size_t groups = (count + group_max - 1) / group_max; groups > 0; --groups) {
      const auto size = (count + groups - 1) / groups;
      multiply_group(b, size, vectors, vector_stride, results, result_stride);
      vectors += size * vector_stride;
      results += size * result_stride;
      count -= size;
    }
  }

  void multiply_group(std::size_t b, std::size_t size, const float* vectors,
                      std::size_t vector_stride, float* results, std::size_t result_stride) const {
    const auto multiply_these = [&]<int Vectors>() {
      if constexpr (Block * Vectors <= 96) {
        multiply_block<Vectors>(b, vectors, vector_stride, results, result_stride);
      }
    };
    switch (size) {
      case 1:
        return multiply_these.template operator()<1>();
      case 2:
        return multiply_these.template operator()<2>();
      case 3:
        return multiply_these.template operator()<3>();
      case 4:
        return multiply_these.template operator()<4>();
      case 5:
        return multiply_these.template operator()<5>();
      default:
        return multiply_these.template operator()<6>();
    }
  }

  std::size_t columns_ = 0;
  std::size_t blocks_ = 0;
  std::vector<block> weights_;
  std::vector<block> bias_;
};

}  // namespace dhr::nets
