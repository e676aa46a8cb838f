#pragma once
// What every device worker counts, by intent, whatever its work is. The host implements it with its
// registry, one for each worker, so that the device and the model are known there. The methods are
// called on the worker's thread and must be quick.

#include <cstddef>
#include <cstdint>
#include <optional>

#include "runtime/base/clock.hpp"
#include "runtime/base/result.hpp"

namespace dhr {

enum class work_drop : std::uint8_t {
  cancelled,   // nobody waited for it any more
  expired,     // it was past its deadline
  overloaded,  // there was no place for it
};

// Nothing for the errors of a request that was worked on.
[[nodiscard]] constexpr std::optional<work_drop> drop_of(errc code) noexcept {
  switch (code) {
    case errc::cancelled:
      return work_drop::cancelled;
    case errc::deadline:
      return work_drop::expired;
    case errc::overloaded:
      return work_drop::overloaded;
    default:
      return std::nullopt;
  }
}

class worker_metrics {
 public:
  virtual ~worker_metrics() = default;
  virtual void queue_depth(std::size_t requests) = 0;
  // A request went to the device, after so long in the queue.
  virtual void request_begun(nanoseconds waited) = 0;
  // The device was busy for so long with so many requests at once.
  virtual void batch_finished(std::size_t requests, nanoseconds took) = 0;
  virtual void request_dropped(work_drop reason) = 0;
};

// Counts nothing.
class no_worker_metrics final : public worker_metrics {
 public:
  void queue_depth(std::size_t) override {}
  void request_begun(nanoseconds) override {}
  void batch_finished(std::size_t, nanoseconds) override {}
  void request_dropped(work_drop) override {}
};

}  // namespace dhr
