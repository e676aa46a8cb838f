#pragma once
// An actor system on CAF's testing scheduler: nothing runs until the test says so, delayed messages
// follow the test's clock, and dhr's own manual_clock is turned with it.

#include <caf/all.hpp>
#include <caf/binary_deserializer.hpp>
#include <caf/binary_serializer.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <stdexcept>
#include <vector>

#include "runtime/base/clock.hpp"

namespace dhr::testing {

// AddMessages: of the rooms whose messages are sent, such as add_session_messages.
template <void (*... AddMessages)(caf::actor_system_config&)>
class deterministic_system {
  struct config : caf::actor_system_config {
    config() {
      set("scheduler.policy", caf::atom("testing"));
      (AddMessages(*this), ...);
    }
  };

 public:
  deterministic_system()
      : system{config_}, scheduler_{static_cast<coordinator&>(system.scheduler())} {}
  ~deterministic_system() { settle(); }

  // Runs until no actor has a message.
  void settle() { scheduler_.run(); }

  // Lets one actor take one step; false when there is none to take.
  bool step() { return scheduler_.try_run_once(); }

  // Turns both clocks and runs what became due, in steps of at most `step`.
  void advance(nanoseconds by, nanoseconds step = milliseconds{1}) {
    settle();
    while (by > nanoseconds{0}) {
      const auto now = by < step ? by : step;
      clock.advance(now);
      scheduler_.advance_time(now);
      settle();
      by -= now;
    }
  }

 private:
  using coordinator = caf::scheduler::test_coordinator;
  config config_;

 public:
  manual_clock clock;
  caf::actor_system system;

 private:
  coordinator& scheduler_;
};

// What arrives at another node when this value is sent there.
template <class T>
T round_trip(caf::actor_system& system, T value) {
  std::vector<char> bytes;
  caf::binary_serializer out{system, bytes};
  if (auto problem = out(value)) throw std::runtime_error{system.render(problem)};
  T copy;
  caf::binary_deserializer in{system, bytes};
  if (auto problem = in(copy)) throw std::runtime_error{system.render(problem)};
  if (in.remaining() != 0) throw std::runtime_error{"bytes are left over"};
  return copy;
}

}  // namespace dhr::testing
