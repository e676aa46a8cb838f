#include "runtime/base/clock.hpp"

namespace dhr {
namespace {

class real_clock final : public clock {
 public:
  [[nodiscard]] mono_time now() const noexcept override {
    return mono_time{std::chrono::steady_clock::now().time_since_epoch()};
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
