#include "runtime/cluster/placement_planner.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <limits>
#include <optional>

#include "runtime/cluster/rendezvous.hpp"

namespace dhr {
namespace {

using rule = placement_rule;
using rule_counts = std::array<std::uint32_t, placement_rules>;

std::optional<rule> first_broken(const node_view& node, const placement_request& request,
                                 double ceiling) {
  if (!healthy(node)) return rule::healthy;
  if (!not_suspected(node)) return rule::not_suspected;
  if (!not_draining(node)) return rule::not_draining;
  if (!satisfies_labels(node, request)) return rule::satisfies_labels;
  if (!in_zone(node, request)) return rule::in_zone;
  if (!has_room(node)) return rule::has_room;
  if (!below_ceiling(node, ceiling)) return rule::below_ceiling;
  if (!not_excluded(node, request)) return rule::not_excluded;
  return std::nullopt;
}

std::string join(const std::map<std::string, std::string>& labels) {
  std::string text;
  for (const auto& [key, value] : labels) {
    text += (text.empty() ? "" : ", ") + key + "=" + value;
  }
  return text;
}

std::string shorten(double value) {
  auto text = std::to_string(value);
  text.erase(text.find_last_not_of('0') + 1);
  return text;
}

std::string explain(rule last, const placement_request& request, const placement_config& config) {
  switch (last) {
    case rule::healthy:
      return "no node is healthy; see the health of each in the cluster's status";
    case rule::not_suspected:
      return "no healthy node answers; check the network between the nodes";
    case rule::not_draining:
      return "every node that answers is draining; start another one";
    case rule::satisfies_labels:
      return std::string{"no node has "} + (request.labels.size() == 1 ? "label " : "the labels ") +
             join(request.labels) + "; start one that has, or ask for others";
    case rule::in_zone:
      return "no node in zone " + request.zone + " can take the conversation; start one there";
    case rule::has_room:
      return "every node is full; try again later or add nodes";
    case rule::below_ceiling:
      return "every node with room is over the load ceiling of " + shorten(config.ceiling) +
             "; try again later or add nodes";
    case rule::not_excluded:
      return "every node with room has just refused; try again later";
  }
  return "no node can take the conversation";
}

// Rules are kept in their order, so the last one that anybody broke is the one that left nobody.
error refusal(const rule_counts& broken, const placement_request& request,
              const placement_config& config) {
  const auto end =
      std::find_if(broken.rbegin(), broken.rend(), [](auto count) { return count > 0; });
  if (end == broken.rend()) {
    return {errc::unavailable, "the cluster has no node yet; start one", {}, {}};
  }
  const auto last = static_cast<rule>(std::distance(end, broken.rend()) - 1);
  error refused{
      errc::unavailable, explain(last, request, config), std::string{to_string(last)}, {}};
  if (last >= rule::has_room) {
    refused.code = errc::overloaded;
    refused.retry_after = config.retry_after;
  }
  return refused;
}

struct candidates {
  double lowest = std::numeric_limits<double>::infinity();
  std::uint32_t count = 0;

  void add(double score) noexcept {
    lowest = std::min(lowest, score);
    ++count;
  }
};

struct winner {
  const node_view* node = nullptr;
  double score = 0;
  std::uint64_t weight = 0;
  std::uint32_t equals = 0;
};

}  // namespace

bool healthy(const node_view& node) noexcept { return node.healthy; }

bool not_suspected(const node_view& node) noexcept { return !node.suspected; }

bool not_draining(const node_view& node) noexcept { return !node.draining; }

bool satisfies_labels(const node_view& node, const placement_request& request) {
  return first_missing(request.labels, node.labels) == nullptr;
}

const std::pair<const std::string, std::string>* first_missing(
    const std::map<std::string, std::string>& wanted,
    const std::map<std::string, std::string>& labels) {
  const auto missing = std::find_if(wanted.begin(), wanted.end(), [&](const auto& one) {
    const auto label = labels.find(one.first);
    return label == labels.end() || label->second != one.second;
  });
  return missing == wanted.end() ? nullptr : &*missing;
}

bool in_zone(const node_view& node, const placement_request& request) noexcept {
  return request.wish != zone_wish::required || node.zone == request.zone;
}

bool has_room(const node_view& node) noexcept {
  const auto taken = std::uint64_t{node.conversations} + node.pending();
  return taken < node.conversations_max && load_term(node.load.gpu) < 1 &&
         load_term(node.load.memory) < 1 && load_term(node.load.queue) < 1;
}

bool below_ceiling(const node_view& node, double ceiling) noexcept {
  return placement_score(node) <= ceiling;
}

bool not_excluded(const node_view& node, const placement_request& request) noexcept {
  const auto& names = request.excluded;
  return std::find(names.begin(), names.end(), node.name) == names.end();
}

std::string_view to_string(placement_rule rule) noexcept {
  constexpr std::array<std::string_view, placement_rules> names{
      "healthy", "not_suspected", "not_draining",  "satisfies_labels",
      "in_zone", "has_room",      "below_ceiling", "not_excluded"};
  return names[static_cast<std::size_t>(rule)];
}

std::string_view to_string(placement_reason reason) noexcept {
  constexpr std::array<std::string_view, 4> names{"sticky", "only_candidate", "lowest_score",
                                                  "spread"};
  return names[static_cast<std::size_t>(reason)];
}

result<placement> plan(const cluster_view& view, const placement_request& request,
                       const placement_config& config) {
  const auto* owner = view.find(request.last_owner);
  if (owner != nullptr && !first_broken(*owner, request, config.sticky_ceiling)) {
    const bool home = request.wish == zone_wish::any || owner->zone == request.zone;
    return placement{owner->name, placement_reason::sticky, placement_score(*owner), home, 0};
  }

  rule_counts broken{};
  candidates all;
  candidates preferred;
  for (const auto& node : view.nodes) {
    if (const auto rule = first_broken(node, request, config.ceiling)) {
      ++broken[static_cast<std::size_t>(*rule)];
      continue;
    }
    const auto score = placement_score(node);
    all.add(score);
    if (request.wish == zone_wish::preferred && node.zone == request.zone) preferred.add(score);
  }
  if (all.count == 0) return refusal(broken, request, config);

  const bool zone_only = preferred.count > 0;
  const auto& field = zone_only ? preferred : all;
  const auto seed = hash_of(request.conversation.value);
  winner best;
  for (const auto& node : view.nodes) {
    const auto score = placement_score(node);
    if (score > field.lowest + config.tie_width || (zone_only && node.zone != request.zone) ||
        first_broken(node, request, config.ceiling)) {
      continue;
    }
    const auto weight = rendezvous_weight(seed, node.name.value);
    ++best.equals;
    if (best.node == nullptr || weight > best.weight ||
        (weight == best.weight && node.name < best.node->name)) {
      best = {&node, score, weight, best.equals};
    }
  }

  const auto reason = field.count == 1  ? placement_reason::only_candidate
                      : best.equals > 1 ? placement_reason::spread
                                        : placement_reason::lowest_score;
  return placement{best.node->name, reason, best.score,
                   zone_only || request.wish != zone_wish::preferred, field.count - 1};
}

}  // namespace dhr
