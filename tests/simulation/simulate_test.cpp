// The simulation as a whole: that it is quiet without faults, that a seed is the same each time,
// and that it finds what is broken on purpose.

#include "tests/simulation/simulate.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

using namespace dhr;
using namespace dhr::simulation;
using namespace std::chrono_literals;

namespace {

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

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

// Whether one of the seeds breaks a rule in these words, with what goes wrong of these kinds alone.
bool is_found(sabotage how, const std::vector<fault_kind>& kinds, std::uint64_t seeds,
              const std::string& words) {
  simulation_options options;
  options.how_broken = how;
  options.kinds = kinds;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    const auto broken = simulate(seed, options).broken;
    if (std::any_of(broken.begin(), broken.end(), [&](const auto& one) { return has(one, words); }))
      return true;
  }
  return false;
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

TEST_CASE("a conversation goes where an operator wants it, and nobody misses a word") {
  simulation_options options;
  options.kinds = {fault_kind::move};
  std::size_t wished = 0;
  std::size_t came = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const auto outcome = simulate(seed, options);
    INFO(describe(seed, outcome, 0));
    CHECK(outcome.broken.empty());
    const auto& claims = outcome.seen.claims;
    for (const auto& fault : outcome.plan) {
      const auto client = static_cast<std::size_t>(fault.amount) % outcome.scale.clients;
      ++wished;
      came += std::any_of(claims.begin(), claims.end(), [&](const granted_claim& one) {
        return one.conversation.value == "talk_" + std::to_string(client) &&
               one.node == "node" + std::to_string(fault.b) && one.at > fault.begins &&
               one.at < fault.begins + 10s;
      });
    }
  }
  // The others were there, or their wish was taken over by a later one, or there was no room.
  CHECK(came > wished / 4);
}

TEST_CASE("a node that an operator drains takes no conversation until the wish is taken back") {
  simulation_options options;
  options.kinds = {fault_kind::wished_drain};
  std::size_t looked_at = 0;
  std::size_t taken_after = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const auto outcome = simulate(seed, options);
    INFO(describe(seed, outcome, 0));
    CHECK(outcome.broken.empty());
    for (const auto& fault : outcome.plan) {
      for (const auto& claim : outcome.seen.claims) {
        if (claim.node != "node" + std::to_string(fault.a)) continue;
        // A node looks at what is wished of it once a second.
        const bool is_late = claim.at > fault.begins + 1'500ms;
        CHECK_FALSE((is_late && claim.at < fault.ends));
        taken_after += claim.at > fault.ends ? 1 : 0;
      }
      looked_at += fault.ends > fault.begins + 1'500ms ? 1 : 0;
    }
  }
  CHECK(looked_at > 50);
  CHECK(taken_after > 50);
}

TEST_CASE("a node that has come back is given conversations of those that have many") {
  simulation_options options;
  options.kinds = {fault_kind::drain};
  std::size_t given = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const auto outcome = simulate(seed, options);
    INFO(describe(seed, outcome, 0));
    CHECK(outcome.broken.empty());
    const auto gives = std::count_if(outcome.journal.begin(), outcome.journal.end(),
                                     [](const auto& line) { return has(line, " away to node"); });
    CHECK((outcome.scale.balances || gives == 0));
    given += static_cast<std::size_t>(gives);
  }
  CHECK(given > 5);
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

TEST_CASE("sessions that act on without a lease are found") {
  CHECK(is_found(sabotage::gates_stay_open, {fault_kind::pause}, 20, "could act"));
}

TEST_CASE("nodes that do not notice silence are found") {
  CHECK(is_found(sabotage::silence_is_not_noticed, {fault_kind::partition, fault_kind::pause}, 20,
                 "has heard nothing of it for"));
}

TEST_CASE("nodes that were told to end and go on are found") {
  const std::vector<fault_kind> drains{fault_kind::drain};
  CHECK(is_found(sabotage::drained_nodes_go_on, drains, 20, ", which was told to end and ran for"));
  CHECK(is_found(sabotage::drained_nodes_go_on, drains, 100, ", and runs on for"));
}

TEST_CASE("wishes that nobody hears are found") {
  CHECK(is_found(sabotage::wishes_are_not_heard, {fault_kind::move}, 5, "nobody does or drops it"));
}
