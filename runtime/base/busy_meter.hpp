#pragma once
// Which share of the last seconds somebody was busy: the load of a device worker.

#include <algorithm>
#include <array>
#include <mutex>

#include "runtime/base/clock.hpp"

namespace dhr {

// Counts in slices of half a second and tells of the last `slices` whole ones, so that the share
// follows a change within five seconds and does not jump with a single request. Thread-safe.
class busy_meter {
 public:
  static constexpr std::size_t slices = 10;
  static constexpr nanoseconds slice = std::chrono::milliseconds{500};

  // `took` until `ended`. What is older than the window is not counted.
  void worked(nanoseconds took, mono_time ended) {
    const std::lock_guard guard{mutex_};
    const auto until = ended.time_since_epoch();
    auto from = std::max(until - took, until - slice * static_cast<int>(slices));
    while (from < until) {
      const auto number = from / slice;
      const auto end = std::min<nanoseconds>(until, slice * (number + 1));
      auto& place = ring_.at(static_cast<std::size_t>(number) % ring_.size());
      if (place.number != number) place = {number, nanoseconds{0}};
      place.busy += end - from;
      from = end;
    }
  }

  // From 0 to 1. Of several who work at once each is counted for itself, up to 1 in all.
  [[nodiscard]] double share(mono_time now) const {
    const std::lock_guard guard{mutex_};
    const auto current = now.time_since_epoch() / slice;
    nanoseconds busy{0};
    for (const auto& place : ring_) {
      const auto age = current - place.number;
      if (age >= 1 && age <= static_cast<std::int64_t>(slices)) busy += std::min(place.busy, slice);
    }
    return static_cast<double>(busy.count()) /
           static_cast<double>((slice * static_cast<int>(slices)).count());
  }

 private:
  struct part {
    std::int64_t number = -1;  // of the slice, since the clock's beginning
    nanoseconds busy{0};
  };

  mutable std::mutex mutex_;  // guards the ring
  std::array<part, slices + 1> ring_;
};

}  // namespace dhr
