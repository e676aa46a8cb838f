// The simulation as a whole: that it is quiet without faults, that a seed is the same each time,
// and that it finds what is broken on purpose.

#include "tests/simulation/simulate.hpp"

#include <catch2/catch.hpp>

using namespace dhr;
using namespace dhr::simulation;

TEST_CASE("without faults every client talks, and nothing is broken") {
  simulation_options options;
  options.undisturbed = true;
  const auto outcome = simulate(1, options);
  INFO(describe(1, outcome, 200));
  CHECK(outcome.broken.empty());
  CHECK(outcome.seen.turns.size() > 5 * outcome.scale.clients);
}
