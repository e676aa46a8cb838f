#pragma once
// How fast a worker gets through what is asked of it, so that who is refused can be told when to
// come again.
//
//   time of a request = recent busy time / requests that were done in it
//
// Both sums fade by an eighth whenever requests are done, so the pace follows a load that changes
// within a few batches and one odd batch does not upset it. Pure. Not thread-safe; owned by one
// worker.

#include <cstddef>
#include <optional>

#include "runtime/base/clock.hpp"

namespace dhr {

struct pace_limits {
  milliseconds wait_min{200};  // told before anything was measured, and at least
  milliseconds wait_max{30'000};
};

class service_pace {
 public:
  explicit service_pace(pace_limits limits = {}) : limits_{limits} {}

  // The worker was busy for so long and at the end of it so many requests were done; 0 for a part
  // of the work on them, whose time counts with the next that are done. Of calls that run side by
  // side each is told as one of as many as there were.
  void batch_finished(std::size_t requests, nanoseconds took);

  // Nothing before anything was measured.
  [[nodiscard]] std::optional<nanoseconds> per_request() const;

  // In which the worker gets through so many requests at its present pace; within the limits.
  [[nodiscard]] milliseconds wait_for(std::size_t requests) const;

 private:
  const pace_limits limits_;
  double busy_ns_ = 0;         // recent, of requests that are done
  double requests_ = 0;        // that were done in it
  nanoseconds unfinished_{0};  // busy since the last requests were done
};

}  // namespace dhr
