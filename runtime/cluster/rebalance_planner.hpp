#pragma once
// Which conversations move so that no node stays over the ceiling and none idles beside a full one
// (G11). The planner counts conversations and leaves it to the giving node which ones they are;
// that one looks at their labels and zones.
//
//   a node over the ceiling               gives until it is below it
//   fullest - emptiest > imbalance_start  the fullest give to the emptiest, until the difference is
//                                         imbalance_stop
//
// The two thresholds are the hysteresis: what has been balanced stays so until a difference has
// grown anew. A node takes nothing that would lift it over the ceiling or over the node that gives,
// by an estimate of what a conversation costs there.
//
// Either one planner gives orders to all (rebalance), or each node plans for all by what it knows
// and gives away its own part alone (giving_share): a tenth of what each has is a tenth of all, so
// that nobody has to be elected. A draining node's conversations are handed over by the drain.

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "runtime/base/clock.hpp"
#include "runtime/cluster/cluster_view.hpp"

namespace dhr {

struct move_budget_config {
  double share_max = 0.10;  // of the cluster's conversations, in any window
  milliseconds window{10'000};
};

// How many may still move: G11's limit over a sliding window. Owned by: the planner's actor.
class move_budget {
 public:
  // A planner that takes over from another does not know what that one has moved, so it moves
  // nothing in its first window.
  move_budget(move_budget_config config, mono_time start);

  // Rounded down: below 1 / share_max conversations nothing moves. `now` does not go back.
  [[nodiscard]] std::uint32_t left(std::uint64_t conversations, mono_time now);
  // Moves that were begun, whether or not they succeed.
  void spend(std::uint32_t moves, mono_time now);

 private:
  struct spent {
    mono_time at;
    std::uint32_t moves = 0;
  };

  void forget_before(mono_time now);

  const move_budget_config config_;
  const mono_time first_;
  std::deque<spent> spent_;
  std::uint64_t in_window_ = 0;
};

struct rebalance_config {
  double ceiling = 0.75;
  double imbalance_start = 0.20;  // scores
  double imbalance_stop = 0.10;
  std::uint32_t moves_max = 1'000;  // of one plan, so that it takes less than a millisecond
};

struct node_move {
  node_name from;
  node_name to;
  std::uint32_t count = 0;
  friend bool operator==(const node_move&, const node_move&) = default;
};

// At most `moves_max` conversations, by the view with what is under way. Pure.
[[nodiscard]] std::vector<node_move> plan_moves(const cluster_view& view, std::uint32_t moves_max,
                                                const rebalance_config& config);

// Plans within the budget and spends it.
[[nodiscard]] std::vector<node_move> rebalance(const cluster_view& view, move_budget& budget,
                                               const rebalance_config& config, mono_time now);

struct giving_share_config {
  rebalance_config plan;
  move_budget_config budget;  // of the node's own conversations
  // For so long without a break the plan has to want something of the node: loads are samples, and
  // what was given away has to show in the reports before more is.
  milliseconds settle{10'000};
};

// What one node gives away of its own accord. Owned by: its actor.
class giving_share {
 public:
  giving_share(giving_share_config config, mono_time start)
      : config_{config}, budget_{config.budget, start} {}

  // To be asked every second or so with what all nodes report; mostly empty. What it returns is
  // under way. `now` does not go back.
  [[nodiscard]] std::vector<node_move> due(const cluster_view& view, const node_name& self,
                                           mono_time now);

 private:
  const giving_share_config config_;
  move_budget budget_;
  std::optional<mono_time> wanted_since_;
};

}  // namespace dhr
