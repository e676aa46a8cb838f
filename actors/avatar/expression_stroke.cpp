#include "actors/avatar/expression_stroke.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace dhr {
namespace {

constexpr double no_lag = std::numeric_limits<double>::infinity();

}  // namespace

expression_stroke expression_stroke::to(place from, double full, double lingering,
                                        const stroke_times& times, double lag_rate) {
  expression_stroke made;
  made.from_ = from;
  made.lag_rate_ = lag_rate;
  if (full > from.aim) {
    made.add(times.onset_s, full);
    made.add(times.hold_s, full);
  }
  made.add(times.decay_s, lingering);
  return made;
}

expression_stroke expression_stroke::straight_to(place from, double wanted, double within_s) {
  expression_stroke made;
  made.from_ = {from.level, from.level};
  made.lag_rate_ = no_lag;
  made.add(within_s, wanted);
  return made;
}

void expression_stroke::add(double length_s, double to) noexcept {
  const auto from = ramp_count_ == 0 ? from_.aim : ramps_[ramp_count_ - 1].to;
  ramps_[ramp_count_++] = {length_s, from, to};
}

expression_stroke::place expression_stroke::at(double since_s) const noexcept {
  auto level = from_.level;
  auto left = std::max(since_s, 0.0);
  for (std::size_t i = 0; i < ramp_count_; ++i) {
    const auto& way = ramps_[i];
    if (left < way.length_s) {
      const auto x = left / way.length_s;
      const auto aim = way.from + (way.to - way.from) * x * x * (3 - 2 * x);
      return {aim, followed(way, level, left)};
    }
    level = followed(way, level, way.length_s);
    left -= way.length_s;
  }
  const auto end = ramp_count_ == 0 ? from_.aim : ramps_[ramp_count_ - 1].to;
  if (lag_rate_ == no_lag) return {end, end};
  return {end, end + (level - end) * std::exp(-lag_rate_ * left)};
}

// The solution of level' = rate (aim - level) for an aim that is a polynomial of the third degree:
// aim - aim'/rate + aim''/rate^2 - aim'''/rate^3, and what is left of the difference at the start.
double expression_stroke::followed(const ramp& way, double level, double since_s) const noexcept {
  const auto height = way.to - way.from;
  const auto length = way.length_s;
  if (length <= 0) return lag_rate_ == no_lag ? way.to : level;
  const auto aim = [&](double x) { return way.from + height * x * x * (3 - 2 * x); };
  if (lag_rate_ == no_lag) return aim(since_s / length);
  const auto particular = [&](double x) {
    const auto step = 1 / (lag_rate_ * length);
    return aim(x) - height * step * (6 * x * (1 - x) - step * (6 - 12 * x - step * -12));
  };
  const auto followed =
      particular(since_s / length) + (level - particular(0)) * std::exp(-lag_rate_ * since_s);
  return std::clamp(followed, 0.0, 1.0);
}

}  // namespace dhr
