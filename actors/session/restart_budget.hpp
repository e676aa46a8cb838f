#pragma once
// How often a child may die before its conversation gives up: `restarts_max` within `window`.

#include <deque>

#include "runtime/base/clock.hpp"

namespace dhr {

struct restart_limits {
  int restarts_max = 3;
  std::chrono::seconds window{60};
};

class restart_budget {
 public:
  explicit restart_budget(restart_limits limits) noexcept : limits_{limits} {}

  // Takes one restart from the budget; false when there is none left.
  [[nodiscard]] bool spend(mono_time now) {
    while (!spent_.empty() && now - spent_.front() >= limits_.window) spent_.pop_front();
    if (static_cast<int>(spent_.size()) >= limits_.restarts_max) return false;
    spent_.push_back(now);
    return true;
  }

 private:
  restart_limits limits_;
  std::deque<mono_time> spent_;
};

}  // namespace dhr
