#pragma once
// Time is an argument. The real clock is read here and in main only; tests turn a manual_clock.
// Monotone time (deadlines, pacing) and wall time (stamps that people read) are different types.

#include <chrono>

namespace dhr {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

struct mono_clock_tag {};
using mono_time = std::chrono::time_point<mono_clock_tag, nanoseconds>;
using wall_time = std::chrono::time_point<std::chrono::system_clock, nanoseconds>;

// Thread-safe: may be read from any thread.
class clock {
 public:
  virtual ~clock() = default;
  [[nodiscard]] virtual mono_time now() const noexcept = 0;
  [[nodiscard]] virtual wall_time wall_now() const noexcept = 0;
};

// The machine's own clocks. Lives as long as the program.
const clock& system_clock() noexcept;

// Stands still until it is turned. Not thread-safe: tests run on one thread.
class manual_clock final : public clock {
 public:
  [[nodiscard]] mono_time now() const noexcept override { return now_; }
  [[nodiscard]] wall_time wall_now() const noexcept override {
    return wall_time{now_.time_since_epoch()};
  }
  void advance(nanoseconds by) noexcept { now_ += by; }

 private:
  mono_time now_{};
};

[[nodiscard]] constexpr double to_ms(nanoseconds duration) noexcept {
  return static_cast<double>(duration.count()) / 1e6;
}

}  // namespace dhr
