#pragma once
// The cluster as one router sees it: what each node told of itself last, and what this router has
// done with it since. Reports are a second or more old; without the second part a router would send
// everybody to the node that looked emptiest in the last report.
//
//   asked ──granted──▶ granted ──report──▶ in the report's own count
//     └───refused, no answer──▶ forgotten
//
// A node's answers and reports come over one link in the order in which they were sent, and a
// report counts reservations too. So a report that comes after a grant has it in its count, and
// nothing is counted twice or not at all.

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "runtime/store/node_types.hpp"

namespace dhr {

struct peer_line;

struct node_view {
  node_name name;
  std::string zone;
  std::map<std::string, std::string> labels;

  // As reported.
  node_load load;
  std::uint32_t conversations = 0;
  std::uint32_t conversations_max = 0;
  bool draining = false;
  bool healthy = true;

  bool suspected = false;  // not heard of in time

  // By this router, since the report.
  std::uint32_t asked = 0;     // placements and moves to it without an answer yet
  std::uint32_t granted = 0;   // placements and moves to it that it has granted
  std::uint32_t leaving = 0;   // moves away from it that are under way
  std::uint32_t departed = 0;  // moves away from it that are done

  [[nodiscard]] std::uint32_t pending() const noexcept { return asked + granted; }
};

// Owned by: the router that plans with it. Not thread-safe.
struct cluster_view {
  std::vector<node_view> nodes;

  // Null for a name that is not there, and for the empty one.
  [[nodiscard]] const node_view* find(const node_name& name) const noexcept;
  [[nodiscard]] node_view* find(const node_name& name) noexcept;

  // As reported, of all nodes.
  [[nodiscard]] std::uint64_t conversations() const noexcept;
};

// What becomes of a placement or of the receiving side of a move.
void placement_asked(node_view& node) noexcept;
void placement_granted(node_view& node) noexcept;
void placement_refused(node_view& node) noexcept;  // or not answered in time
// What becomes of the giving side of a move.
void departure_began(node_view& node) noexcept;
void departure_ended(node_view& node) noexcept;
void departure_failed(node_view& node) noexcept;

void report_arrived(node_view& node, const node_report& report) noexcept;
// Everything that the links tell of a peer but its report, which may be one that was counted
// before.
void peer_told(node_view& node, const peer_line& line);

// 0.4·gpu + 0.3·memory + 0.3·queue (G11). Terms below 0 count as 0; those above 1, and what is not
// a number, as 1: whoever reports nonsense has no room.
[[nodiscard]] double load_score(const node_load& load) noexcept;

// One term of it, brought into [0, 1] in the same way.
[[nodiscard]] double load_term(double value) noexcept;

// The score of what the node reported, with its pending placements in the queue term: each is one
// of its `conversations_max`.
[[nodiscard]] double placement_score(const node_view& node) noexcept;

}  // namespace dhr
