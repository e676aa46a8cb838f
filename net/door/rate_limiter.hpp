#pragma once
// How much one key may still use of what is limited per minute. Pure: time is an argument.

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/base/clock.hpp"
#include "runtime/base/result.hpp"

namespace dhr::door {

// What `rate_limits.updated` tells of one limit.
struct rate_limit {
  std::string name;  // "requests" (turns) or "bytes" (of sound)
  std::int64_t limit = 0;
  std::int64_t remaining = 0;
  double reset_seconds = 0;  // until `remaining` is `limit` again
  friend bool operator==(const rate_limit&, const rate_limit&) = default;
};

// A token bucket: holds a minute's worth at most and fills steadily.
class token_bucket {
 public:
  // `per_minute` 0: no limit, every take succeeds.
  explicit token_bucket(std::int64_t per_minute) noexcept
      : per_minute_{per_minute}, level_{static_cast<double>(per_minute)} {}

  [[nodiscard]] bool limited() const noexcept { return per_minute_ > 0; }

  // Takes `amount`, or tells after how long it could be had. More than a minute's worth is given
  // once the bucket is full, and owed afterwards. Times must not go back.
  [[nodiscard]] nanoseconds take(std::int64_t amount, mono_time now) noexcept;  // zero: taken

  [[nodiscard]] rate_limit state(std::string name, mono_time now) const;

 private:
  [[nodiscard]] double level_at(mono_time now) const noexcept;
  [[nodiscard]] nanoseconds time_for(double amount) const noexcept;

  std::int64_t per_minute_;
  double level_;  // below zero: owed
  mono_time as_of_{};
};

// The buckets of one key.
class rate_limiter {
 public:
  rate_limiter(std::int64_t turns_per_minute, std::int64_t audio_bytes_per_minute) noexcept
      : turns_{turns_per_minute}, audio_{audio_bytes_per_minute} {}

  // errc::overloaded with retry_after when the minute is used up.
  [[nodiscard]] result<void> turn_begins(mono_time now);
  [[nodiscard]] result<void> audio_received(std::int64_t bytes, mono_time now);
  // Without a limit there is no line for it.
  [[nodiscard]] std::vector<rate_limit> state(mono_time now) const;

 private:
  token_bucket turns_;
  token_bucket audio_;
};

}  // namespace dhr::door
