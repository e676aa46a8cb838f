#pragma once
// What goes wrong in a simulation, planned before it begins by its seed alone. Pure.

#include <string>
#include <vector>

#include "runtime/base/clock.hpp"
#include "tests/simulation/chance.hpp"
#include "tests/simulation/history.hpp"

namespace dhr::simulation {

enum class fault_kind {
  kill,              // SIGKILL; started again after the fault
  pause,             // SIGSTOP
  drain,             // SIGTERM; started again at the fault's end or, if that is later, at its own
  partition,         // a and b do not hear each other
  one_way,           // b does not hear a
  isolation,         // a and all others do not hear each other
  slow_link,         // from a to b: `amount` milliseconds more
  lossy_link,        // from a to b: of a thousand messages so many are lost
  doubling_link,     // from a to b: of a thousand messages so many come twice
  reset,             // the connection of a and b breaks, at the beginning and at the end
  store_away,        // a does not reach the store
  store_outage,      // nobody does
  store_hangs,       // a's calls are carried out when the fault is over; for a few seconds
  store_unanswered,  // of a thousand of a's calls so many are carried out without an answer
  wished_drain,      // an operator wants no conversations on a, until the fault's end
  move,              // an operator wants that of client `amount` on b, and at the fault's end on a
};
inline constexpr int fault_kinds = 16;

struct planned_fault {
  fault_kind kind = fault_kind::kill;
  true_time begins{};
  true_time ends{};
  std::size_t a = 0;
  std::size_t b = 0;  // another one
  std::int64_t amount = 0;
};

struct simulation_scale {
  std::size_t nodes = 3;
  std::size_t clients = 5;
  std::uint32_t sessions_max = 8;  // of a node
  bool balances = false;           // nodes even their load
  true_time faults_end{};
  true_time end{};
};

[[nodiscard]] simulation_scale draw_scale(chance& dice);
[[nodiscard]] std::vector<planned_fault> plan_faults(chance& dice, const simulation_scale& scale);

// Faults of one kind alone, for the tests that know what they want to see.
[[nodiscard]] std::vector<planned_fault> plan_faults(chance& dice, const simulation_scale& scale,
                                                     const std::vector<fault_kind>& kinds);

[[nodiscard]] std::string to_string(const planned_fault& fault);

}  // namespace dhr::simulation
