#include "runtime/cluster/rebalance_planner.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <utility>

#include "runtime/base/assert.hpp"
#include "runtime/cluster/placement_planner.hpp"

namespace dhr {
namespace {

// As if a node had already shown so many conversations of the cluster's average cost: what one or
// two seem to cost is mostly what the node needs when idle.
constexpr double average_conversations = 4;

// A node in the plan, with what is under way done.
struct standing {
  double score = 0;
  double cost = 0;  // of one conversation, in score
  std::uint32_t may_give = 0;
  std::uint32_t may_take = 0;
};

// Nodes by score, for the highest and the lowest; equal ones by their place in the view.
using ranking = std::set<std::pair<double, std::size_t>>;

// Score in use per conversation, times the slots of the node that it is on.
double average_cost(const cluster_view& view) {
  double used = 0;
  double conversations = 0;
  for (const auto& node : view.nodes) {
    used += load_score(node.load) * node.conversations_max;
    conversations += node.conversations;
  }
  return conversations > 0 ? used / conversations : 1;
}

std::uint32_t difference(std::uint64_t a, std::uint64_t b) noexcept {
  constexpr std::uint64_t most = std::numeric_limits<std::uint32_t>::max();
  return a > b ? static_cast<std::uint32_t>(std::min(a - b, most)) : 0;
}

standing standing_of(const node_view& node, double average) {
  const double slots = std::max<double>(node.conversations_max, 1);
  const double reported = load_score(node.load);
  // Never less than a slot's share of the whole. Estimates err upward, because the idle load is in
  // them: too few conversations move at first, and the next reports correct it. The other way
  // round too many would move, and back again.
  const double cost = std::max((reported + average_conversations * average / slots) /
                                   (node.conversations + average_conversations),
                               1 / slots);
  standing now;
  now.cost = cost;
  const auto outgoing = std::uint64_t{node.leaving} + node.departed;
  now.score = std::max(
      reported + cost * (static_cast<double>(node.pending()) - static_cast<double>(outgoing)), 0.0);
  if (!node.suspected && !node.draining) now.may_give = difference(node.conversations, outgoing);
  if (healthy(node) && not_suspected(node) && not_draining(node) && has_room(node)) {
    now.may_take =
        difference(node.conversations_max, std::uint64_t{node.conversations} + node.pending());
  }
  return now;
}

class move_plan {
 public:
  move_plan(const cluster_view& view, const rebalance_config& config) : view_{view} {
    const double average = average_cost(view);
    nodes_.reserve(view.nodes.size());
    for (const auto& node : view.nodes) nodes_.push_back(standing_of(node, average));
    for (std::size_t i = 0; i < nodes_.size(); ++i) rank(i);
    ceiling_ = config.ceiling;
    stop_ = config.imbalance_stop;
    balancing_ = !givers_.empty() && !takers_.empty() &&
                 givers_.rbegin()->first - takers_.begin()->first > config.imbalance_start;
  }

  // False when nothing is left to do.
  bool step() {
    if (givers_.empty() || takers_.empty()) return false;
    const auto from = givers_.rbegin()->second;
    const auto to = takers_.begin()->second;
    auto& giver = nodes_[from];
    auto& taker = nodes_[to];
    const bool over = giver.score > ceiling_;
    if (from == to || !(over || (balancing_ && giver.score - taker.score > stop_))) return false;

    const double lifted = taker.score + taker.cost;
    if (lifted > ceiling_ || lifted > giver.score - giver.cost) {
      // Its conversations are too large for this step; a larger node may take smaller ones.
      takers_.erase(takers_.begin());
      taker.may_take = 0;
      return true;
    }
    unrank(from);
    unrank(to);
    giver.score -= giver.cost;
    --giver.may_give;
    taker.score = lifted;
    --taker.may_take;
    rank(from);
    rank(to);
    moves_.emplace_back(from, to);
    return true;
  }

  [[nodiscard]] std::size_t size() const noexcept { return moves_.size(); }

  [[nodiscard]] std::vector<node_move> collect() {
    std::sort(moves_.begin(), moves_.end());
    std::vector<node_move> collected;
    for (std::size_t i = 0; i < moves_.size(); ++i) {
      if (i == 0 || moves_[i] != moves_[i - 1]) {
        collected.push_back(
            {view_.nodes[moves_[i].first].name, view_.nodes[moves_[i].second].name, 0});
      }
      ++collected.back().count;
    }
    return collected;
  }

 private:
  void rank(std::size_t i) {
    if (nodes_[i].may_give > 0) givers_.emplace(nodes_[i].score, i);
    if (nodes_[i].may_take > 0) takers_.emplace(nodes_[i].score, i);
  }
  void unrank(std::size_t i) {
    givers_.erase({nodes_[i].score, i});
    takers_.erase({nodes_[i].score, i});
  }

  const cluster_view& view_;
  std::vector<standing> nodes_;
  ranking givers_;
  ranking takers_;
  std::vector<std::pair<std::size_t, std::size_t>> moves_;
  double ceiling_ = 0;
  double stop_ = 0;
  bool balancing_ = false;
};

}  // namespace

move_budget::move_budget(move_budget_config config, mono_time start)
    : config_{config}, first_{start + config.window} {}

std::uint32_t move_budget::left(std::uint64_t conversations, mono_time now) {
  forget_before(now);
  if (now < first_) return 0;
  const auto limit = static_cast<std::uint64_t>(
      std::floor(config_.share_max * static_cast<double>(conversations)));
  return difference(limit, in_window_);
}

void move_budget::spend(std::uint32_t moves, mono_time now) {
  forget_before(now);
  if (moves == 0) return;
  if (spent_.empty() || spent_.back().at != now) spent_.push_back({now, 0});
  spent_.back().moves += moves;
  in_window_ += moves;
}

void move_budget::forget_before(mono_time now) {
  while (!spent_.empty() && now - spent_.front().at >= config_.window) {
    DHR_ASSERT(in_window_ >= spent_.front().moves);
    in_window_ -= spent_.front().moves;
    spent_.pop_front();
  }
}

std::vector<node_move> plan_moves(const cluster_view& view, std::uint32_t moves_max,
                                  const rebalance_config& config) {
  const auto limit = std::min(moves_max, config.moves_max);
  if (limit == 0) return {};
  move_plan plan{view, config};
  while (plan.size() < limit && plan.step()) {
  }
  return plan.collect();
}

std::vector<node_move> rebalance(const cluster_view& view, move_budget& budget,
                                 const rebalance_config& config, mono_time now) {
  auto moves = plan_moves(view, budget.left(view.conversations(), now), config);
  std::uint32_t sum = 0;
  for (const auto& move : moves) sum += move.count;
  budget.spend(sum, now);
  return moves;
}

std::vector<node_move> giving_share::due(const cluster_view& view, const node_name& self,
                                         mono_time now) {
  auto moves = plan_moves(view, config_.plan.moves_max, config_.plan);
  std::erase_if(moves, [&](const node_move& move) { return move.from != self; });
  if (moves.empty()) {
    wanted_since_.reset();
    return moves;
  }
  if (now - wanted_since_.value_or(now) < config_.settle) {
    if (!wanted_since_) wanted_since_ = now;
    return {};
  }
  wanted_since_.reset();
  auto left = budget_.left(view.find(self)->conversations, now);
  for (auto& move : moves) {
    move.count = std::min(move.count, left);
    left -= move.count;
    budget_.spend(move.count, now);
  }
  std::erase_if(moves, [](const node_move& move) { return move.count == 0; });
  return moves;
}

}  // namespace dhr
