#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "benchmarks/support/report.hpp"
#include "benchmarks/support/simulated_cells.hpp"
#include "runtime/cluster/rebalance_planner.hpp"

namespace dhr::bench {
namespace {

constexpr int rebalance_rounds = 100;

}  // namespace

cells_balance simulated_cells::balance() const {
  std::vector<double> counts;
  double score = 0;
  for (const auto& one : nodes_) {
    if (one.down) continue;
    counts.push_back(one.conversations);
    score = std::max(score, load_score(true_load(one.conversations)));
  }
  const auto size = static_cast<double>(counts.size());
  const auto mean = std::accumulate(counts.begin(), counts.end(), 0.0) / size;
  double squares = 0;
  for (const auto count : counts) squares += (count - mean) * (count - mean);
  const auto [least, most] = std::minmax_element(counts.begin(), counts.end());
  return {*most / mean, percentile(counts, 0.99) / mean, *least / mean,
          std::sqrt(squares / size) / mean, score};
}

std::uint64_t simulated_cells::moves_needed() const {
  std::uint64_t moves = 0;
  for (const auto& home : cells_) {
    auto view = home.view;
    const auto tell = [&](std::size_t place, std::uint32_t conversations) {
      report_arrived(view.nodes[place],
                     {true_load(conversations), conversations, options_.slots, false, true});
    };
    for (std::size_t place = 0; place < home.count; ++place) {
      const auto& one = nodes_[home.first + place];
      view.nodes[place].suspected = one.down;
      tell(place, one.conversations);
    }
    for (int round = 0; round < rebalance_rounds; ++round) {
      const auto planned = plan_moves(view, static_cast<std::uint32_t>(options_.conversations), {});
      if (planned.empty()) break;
      for (const auto& move : planned) {
        const auto from = std::stoul(move.from.value.substr(4)) - home.first;
        const auto to = std::stoul(move.to.value.substr(4)) - home.first;
        tell(from, view.nodes[from].conversations - move.count);
        tell(to, view.nodes[to].conversations + move.count);
        moves += move.count;
      }
    }
  }
  return moves;
}

std::uint64_t simulated_cells::moves_to_even() const {
  double moves = 0;
  for (const auto& home : cells_) {
    std::vector<double> counts;
    for (std::size_t place = 0; place < home.count; ++place) {
      const auto& one = nodes_[home.first + place];
      if (!one.down) counts.push_back(one.conversations);
    }
    const auto mean =
        std::accumulate(counts.begin(), counts.end(), 0.0) / static_cast<double>(counts.size());
    for (const auto count : counts) moves += std::max(count - mean, 0.0);
  }
  return static_cast<std::uint64_t>(std::llround(moves));
}

cells_counts simulated_cells::take() { return std::exchange(counts_, {}); }

double simulated_cells::decision_us() const noexcept {
  if (decisions_ == 0) return 0;
  return std::chrono::duration<double, std::micro>(planning_).count() /
         static_cast<double>(decisions_);
}

}  // namespace dhr::bench
