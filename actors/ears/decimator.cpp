#include "actors/ears/decimator.hpp"

#include <cmath>
#include <numbers>
#include <numeric>

namespace dhr {
namespace {

constexpr std::size_t half_length = 8;  // in output samples
constexpr double cutoff = 0.84;         // of the new Nyquist frequency

std::vector<float> low_pass(std::size_t factor) {
  const auto half = static_cast<double>(half_length * factor);
  std::vector<float> taps;
  for (double at = -half; at <= half; ++at) {
    const double angle = std::numbers::pi * cutoff * at / static_cast<double>(factor);
    const double window = 0.54 + 0.46 * std::cos(std::numbers::pi * at / half);
    taps.push_back(static_cast<float>(window * (at == 0 ? 1.0 : std::sin(angle) / angle)));
  }
  const float sum = std::accumulate(taps.begin(), taps.end(), 0.0f);
  for (auto& tap : taps) tap /= sum;
  return taps;
}

}  // namespace

decimator::decimator(std::size_t factor) : factor_{factor}, taps_{low_pass(factor)} { reset(); }

void decimator::reset() {
  held_.assign(taps_.size() - 1, 0.0f);  // silence went before
  next_output_ = 0;
}

void decimator::process(std::span<const float> in, std::vector<float>& out) {
  held_.insert(held_.end(), in.begin(), in.end());
  // A window is complete with the sample after its last factor's worth, so that outputs come at a
  // fixed ratio to the input.
  for (; next_output_ + taps_.size() - 1 + factor_ <= held_.size(); next_output_ += factor_) {
    const float* window = held_.data() + next_output_;
    out.push_back(std::inner_product(taps_.begin(), taps_.end(), window, 0.0f));
  }
  held_.erase(held_.begin(), held_.begin() + static_cast<std::ptrdiff_t>(next_output_));
  next_output_ = 0;
}

}  // namespace dhr
