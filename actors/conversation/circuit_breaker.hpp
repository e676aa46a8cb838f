#pragma once
// Leaves a server alone for a while after it failed several times in a row. Pure.

#include "runtime/base/clock.hpp"

namespace dhr {

struct breaker_limits {
  int failures_max = 3;  // in a row
  std::chrono::seconds cooldown{30};
};

class circuit_breaker {
 public:
  explicit circuit_breaker(breaker_limits limits) noexcept : limits_{limits} {}

  // Whether the server may be asked now. After the cool-down one request may try; its failure
  // begins the cool-down anew.
  [[nodiscard]] bool allows(mono_time now) noexcept {
    if (failures_ < limits_.failures_max) return true;
    if (now < closed_until_) return false;
    closed_until_ = now + limits_.cooldown;
    return true;
  }

  void succeeded() noexcept { failures_ = 0; }

  void failed(mono_time now) noexcept {
    if (++failures_ >= limits_.failures_max) closed_until_ = now + limits_.cooldown;
  }

 private:
  breaker_limits limits_;
  int failures_ = 0;
  mono_time closed_until_{};
};

}  // namespace dhr
