#include "actors/avatar/jaw_curve.hpp"

#include <algorithm>

#include "actors/speech/types.hpp"

namespace dhr {
namespace {

// The jaw leaves its rest and returns to it in this time.
constexpr double rest_samples = 0.110 * static_cast<double>(speech_sample_rate);
// A piece of the curve depends on the three keys on either side of it.
constexpr std::ptrdiff_t keys_needed = 3;

}  // namespace

void jaw_curve::add(jaw_key added) {
  if (!keys_.empty() && added.sample <= keys_.back().sample) return;
  keys_.push_back(added);
}

void jaw_curve::forget_before(double sample) {
  while (static_cast<std::ptrdiff_t>(keys_.size()) > keys_needed &&
         keys_[keys_needed].sample < sample) {
    keys_.pop_front();
  }
}

// Beyond both ends stand keys at rest.
jaw_key jaw_curve::key(std::ptrdiff_t index) const noexcept {
  const auto count = static_cast<std::ptrdiff_t>(keys_.size());
  if (index < 0) {
    return {keys_.front().sample + rest_samples * static_cast<double>(index), 0, 0};
  }
  if (index >= count) {
    return {keys_.back().sample + rest_samples * static_cast<double>(index - count + 1), 0, 0};
  }
  return keys_[static_cast<std::size_t>(index)];
}

double jaw_curve::yielded(std::ptrdiff_t index) const noexcept {
  const auto here = key(index);
  const auto around = (double(key(index - 1).value) + double(key(index + 1).value)) / 2;
  return double(here.value) + double(here.yield) * (around - double(here.value));
}

// The tangent at a key: none at an extreme, else the weighted harmonic mean of the secants.
double jaw_curve::slope(std::ptrdiff_t index) const noexcept {
  const auto before = key(index).sample - key(index - 1).sample;
  const auto after = key(index + 1).sample - key(index).sample;
  const auto rise = (yielded(index) - yielded(index - 1)) / before;
  const auto fall = (yielded(index + 1) - yielded(index)) / after;
  if (rise * fall <= 0) return 0;
  const auto weight = (before + 2 * after) / (3 * (before + after));
  return rise * fall / (weight * fall + (1 - weight) * rise);
}

float jaw_curve::at(double sample) const noexcept {
  if (keys_.empty()) return 0;
  const auto next =
      std::upper_bound(keys_.begin(), keys_.end(), sample,
                       [](double moment, const jaw_key& k) { return moment < k.sample; });
  const auto right = next - keys_.begin();
  const auto left = right - 1;
  const auto from = key(left).sample;
  const auto length = key(right).sample - from;
  const auto x = (sample - from) / length;
  if (x <= 0 || x >= 1) return static_cast<float>(yielded(x <= 0 ? left : right));
  const auto rest = 1 - x;
  // Hermite's basis.
  return static_cast<float>(
      yielded(left) * (1 + 2 * x) * rest * rest + slope(left) * length * x * rest * rest +
      yielded(right) * x * x * (3 - 2 * x) - slope(right) * length * x * x * rest);
}

}  // namespace dhr
