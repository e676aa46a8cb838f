#include "net/door/rate_limiter.hpp"

#include <algorithm>
#include <cmath>

namespace dhr::door {
namespace {

constexpr double minute_ns = 60e9;

result<void> given(nanoseconds wait, const char* what) {
  if (wait == nanoseconds::zero()) return ok();
  error refused{errc::overloaded, std::string{"Rate limit reached for "} + what, {}, {}};
  refused.retry_after = std::chrono::ceil<milliseconds>(wait);
  refused.message += "; try again in " +
                     std::to_string(std::chrono::ceil<std::chrono::seconds>(wait).count()) + " s";
  return boost::outcome_v2::failure(std::move(refused));
}

}  // namespace

double token_bucket::level_at(mono_time now) const noexcept {
  const auto full = static_cast<double>(per_minute_);
  const auto passed = static_cast<double>((now - as_of_).count());
  return std::min(full, level_ + full * std::max(0.0, passed) / minute_ns);
}

nanoseconds token_bucket::time_for(double amount) const noexcept {
  return nanoseconds{
      static_cast<std::int64_t>(std::ceil(amount * minute_ns / static_cast<double>(per_minute_)))};
}

nanoseconds token_bucket::take(std::int64_t amount, mono_time now) noexcept {
  if (!limited() || amount <= 0) return nanoseconds::zero();
  const auto level = level_at(now);
  const auto needed = static_cast<double>(std::min(amount, per_minute_));
  // Half a nanosecond's worth is rounding.
  if (needed - level > static_cast<double>(per_minute_) / minute_ns / 2) {
    return time_for(needed - level);
  }
  level_ = level - static_cast<double>(amount);
  as_of_ = now;
  return nanoseconds::zero();
}

rate_limit token_bucket::state(std::string name, mono_time now) const {
  const auto level = level_at(now);
  const auto missing = static_cast<double>(per_minute_) - level;
  return {std::move(name), per_minute_, std::max<std::int64_t>(0, std::llround(std::floor(level))),
          missing <= 0 ? 0.0 : static_cast<double>(time_for(missing).count()) / 1e9};
}

result<void> rate_limiter::turn_begins(mono_time now) {
  return given(turns_.take(1, now), "turns");
}

result<void> rate_limiter::audio_received(std::int64_t bytes, mono_time now) {
  return given(audio_.take(bytes, now), "audio");
}

std::vector<rate_limit> rate_limiter::state(mono_time now) const {
  std::vector<rate_limit> lines;
  if (turns_.limited()) lines.push_back(turns_.state("requests", now));
  if (audio_.limited()) lines.push_back(audio_.state("bytes", now));
  return lines;
}

}  // namespace dhr::door
