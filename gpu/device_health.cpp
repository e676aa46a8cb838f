#include "gpu/device_health.hpp"

namespace dhr {

const char* to_string(device_state state) noexcept {
  switch (state) {
    case device_state::warming:
      return "warming";
    case device_state::ready:
      return "ready";
    case device_state::resting:
      return "resting";
    case device_state::lost:
      return "lost";
  }
  return "other";
}

const char* to_string(device_failure failure) noexcept {
  switch (failure) {
    case device_failure::out_of_memory:
      return "out_of_memory";
    case device_failure::unusable:
      return "unusable";
    case device_failure::fault:
      return "fault";
    case device_failure::worker_ended:
      return "worker_ended";
  }
  return "other";
}

void device_health::warmed(mono_time now) {
  if (state_ != device_state::warming) return;
  state_ = device_state::ready;
  ready_since_ = now;
}

void device_health::failed(device_failure why, mono_time now) {
  if (state_ == device_state::lost) return;
  if (why == device_failure::unusable) {
    state_ = device_state::lost;
    return;
  }
  const bool was_well = state_ == device_state::ready && now - ready_since_ >= limits_.longest;
  const bool is_first = last_rest_ == nanoseconds{0} || was_well;
  last_rest_ = is_first ? limits_.first : std::min(2 * last_rest_, limits_.longest);
  rests_until_ = now + last_rest_;
  state_ = device_state::resting;
}

std::optional<mono_time> device_health::due_at() const {
  if (state_ != device_state::resting) return std::nullopt;
  return rests_until_;
}

}  // namespace dhr
