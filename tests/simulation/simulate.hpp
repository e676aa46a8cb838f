#pragma once
// One seed, from its plan to what the rules say of it.

#include <cstdint>
#include <string>
#include <vector>

#include "tests/simulation/checkers.hpp"
#include "tests/simulation/faults.hpp"
#include "tests/simulation/simulated_store.hpp"

namespace dhr::simulation {

struct simulation_options {
  sabotage how_broken = sabotage::none;
  std::vector<fault_kind> kinds;  // empty: all
  bool undisturbed = false;       // no faults at all
};

struct simulation_outcome {
  simulation_scale scale;
  std::vector<planned_fault> plan;
  violations broken;
  history seen;
  std::vector<std::string> journal;
};

// How long a request may take while its client's node runs (G3 gives a turn 30 s): until a silent
// node is noticed 6 s, until its conversation is found elsewhere or given up 15 s, and its turn.
inline constexpr nanoseconds request_patience = std::chrono::seconds{24};

[[nodiscard]] simulation_outcome simulate(std::uint64_t seed,
                                          const simulation_options& options = {});

// For a person: the plan, what is broken, and the last `lines` of the journal (0: all).
[[nodiscard]] std::string describe(std::uint64_t seed, const simulation_outcome& outcome,
                                   std::size_t lines);

}  // namespace dhr::simulation
