#pragma once
// What the rounds of cluster_chaos have shown, and how it is reported.

#include <cstdint>
#include <string>
#include <vector>

#include "benchmarks/support/report.hpp"
#include "benchmarks/support/talker.hpp"

namespace dhr::bench {

// What clients of one kind of round were told.
struct chaos_tally {
  std::uint64_t turns = 0;
  std::uint64_t turns_broken = 0;
  std::uint64_t turns_lost = 0;
  std::uint64_t errors = 0;
  std::uint64_t connections_lost = 0;
  std::uint64_t not_resumed = 0;
  std::uint64_t silent = 0;

  void add(const talker& one) {
    turns += one.turns;
    turns_broken += one.turns_broken + one.questions_lost;
    turns_lost += one.turns_lost;
    errors += one.errors;
    connections_lost += one.ended.empty() ? 0 : 1;
  }
};

struct chaos_times {
  std::vector<double> detect_ms;
  std::vector<double> told_ms;     // from the fault until the client heard that something is wrong
  std::vector<double> resumed_ms;  // from the fault, or from the mending where it waits for that
};

struct chaos_figures {
  chaos_times kill, stop, isolated, parted, one_way;
  std::vector<double> owned;  // conversations of the victim
  std::vector<double> gap_ms;
  std::vector<double> drain_s;
  std::vector<double> fence_ms;
  std::vector<double> isolated_told_ms;  // by the isolated node itself, from the cut
  std::vector<double> store_wait_ms;
  std::uint64_t bad_ends = 0;     // exit status after SIGTERM that is not 0
  std::uint64_t late_fences = 0;  // after a conversation went on elsewhere
  std::uint64_t untold = 0;       // clients of the isolated node, until the mending
  std::uint64_t turns_after_fence = 0;
  std::uint64_t moved = 0;        // conversations of a node that still had its lease
  std::uint64_t leases_lost = 0;  // while the store was away
  chaos_tally nodes;              // clients of the first node, all faults but the store's
  chaos_tally isolated_clients;   // connected to the node that was isolated
  chaos_tally parted_clients;     // and to one that others could not reach
  chaos_tally store;
};

// Of the faults that were tried.
void tell(report& told, const std::vector<std::string>& faults, const chaos_figures& out);

}  // namespace dhr::bench
