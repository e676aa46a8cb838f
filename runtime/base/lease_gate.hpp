#pragma once
// Until when this node may act as the owner of its conversations. The keeper of the node's lease
// sets it; whoever is about to do something that others see asks it. Thread-safe.
//
// The order to stop may come late, to a process that stood still most of all; the gate closes by
// itself.

#include <atomic>

#include "runtime/base/clock.hpp"

namespace dhr {

class lease_gate {
 public:
  void open_until(mono_time end) noexcept { end_ = end.time_since_epoch().count(); }
  void shut() noexcept { end_ = 0; }
  [[nodiscard]] bool is_open(mono_time now) const noexcept {
    return now.time_since_epoch().count() < end_;
  }

 private:
  std::atomic<std::int64_t> end_{0};  // nanoseconds of mono_time
};

}  // namespace dhr
