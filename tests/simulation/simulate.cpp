#include "tests/simulation/simulate.hpp"

#include <algorithm>

#include "tests/simulation/cluster.hpp"

namespace dhr::simulation {

simulation_outcome simulate(std::uint64_t seed, const simulation_options& options) {
  chance dice{seed};
  simulation_outcome outcome;
  outcome.scale = draw_scale(dice);
  if (!options.undisturbed) {
    outcome.plan = options.kinds.empty() ? plan_faults(dice, outcome.scale)
                                         : plan_faults(dice, outcome.scale, options.kinds);
  }
  cluster nodes{dice.below(~std::uint64_t{0}), outcome.scale, outcome.plan, options.how_broken};
  nodes.run();
  outcome.seen = nodes.seen().seen();
  outcome.journal = nodes.seen().journal();
  outcome.broken = check(outcome.seen, request_patience);
  return outcome;
}

std::string describe(std::uint64_t seed, const simulation_outcome& outcome, std::size_t lines) {
  const auto& scale = outcome.scale;
  std::string text = "seed " + std::to_string(seed) + ": " + std::to_string(scale.nodes) +
                     " nodes, " + std::to_string(scale.clients) + " clients, " +
                     std::to_string(scale.sessions_max) + " conversations a node" +
                     (scale.balances ? ", load is evened\n" : "\n");
  for (const auto& fault : outcome.plan) text += "  " + to_string(fault) + "\n";
  const auto& journal = outcome.journal;
  const auto skipped = lines == 0 ? 0 : journal.size() - std::min(journal.size(), lines);
  if (skipped > 0) text += "  (" + std::to_string(skipped) + " lines before)\n";
  for (std::size_t i = skipped; i < journal.size(); ++i) text += journal[i] + "\n";
  for (const auto& one : outcome.broken) text += "BROKEN " + one + "\n";
  return text;
}

}  // namespace dhr::simulation
