#pragma once
// Time in a simulation: the one true time, by which the store's leases end, and what the clocks of
// the nodes make of it.

#include "runtime/base/clock.hpp"
#include "tests/simulation/history.hpp"

namespace dhr::simulation {

// The store's clock.
class true_clock final : public clock {
 public:
  [[nodiscard]] mono_time now() const noexcept override { return mono_time{now_}; }
  [[nodiscard]] wall_time wall_now() const noexcept override { return wall_time{now_}; }
  void turn_to(true_time now) noexcept { now_ = now; }

 private:
  true_time now_{0};
};

// Began at some time of its own and runs a little too fast or too slow.
class drifting_clock final : public clock {
 public:
  // Begins with `origin` at the true time zero and gains `drift_ppm` microseconds in a second.
  drifting_clock(nanoseconds origin, std::int64_t drift_ppm, true_time begun)
      : origin_{origin}, drift_ppm_{drift_ppm}, now_{at(begun)} {}

  [[nodiscard]] mono_time now() const noexcept override { return mono_time{now_}; }
  [[nodiscard]] wall_time wall_now() const noexcept override { return wall_time{now_}; }

  // What it shows at that time, to whoever reads it then: a process that stands still reads
  // nothing, and its clock goes on.
  [[nodiscard]] mono_time shows(true_time then) const noexcept { return mono_time{at(then)}; }
  // By how much it went on.
  nanoseconds turn_to(true_time now) noexcept {
    const auto before = now_;
    now_ = at(now);
    return now_ - before;
  }
  // The true time at which it will have gone on by `wait` since it was turned last.
  [[nodiscard]] true_time in(nanoseconds wait) const noexcept {
    const auto wanted = now_ + wait - origin_;
    true_time when{wanted.count() / (million + drift_ppm_) * million};
    while (at(when) - origin_ < wanted) when += std::chrono::microseconds{100};
    return when;
  }

 private:
  static constexpr std::int64_t million = 1'000'000;
  [[nodiscard]] nanoseconds at(true_time now) const noexcept {
    return origin_ + now + nanoseconds{now.count() / million * drift_ppm_};
  }

  const nanoseconds origin_;
  const std::int64_t drift_ppm_;
  nanoseconds now_;
};

}  // namespace dhr::simulation
