// The simulation as a whole: that it is quiet without faults, that a seed is the same each time,
// and that it finds what is broken on purpose.

#include "tests/simulation/simulate.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

using namespace dhr;
using namespace dhr::simulation;

namespace {

// What the first of the seeds finds that finds anything, in the rule's own words.
std::string first_finding(sabotage how, std::uint64_t seeds) {
  simulation_options options;
  options.how_broken = how;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    const auto outcome = simulate(seed, options);
    if (!outcome.broken.empty()) return outcome.broken.front();
  }
  return "nothing";
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("without faults every client talks, and nothing is broken") {
  simulation_options options;
  options.undisturbed = true;
  const auto outcome = simulate(1, options);
  INFO(describe(1, outcome, 200));
  CHECK(outcome.broken.empty());
  CHECK(outcome.seen.turns.size() > 5 * outcome.scale.clients);
  CHECK(unstored_turns(outcome.seen).empty());
}

TEST_CASE("a seed is the same each time") {
  const auto one = simulate(3);
  const auto other = simulate(3);
  CHECK(one.journal == other.journal);
  CHECK_FALSE(one.journal == simulate(4).journal);
}

TEST_CASE(
    "while the store answers every turn that is told is stored, whatever becomes of the nodes") {
  simulation_options options;
  options.kinds = {fault_kind::kill,      fault_kind::pause,         fault_kind::drain,
                   fault_kind::partition, fault_kind::one_way,       fault_kind::isolation,
                   fault_kind::slow_link, fault_kind::doubling_link, fault_kind::reset,
                   fault_kind::lossy_link};
  std::size_t told = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    const auto outcome = simulate(seed, options);
    INFO(describe(seed, outcome, 0));
    CHECK(outcome.broken.empty());
    const auto& turns = outcome.seen.turns;
    CHECK(std::all_of(turns.begin(), turns.end(), [](const auto& one) { return one.stored; }));
    told += turns.size();
  }
  CHECK(told > 1'000);
}

TEST_CASE("saves of an owner that was replaced are found") {
  CHECK(has(first_finding(sabotage::store_takes_stale_saves, 100), "took effect after"));
}

TEST_CASE("claims that repeat an epoch are found") {
  CHECK(has(first_finding(sabotage::store_repeats_epochs, 5), "was granted to"));
}

TEST_CASE("saves that the store forgets are found") {
  CHECK(has(first_finding(sabotage::store_forgets_saves, 20), "which was stored at"));
}

TEST_CASE("leases that do not end with their nodes are found") {
  CHECK(has(first_finding(sabotage::leases_never_end, 20), "gets no answer"));
}

TEST_CASE("requests that vanish are found") {
  CHECK(has(first_finding(sabotage::requests_vanish, 20), "with a way to the service"));
}

TEST_CASE("requests that come twice are found") {
  CHECK(has(first_finding(sabotage::requests_are_doubled, 20), "a second time"));
}

TEST_CASE("pieces of answers that vanish are found") {
  CHECK(has(first_finding(sabotage::pieces_vanish, 5), "of the answer"));
}

TEST_CASE("a node that takes more than it has room for is found") {
  CHECK(has(first_finding(sabotage::slots_are_not_counted, 50), "wait in"));
}
