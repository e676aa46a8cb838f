#include "gpu/nets/matrix_product.hpp"

#include <Eigen/Core>

namespace dhr::nets {
namespace {

using matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

Eigen::Map<const matrix, 0, Eigen::OuterStride<>> mapped(row_view<const float> view) {
  return {view.values, view.rows, view.columns, Eigen::OuterStride<>{view.stride}};
}

Eigen::Map<matrix, 0, Eigen::OuterStride<>> mapped(row_view<float> view) {
  return {view.values, view.rows, view.columns, Eigen::OuterStride<>{view.stride}};
}

}  // namespace

void multiply(row_view<const float> left, row_view<const float> right, row_view<float> result) {
  mapped(result).noalias() = mapped(left) * mapped(right);
}

void multiply_transposed(row_view<const float> left, row_view<const float> right,
                         row_view<float> result) {
  mapped(result).noalias() = mapped(left) * mapped(right).transpose();
}

}  // namespace dhr::nets
