#pragma once
// The links that stand, of one node.

#include <caf/all.hpp>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "runtime/cluster/wire_caf.hpp"

namespace dhr {

// Where a node is asked for its conversations: a handle whose type only the rooms above know.
using node_door = caf::strong_actor_ptr;

// What a peer's links are asked by name: the part of the interface that crosses the wire.
using remote_links = caf::typed_actor<caf::replies_to<hello, node_door>::with<welcome, node_door>,
                                      caf::reacts_to<heartbeat>, caf::reacts_to<goodbye>>;

struct link {
  remote_links peer;
  node_door door;
};

// A hello that is looked into.
struct incoming_call {
  node_facts facts;
  caf::strong_actor_ptr from;
  node_door door;
  caf::typed_response_promise<welcome, node_door> answer;
};

// Lives on: the links' actor, which monitors the other ends. Not thread-safe.
class link_book {
 public:
  // `owner` outlives the book.
  explicit link_book(caf::scheduled_actor& owner) : owner_{owner} {}

  // Instead of all links to a node of that name: their other ends may be the same actor, which is
  // monitored only once.
  void add(const node_identity& peer, remote_links other, node_door door);
  // False: there is none.
  bool drop(const node_identity& peer);
  void drop_all();
  // Its other end is down: whose it was, if it was one of these.
  std::optional<node_identity> ended(const caf::actor_addr& source);

  // Null: there is none.
  [[nodiscard]] const link* find(const node_identity& peer) const;
  [[nodiscard]] const std::map<node_identity, link>& all() const noexcept { return links_; }

 private:
  caf::scheduled_actor& owner_;
  std::map<node_identity, link> links_;
};

// This node first, then its peers by name.
[[nodiscard]] peer_list list_of(const node_facts& self, const node_report& report,
                                const membership_table& table, const link_book& links);

// Of the listed nodes, in their order; null for one that is not linked.
[[nodiscard]] std::vector<node_door> doors_of(const peer_list& list, const node_door& own,
                                              const link_book& links);

}  // namespace dhr
