#include "actors/ears/pitch.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "runtime/base/assert.hpp"

namespace dhr {
namespace {

constexpr std::size_t window = 200;   // 25 ms
constexpr std::size_t lag_min = 20;   // pitch_hz_max
constexpr std::size_t lag_max = 133;  // pitch_hz_min
static_assert(window + lag_max + 1 == pitch_frame);
// Of the normalised difference: the first lag below `dip` is the period, else the lowest of all if
// it is below `voiced_below` (breath and room lift the dips of real voices).
constexpr float dip = 0.15f;
constexpr float voiced_below = 0.35f;

using lags = std::array<float, lag_max + 2>;

// Equation 6: the squared difference from oneself, `lag` later.
lags difference(const float* samples) noexcept {
  lags sums{};
  for (std::size_t n = 0; n < window; ++n) {
    const float here = samples[n];
    for (std::size_t lag = 0; lag < sums.size() - 1; ++lag) {
      const float apart = here - samples[n + lag];
      sums[lag] += apart * apart;
    }
  }
  sums.back() = sums[lag_max];
  return sums;
}

// Equation 8: by its mean over the shorter lags.
lags normalised(const lags& sums) noexcept {
  lags values{};
  values[0] = 1;
  float total = 0;
  for (std::size_t lag = 1; lag < sums.size(); ++lag) {
    total += sums[lag];
    values[lag] = total > 0 ? sums[lag] * static_cast<float>(lag) / total : 1.0f;
  }
  return values;
}

// Where the parabola through the lag and its neighbours is lowest.
double refined(const lags& sums, std::size_t lag) noexcept {
  const double before = sums[lag - 1];
  const double here = sums[lag];
  const double after = sums[lag + 1];
  const double curvature = before - 2 * here + after;
  const double shift = curvature > 0 ? (before - after) / (2 * curvature) : 0;
  return static_cast<double>(lag) + std::clamp(shift, -0.5, 0.5);
}

}  // namespace

double estimate_pitch(std::span<const float> frame) noexcept {
  DHR_ASSERT(frame.size() == pitch_frame);
  const auto sums = difference(frame.data());
  const auto values = normalised(sums);
  auto period = lag_min;
  for (auto lag = lag_min; lag <= lag_max && values[period] >= dip; ++lag) {
    if (values[lag] < values[period]) period = lag;
  }
  if (values[period] >= voiced_below) return 0;
  while (period < lag_max && values[period + 1] < values[period]) ++period;
  // Still falling at the end: the period is longer than a voice's.
  if (period == lag_max) return 0;
  return pitch_sample_rate / refined(sums, period);
}

}  // namespace dhr
