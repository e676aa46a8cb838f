#include "actors/ears/fourier.hpp"

#include <bit>
#include <cmath>
#include <numbers>
#include <utility>
#include <vector>

#include "runtime/base/assert.hpp"

namespace dhr {
namespace {

// e^(-pi i k / half) for k from 0 to half - 1, at half - 1 + k: each stage has its own in a row, so
// that its inner loop runs in the processor's wide registers.
struct stage_roots {
  std::vector<float> real;
  std::vector<float> imaginary;
};

const stage_roots& roots() {
  static const stage_roots made = [] {
    stage_roots all;
    for (std::size_t half = 1; half < fourier_size_max; half *= 2) {
      for (std::size_t k = 0; k < half; ++k) {
        const double angle = -std::numbers::pi * static_cast<double>(k) / static_cast<double>(half);
        all.real.push_back(static_cast<float>(std::cos(angle)));
        all.imaginary.push_back(static_cast<float>(std::sin(angle)));
      }
    }
    return all;
  }();
  return made;
}

void put_in_bit_reversed_order(std::span<float> real, std::span<float> imaginary) noexcept {
  const auto size = real.size();
  std::size_t reversed = 0;
  for (std::size_t i = 1; i < size; ++i) {
    auto bit = size >> 1;
    for (; (reversed & bit) != 0; bit >>= 1) reversed ^= bit;
    reversed ^= bit;
    if (i < reversed) {
      std::swap(real[i], real[reversed]);
      std::swap(imaginary[i], imaginary[reversed]);
    }
  }
}

// The sums and differences of one block: `half` even values, then as many odd ones.
void combine(float* __restrict even_re, float* __restrict even_im, float* __restrict odd_re,
             float* __restrict odd_im, const float* __restrict root_re,
             const float* __restrict root_im, std::size_t half) noexcept {
  for (std::size_t k = 0; k < half; ++k) {
    const float turned_re = odd_re[k] * root_re[k] - odd_im[k] * root_im[k];
    const float turned_im = odd_re[k] * root_im[k] + odd_im[k] * root_re[k];
    odd_re[k] = even_re[k] - turned_re;
    odd_im[k] = even_im[k] - turned_im;
    even_re[k] += turned_re;
    even_im[k] += turned_im;
  }
}

}  // namespace

void fourier_transform(std::span<float> real, std::span<float> imaginary) noexcept {
  const auto size = real.size();
  DHR_ASSERT(std::has_single_bit(size) && size <= fourier_size_max && imaginary.size() == size);
  put_in_bit_reversed_order(real, imaginary);
  const auto& [root_re, root_im] = roots();
  for (std::size_t half = 1; half < size; half *= 2) {
    for (std::size_t block = 0; block < size; block += 2 * half) {
      combine(&real[block], &imaginary[block], &real[block + half], &imaginary[block + half],
              &root_re[half - 1], &root_im[half - 1], half);
    }
  }
}

}  // namespace dhr
