// What becomes of a device that fails.

#include "gpu/device_health.hpp"

#include <catch2/catch.hpp>

using namespace dhr;
using namespace std::chrono_literals;

namespace {

constexpr mono_time at(nanoseconds time) { return mono_time{time}; }

}  // namespace

TEST_CASE("a device is warmed before it is ready") {
  device_health health;
  CHECK(health.state() == device_state::warming);
  CHECK_FALSE(health.due_at());
  health.warmed(at(1s));
  CHECK(health.state() == device_state::ready);
}

TEST_CASE("a device without memory rests, and is warmed again before it is ready") {
  device_health health{{5s, 40s}};
  health.warmed(at(0s));
  health.failed(device_failure::out_of_memory, at(10s));
  CHECK(health.state() == device_state::resting);
  CHECK(health.due_at() == at(15s));
  health.warmed(at(12s));  // a late word of the warm-up before changes nothing
  CHECK(health.state() == device_state::resting);
  health.warm_again();
  CHECK(health.state() == device_state::warming);
  CHECK_FALSE(health.due_at());
  health.warmed(at(16s));
  CHECK(health.state() == device_state::ready);
}

TEST_CASE("a device that fails again and again rests twice as long each time, up to a limit") {
  device_health health{{5s, 40s}};
  auto now = at(0s);
  for (const auto expected : {5s, 10s, 20s, 40s, 40s}) {
    health.failed(device_failure::fault, now);
    CHECK(health.due_at() == now + expected);
    now += expected;
    health.warm_again();
    health.warmed(now);
    now += 1s;
  }
}

TEST_CASE("a device that has worked for long rests as after its first failure") {
  device_health health{{5s, 40s}};
  health.warmed(at(0s));
  health.failed(device_failure::out_of_memory, at(1s));
  health.warm_again();
  health.failed(device_failure::out_of_memory, at(6s));
  CHECK(health.due_at() == at(16s));
  health.warm_again();
  health.warmed(at(16s));
  health.failed(device_failure::worker_ended, at(56s));
  CHECK(health.due_at() == at(61s));
}

TEST_CASE("an unusable device is lost for good") {
  device_health health;
  health.warmed(at(0s));
  health.failed(device_failure::unusable, at(1s));
  CHECK(health.state() == device_state::lost);
  CHECK_FALSE(health.due_at());
  health.failed(device_failure::out_of_memory, at(2s));
  health.warmed(at(3s));
  CHECK(health.state() == device_state::lost);
}

TEST_CASE("only errors about the device are failures of the device") {
  CHECK(failure_of(errc::overloaded) == device_failure::out_of_memory);
  CHECK(failure_of(errc::unavailable) == device_failure::unusable);
  for (const auto code :
       {errc::failed, errc::invalid_argument, errc::deadline, errc::cancelled, errc::not_found}) {
    CHECK_FALSE(failure_of(code));
  }
}
