#pragma once
// What nodes say to each other, and a node's own parts about the cluster.

#include <vector>

#include "runtime/cluster/membership_table.hpp"
#include "runtime/store/node_types.hpp"

namespace dhr {

// ---- host -> keeper of the lease
// From the host at its start.
struct await_term {
  friend bool operator==(const await_term&, const await_term&) = default;
};

// From the host at its end.
struct leave_cluster {
  friend bool operator==(const leave_cluster&, const leave_cluster&) = default;
};

// ---- node -> node
// The first word on a connection; the sender is the caller's own links. Answered by welcome, or by
// an error: invalid_argument when the two cannot speak to each other (the log says why),
// unavailable when the one that was called has no lease, or the registry does not know the caller.
struct hello {
  node_facts facts;
  friend bool operator==(const hello&, const hello&) = default;
};
struct welcome {
  node_facts facts;
  friend bool operator==(const welcome&, const welcome&) = default;
};

// Once a second to every linked node. Never answered.
struct heartbeat {
  node_identity from;
  node_report report;
  friend bool operator==(const heartbeat&, const heartbeat&) = default;
};

// The node leaves: its conversations are handed over and its lease is given up.
struct goodbye {
  node_identity from;
  friend bool operator==(const goodbye&, const goodbye&) = default;
};

// ---- links -> whoever plans with the cluster
// A peer as the links know it.
struct peer_line {
  node_facts facts;
  node_report report;
  peer_state state = peer_state::joining;
  bool linked = false;
  friend bool operator==(const peer_line&, const peer_line&) = default;
};

// Once a second and after every change: this node first, then its peers by name. With it go, in the
// same order, the doors of the linked ones to their conversations.
struct peer_list {
  std::vector<peer_line> peers;
  friend bool operator==(const peer_list&, const peer_list&) = default;
};

// Answered by the peer_list.
struct list_peers {
  friend bool operator==(const list_peers&, const list_peers&) = default;
};

}  // namespace dhr
