#pragma once
// What state a device is in, and when one that failed is tried again.
//
//   warming ──warmed──▶ ready ──failed──▶ resting ──due──▶ warming
//      └──────────────────┴───failed: unusable──▶ lost
//
// A device rests after a failure, twice as long each time; one that then works for as long as the
// longest rest begins anew. Pure: now is an argument. Not thread-safe.

#include <algorithm>
#include <cstdint>
#include <optional>

#include "runtime/base/clock.hpp"
#include "runtime/base/result.hpp"

namespace dhr {

enum class device_state : std::uint8_t {
  warming,  // its model is loaded and tried; it takes no work yet
  ready,
  resting,  // it failed, and is to be warmed again later
  lost,     // it can't be used any more in this process
};
[[nodiscard]] const char* to_string(device_state state) noexcept;

enum class device_failure : std::uint8_t {
  out_of_memory,
  unusable,      // a CUDA context does not survive some faults
  fault,         // its model failed in a way that nobody expected
  worker_ended,  // the worker's actor died
};
[[nodiscard]] const char* to_string(device_failure failure) noexcept;

// What an error of a model says of its device (see compute_device.hpp); nothing for one that is
// about its input.
[[nodiscard]] constexpr std::optional<device_failure> failure_of(errc code) noexcept {
  if (code == errc::overloaded) return device_failure::out_of_memory;
  if (code == errc::unavailable) return device_failure::unusable;
  return std::nullopt;
}

struct rest_limits {
  nanoseconds first = std::chrono::seconds{5};
  nanoseconds longest = std::chrono::minutes{5};
};

class device_health {
 public:
  explicit device_health(rest_limits limits = {}) : limits_{limits} {}

  [[nodiscard]] device_state state() const noexcept { return state_; }

  void warmed(mono_time now);
  void failed(device_failure why, mono_time now);
  // It is tried again.
  void warm_again() { state_ = device_state::warming; }

  // When a resting device is to be warmed again.
  [[nodiscard]] std::optional<mono_time> due_at() const;

 private:
  rest_limits limits_;
  device_state state_ = device_state::warming;
  mono_time ready_since_{};
  mono_time rests_until_{};
  nanoseconds last_rest_{0};
};

}  // namespace dhr
