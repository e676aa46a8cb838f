// What becomes of the conversations of 1,000 nodes when they come and go and a zone is lost: in
// cells of 50 nodes, each with a planner's view of its own, and as one flat set of 1,000?
//
// Simulated on a virtual clock with the real planner and the real admission (support/
// simulated_cells.hpp says what is modelled). For each number of conversations a node has in the
// mean, 150 (what the autoscaler of deploy/ aims at) and 200 (too many for two thirds of the
// nodes):
//   steady   conversations come and go for 120 s: balance of the nodes, the mean of each second's;
//   loss     a third of the nodes stops without a word; 30 s in which their conversations are
//            placed again: how soon, how evenly, who is refused, how far a node gets over 0.75;
//   return   the nodes come back empty: how even it is after a minute of coming and going alone,
//            and how many conversations the rebalancer would move instead.
// Figures are the same on every machine but for decision_us.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "benchmarks/support/report.hpp"
#include "benchmarks/support/simulated_cells.hpp"

namespace {

using namespace dhr;
using namespace dhr::bench;

struct phases {
  double fill_s = 60;
  double settle_s = 60;
  double steady_s = 120;
  double loss_s = 30;
  double return_s = 60;
};

void figure(report& printed, const std::string& name, std::uint64_t count) {
  printed.figure(name, static_cast<double>(count), "");
}

void steady(simulated_cells& world, const phases& times, const std::string& name, report& printed) {
  world.fill(times.fill_s);
  world.run(times.settle_s);
  (void)world.take();
  cells_balance mean;
  const auto seconds = std::max(static_cast<int>(times.steady_s), 1);
  for (int i = 0; i < seconds; ++i) {
    world.run(1);
    const auto now = world.balance();
    mean.max_to_mean += now.max_to_mean / seconds;
    mean.p99_to_mean += now.p99_to_mean / seconds;
    mean.spread += now.spread / seconds;
  }
  const auto counts = world.take();
  printed.figure(name + "steady_max_to_mean", mean.max_to_mean, "x");
  printed.figure(name + "steady_p99_to_mean", mean.p99_to_mean, "x");
  printed.figure(name + "steady_spread", mean.spread, "");
  printed.figure(name + "steady_score_max", counts.score_max, "", "at most 0.75");
  figure(printed, name + "steady_placed", counts.placed);
  figure(printed, name + "steady_node_refusals", counts.node_refusals);
  figure(printed, name + "steady_clients_refused", counts.clients_refused);
  figure(printed, name + "steady_moves_needed", world.moves_needed());
  figure(printed, name + "steady_moves_to_even", world.moves_to_even());
}

void loss(simulated_cells& world, const phases& times, const std::string& name, report& printed) {
  world.lose_zone();
  world.run(times.loss_s);
  const auto counts = world.take();
  const auto& again = world.recovered_s();
  figure(printed, name + "loss_conversations", world.lost());
  figure(printed, name + "loss_placed_again", again.size());
  printed.figure(name + "loss_placed_p50", percentile(again, 0.5), "s");
  printed.figure(name + "loss_placed_p99", percentile(again, 0.99), "s", "at most 15 (G5)");
  printed.figure(name + "loss_placed_max", percentile(again, 1), "s");
  figure(printed, name + "loss_told_owner_silent", counts.owner_silent);
  figure(printed, name + "loss_node_refusals", counts.node_refusals);
  figure(printed, name + "loss_clients_refused", counts.clients_refused);
  figure(printed, name + "loss_told_overloaded", counts.overloaded);
  figure(printed, name + "loss_told_deadline", counts.out_of_tries);
  printed.figure(name + "loss_retry_after_min", to_ms(counts.retry_after_min), "ms");
  printed.figure(name + "loss_retry_after_max", to_ms(counts.retry_after_max), "ms");
  figure(printed, name + "loss_waiting_at_the_end", world.waiting());
  figure(printed, name + "loss_taken_in_a_second_max", counts.second_max);
  printed.figure(name + "loss_stampede", counts.stampede, "x");
  printed.figure(name + "loss_score_max", counts.score_max, "", "at most 0.75");
  figure(printed, name + "loss_nodes_over", counts.nodes_over);
  printed.figure(name + "loss_over", counts.over_s, "s", "0");
  const auto after = world.balance();
  printed.figure(name + "loss_max_to_mean", after.max_to_mean, "x");
  printed.figure(name + "loss_spread", after.spread, "");
  figure(printed, name + "loss_moves_needed", world.moves_needed());
}

void come_back(simulated_cells& world, const phases& times, const std::string& name,
               report& printed) {
  world.return_zone();
  figure(printed, name + "return_moves_needed", world.moves_needed());
  figure(printed, name + "return_moves_to_even", world.moves_to_even());
  world.run(times.return_s);
  const auto counts = world.take();
  const auto after = world.balance();
  printed.figure(name + "return_stampede", counts.stampede, "x");
  printed.figure(name + "return_score_max", counts.score_max, "", "at most 0.75");
  figure(printed, name + "return_clients_refused", counts.clients_refused);
  printed.figure(name + "return_min_to_mean", after.min_to_mean, "x");
  printed.figure(name + "return_max_to_mean", after.max_to_mean, "x");
  printed.figure(name + "decision_us", world.decision_us(), "us");
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"How do 1,000 nodes balance and survive a lost zone, in cells and as one set?"};
  std::string json_file;
  cells_options options;
  phases times;
  std::vector<std::size_t> per_node{150, 200};
  bool cells_alone = false;
  app.add_option("--json", json_file, "also write the line of JSON to this file");
  app.add_option("--nodes", options.nodes, "in all")->check(CLI::Range(3, 10'000));
  app.add_option("--cell", options.cell, "nodes of a cell")->check(CLI::Range(3, 10'000));
  app.add_option("--per-node", per_node, "conversations of a node in the mean, several in turn");
  app.add_option("--slots", options.slots, "conversations a node takes at most")
      ->check(CLI::Range(1, 100'000));
  app.add_option("--stay", options.stay_s, "seconds of a conversation, in the mean")
      ->check(CLI::Range(1, 100'000));
  app.add_option("--memory-grows", options.memory_grows, "memory of a full node above an empty one")
      ->check(CLI::Range(0.0, 0.8));
  app.add_option("--report", options.report_every_ms, "milliseconds between a node's reports")
      ->check(CLI::Range(100, 60'000));
  app.add_option("--lag", options.report_lag_ms, "milliseconds until a report is known")
      ->check(CLI::Range(0, 59'000));
  app.add_option("--device-window", options.device_window_ms,
                 "milliseconds over which a node measures its devices; 0: none")
      ->check(CLI::Range(0, 60'000));
  app.add_option("--seed", options.seed, "of all chance");
  app.add_flag("--cells-alone", cells_alone, "without the flat set");
  CLI11_PARSE(app, argc, argv);
  if (options.report_lag_ms >= options.report_every_ms) {
    std::fprintf(stderr, "--lag must be less than --report\n");
    return 2;
  }

  report printed{"placement_scale"};
  printed.config("nodes", static_cast<double>(options.nodes));
  printed.config("cell", static_cast<double>(options.cell));
  printed.config("slots", options.slots);
  printed.config("stay_s", options.stay_s);
  printed.config("memory_grows", options.memory_grows);
  printed.config("report_ms", options.report_every_ms);
  printed.config("lag_ms", options.report_lag_ms);
  printed.config("device_window_ms", options.device_window_ms);
  printed.config("seed", options.seed);
  const auto cell = options.cell;
  for (const auto mean : per_node) {
    for (const bool flat : {false, true}) {
      if (flat && cells_alone) continue;
      options.conversations = mean * options.nodes;
      options.cell = flat ? options.nodes : cell;
      const auto name = (flat ? "flat_" : "cells_") + std::to_string(mean) + "_";
      simulated_cells world{options};
      steady(world, times, name, printed);
      loss(world, times, name, printed);
      come_back(world, times, name, printed);
    }
  }
  return printed.finish(json_file);
}
