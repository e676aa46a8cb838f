#pragma once
// How far the server may run ahead of the sound. The client plays as soon as the first chunk is
// there; what would play more than `run_ahead` from now waits, so that an interruption wastes
// little. A chunk that comes after its time shifts the whole schedule, as it does for the listener.

#include <cstdint>

#include "runtime/base/clock.hpp"

namespace dhr {

class pacer {
 public:
  // With `paced` false everything may be sent at once.
  pacer(milliseconds run_ahead, bool paced) noexcept : run_ahead_{run_ahead}, paced_{paced} {}

  // When the chunk that begins with this sample may be sent; in the past: now.
  [[nodiscard]] mono_time due(std::int64_t first_sample) const noexcept;

  // Notes that a chunk was sent. Returns by how much it missed its time (zero if it did not).
  nanoseconds sent(std::int64_t first_sample, mono_time now) noexcept;

  // The listener was away for so long; what was sent is heard as it was, the rest later.
  void delay(nanoseconds away) noexcept { start_ += started_ ? away : nanoseconds{0}; }

  // The sample that the listener hears at `now`; it may lie past what was sent.
  [[nodiscard]] std::int64_t sample_at(mono_time now) const noexcept;

  // When the listener will have heard everything before this sample.
  [[nodiscard]] mono_time heard(std::int64_t last_sample) const noexcept;

 private:
  milliseconds run_ahead_;
  bool paced_;
  bool started_ = false;
  mono_time start_{};  // when the turn's sample 0 plays
};

}  // namespace dhr
