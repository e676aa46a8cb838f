#include "tests/simulation/faults.hpp"

#include <algorithm>

namespace dhr::simulation {
namespace {

using namespace std::chrono_literals;

const char* name_of(fault_kind kind) {
  switch (kind) {
    case fault_kind::kill:
      return "kill";
    case fault_kind::pause:
      return "pause";
    case fault_kind::drain:
      return "drain";
    case fault_kind::partition:
      return "partition";
    case fault_kind::one_way:
      return "one way lost";
    case fault_kind::isolation:
      return "isolation";
    case fault_kind::slow_link:
      return "slow link";
    case fault_kind::lossy_link:
      return "lossy link";
    case fault_kind::doubling_link:
      return "doubling link";
    case fault_kind::reset:
      return "reset";
    case fault_kind::store_away:
      return "store away";
    case fault_kind::store_outage:
      return "store outage";
    case fault_kind::store_hangs:
      return "store hangs";
    case fault_kind::store_unanswered:
      return "store unanswered";
    case fault_kind::wished_drain:
      return "wished drain";
    case fault_kind::move:
      return "wished move";
  }
  return "";
}

// A store gives a call up that takes longer.
constexpr milliseconds hang_max{4'500};

std::int64_t amount_of(fault_kind kind, chance& dice) {
  switch (kind) {
    case fault_kind::slow_link:
      return dice.between(5, 800);
    case fault_kind::lossy_link:
      return dice.between(20, 400);
    case fault_kind::doubling_link:
      return dice.between(50, 700);
    case fault_kind::store_unanswered:
      return dice.between(50, 600);
    case fault_kind::move:
      return dice.between(0, 839);  // by the number of clients, of which there are four to eight
    default:
      return 0;
  }
}

}  // namespace

simulation_scale draw_scale(chance& dice) {
  simulation_scale scale;
  scale.nodes = static_cast<std::size_t>(dice.between(3, 5));
  scale.clients = static_cast<std::size_t>(dice.between(4, 8));
  // All nodes together have room for all; without one of them perhaps not.
  const auto each = (scale.clients + scale.nodes - 1) / scale.nodes;
  scale.sessions_max = static_cast<std::uint32_t>(each + dice.below(3));
  scale.balances = dice.per_mille(500);
  scale.faults_end = dice.between(12'000ms, 40'000ms);
  scale.end = scale.faults_end + 30s;
  return scale;
}

std::vector<planned_fault> plan_faults(chance& dice, const simulation_scale& scale) {
  std::vector<fault_kind> all;
  for (int kind = 0; kind < fault_kinds; ++kind) all.push_back(static_cast<fault_kind>(kind));
  return plan_faults(dice, scale, all);
}

std::vector<planned_fault> plan_faults(chance& dice, const simulation_scale& scale,
                                       const std::vector<fault_kind>& kinds) {
  std::vector<planned_fault> plan;
  const auto last = std::chrono::duration_cast<milliseconds>(scale.faults_end);
  const auto count = dice.between(2, 3 + last / 3'000ms);
  for (std::int64_t i = 0; i < count; ++i) {
    planned_fault fault;
    fault.kind = kinds[dice.below(kinds.size())];
    fault.begins = dice.between(2'000ms, last - 1'000ms);
    const auto longest = fault.kind == fault_kind::store_hangs ? hang_max : 14'000ms;
    fault.ends = std::min<true_time>(scale.faults_end, fault.begins + dice.between(200ms, longest));
    fault.a = dice.below(scale.nodes);
    fault.b = (fault.a + 1 + dice.below(scale.nodes - 1)) % scale.nodes;
    fault.amount = amount_of(fault.kind, dice);
    plan.push_back(fault);
  }
  std::sort(plan.begin(), plan.end(),
            [](const auto& x, const auto& y) { return x.begins < y.begins; });
  return plan;
}

std::string to_string(const planned_fault& fault) {
  const auto ms = [](true_time at) { return std::to_string(at.count() / 1'000'000); };
  return ms(fault.begins) + " to " + ms(fault.ends) + " ms: " + name_of(fault.kind) + ", node " +
         std::to_string(fault.a) + ", node " + std::to_string(fault.b) + ", " +
         std::to_string(fault.amount);
}

}  // namespace dhr::simulation
