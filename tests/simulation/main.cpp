// Runs seeds and prints those that break a rule:
//
//   simulate --seeds 1..500       each seed of the range
//   simulate --seed 17            one, with its plan and what is broken
//   simulate --seed 17 --journal  and all that happened
//
// Ends with 1 when a rule was broken.

#include <CLI/CLI.hpp>
#include <cstdint>
#include <iostream>
#include <string>

#include "tests/simulation/simulate.hpp"

namespace {

using namespace dhr::simulation;

constexpr std::size_t journal_tail = 60;

struct counted {
  std::size_t turns = 0;
  std::size_t activations = 0;
  std::size_t unstored = 0;
  dhr::nanoseconds longest{0};
  dhr::nanoseconds silence{0};
  dhr::nanoseconds late_claim{0};
  dhr::nanoseconds end{0};

  void add(const history& seen) {
    turns += seen.turns.size();
    activations += seen.restored.size();
    unstored += unstored_turns(seen).size();
    for (const auto& one : seen.requests) longest = std::max(longest, one.reachable);
    for (const auto& one : seen.silences) silence = std::max(silence, one.lasted);
    for (const auto& one : seen.ends) end = std::max(end, one.ran);
    for (const auto& one : seen.claims) {
      late_claim = std::max(late_claim, one.told_to_end.value_or(dhr::nanoseconds{0}));
    }
  }
};

std::string ms(dhr::nanoseconds time) { return std::to_string(time.count() / 1'000'000) + " ms"; }

bool run(std::uint64_t seed, std::size_t lines, bool always, counted& counts) {
  const auto outcome = simulate(seed);
  counts.add(outcome.seen);
  if (!outcome.broken.empty() || always) std::cout << describe(seed, outcome, lines) << std::flush;
  return outcome.broken.empty();
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Simulates a cluster, its clients and what goes wrong"};
  std::uint64_t seed = 0;
  std::string seeds;
  bool journal = false;
  auto* one = app.add_option("--seed", seed, "replay this seed");
  auto* many = app.add_option("--seeds", seeds, "a range, as 1..500")->excludes(one);
  app.add_flag("--journal", journal, "all that happened");
  CLI11_PARSE(app, argc, argv);
  std::uint64_t first = seed;
  std::uint64_t last = seed;
  if (*many) {
    const auto dots = seeds.find("..");
    if (dots == seeds.npos) return app.exit(CLI::ValidationError{"--seeds", "write FIRST..LAST"});
    first = std::stoull(seeds);
    last = std::stoull(seeds.substr(dots + 2));
  }
  counted counts;
  std::size_t broken = 0;
  for (auto at = first; at <= last; ++at) {
    if (!run(at, journal ? 0 : journal_tail, *one || journal, counts)) ++broken;
  }
  std::cout << last - first + 1 << " seeds, " << broken << " broken; " << counts.turns
            << " turns were told, " << counts.unstored << " of them lost with their node before "
            << "they were stored; " << counts.activations << " activations; the longest request "
            << ms(counts.longest) << ", the longest silence that was not noticed "
            << ms(counts.silence) << "; a node that was told to end took its last conversation "
            << "within " << ms(counts.late_claim) << " and ended within " << ms(counts.end) << "\n";
  return broken == 0 ? 0 : 1;
}
