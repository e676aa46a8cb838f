#include "runtime/base/clock.hpp"

#include <time.h>

namespace dhr {
namespace {

class real_clock final : public clock {
 public:
  [[nodiscard]] mono_time now() const noexcept override {
    // Counts a suspended machine's time too, unlike std::chrono::steady_clock: leases do not wait.
    timespec time{};
    clock_gettime(CLOCK_BOOTTIME, &time);
    return mono_time{std::chrono::seconds{time.tv_sec} + nanoseconds{time.tv_nsec}};
  }
  [[nodiscard]] wall_time wall_now() const noexcept override {
    return std::chrono::system_clock::now();
  }
};

}  // namespace

const clock& system_clock() noexcept {
  static const real_clock instance;
  return instance;
}

}  // namespace dhr
