#pragma once
// Which node takes a conversation (G11). The last owner, whose caches are warm, while it passes the
// rules; otherwise the lowest load score of the nodes that pass them.
//
// Scores are samples, so those that differ by less than `tie_width` are taken for equal, and among
// equals the conversation's rendezvous hash decides (highest random weight, Thaler and Ravishankar
// 1998). Routers that know nothing of each other thus send different conversations to different
// nodes, while the same conversation gets the same answer from all of them.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/base/ids.hpp"
#include "runtime/base/result.hpp"
#include "runtime/cluster/cluster_view.hpp"

namespace dhr {

enum class zone_wish : std::uint8_t {
  any,        // `zone` is not looked at
  preferred,  // a node of the zone, if one passes the other rules
  required,   // a node of the zone or none
};

struct placement_request {
  conversation_id conversation;
  node_name last_owner;                       // empty: nobody's
  std::map<std::string, std::string> labels;  // the node has all of them, with these values
  std::string zone;
  zone_wish wish = zone_wish::any;
  std::vector<node_name> excluded;  // have just refused this conversation
};

struct placement_config {
  double ceiling = 0.75;
  double sticky_ceiling = 0.80;  // for the last owner: what a warm cache is worth
  // Less, and routers with reports of a second ago all run to the same nodes after a zone was lost;
  // more, and the load becomes uneven (benchmarks/bench_placement).
  double tie_width = 0.10;
  milliseconds retry_after{1'000};  // when the cluster is full
};

// In the order in which they are asked; a node is said to break the first that it does not keep.
enum class placement_rule : std::uint8_t {
  healthy,
  not_suspected,
  not_draining,
  satisfies_labels,
  in_zone,
  has_room,
  below_ceiling,
  not_excluded,
};
inline constexpr std::size_t placement_rules = 8;
[[nodiscard]] std::string_view to_string(placement_rule rule) noexcept;

enum class placement_reason : std::uint8_t {
  sticky,          // it had the conversation before
  only_candidate,  // no other node passes the rules
  lowest_score,    // no other has nearly as low a score
  spread,          // the hash decided among equals
};
[[nodiscard]] std::string_view to_string(placement_reason reason) noexcept;

struct placement {
  node_name node;
  placement_reason reason = placement_reason::lowest_score;
  double score = 0;          // the node's, when it was chosen
  bool in_zone = true;       // false: a zone was preferred and none of its nodes passed the rules
  std::uint32_t rivals = 0;  // other nodes that passed the rules; 0 for a sticky placement
};

// errc::overloaded with retry_after when nodes could take it but for room, load or a refusal just
// now; errc::unavailable otherwise. The message says which rule left nobody and `where` names it.
// Takes about 0.1 microseconds a node and allocates nothing for one. Thread-safe.
[[nodiscard]] result<placement> plan(const cluster_view& view, const placement_request& request,
                                     const placement_config& config);

// The rules.
[[nodiscard]] bool healthy(const node_view& node) noexcept;
[[nodiscard]] bool not_suspected(const node_view& node) noexcept;
[[nodiscard]] bool not_draining(const node_view& node) noexcept;
[[nodiscard]] bool satisfies_labels(const node_view& node, const placement_request& request);
// The first of the wanted labels that is not among a node's with that value; null: all are.
[[nodiscard]] const std::pair<const std::string, std::string>* first_missing(
    const std::map<std::string, std::string>& wanted,
    const std::map<std::string, std::string>& labels);
// True for what is not required.
[[nodiscard]] bool in_zone(const node_view& node, const placement_request& request) noexcept;
// A slot is free, with the pending ones taken, and no term of the load is at its end.
[[nodiscard]] bool has_room(const node_view& node) noexcept;
[[nodiscard]] bool below_ceiling(const node_view& node, double ceiling) noexcept;
[[nodiscard]] bool not_excluded(const node_view& node, const placement_request& request) noexcept;

}  // namespace dhr
