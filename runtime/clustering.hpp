#pragma once
// The node's place in a cluster, started from the configuration: its lease, its links to the other
// nodes, and the router that finds conversations on them.

#include <caf/all.hpp>
#include <functional>
#include <memory>

#include "actors/session/actors.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/base/config.hpp"
#include "runtime/cluster/lease_actor.hpp"
#include "runtime/cluster/links_actor.hpp"
#include "runtime/gate_actor.hpp"
#include "runtime/router_actor.hpp"

namespace dhr {

// What the actor system needs to talk to other nodes; to be called before it starts. Only with
// cluster.enabled.
void configure_links(caf::actor_system_config& system, const config& settings);

// cluster.node, else the machine's name with '-' for what an id may not have.
[[nodiscard]] std::string name_of_node(const config& settings);

// How much of the memory that the process may use (the machine's, or less in a container) it has,
// from 0 to 1; 0 where the system does not tell.
[[nodiscard]] double memory_share();

// All handles are null outside a cluster.
struct membership {
  registry_actor for_lease;  // a line of its own to the store, so that no question delays a renewal
  registry_actor for_questions;
  lease_actor keeper;
  caf::actor connector;
  links_actor links;
  router_actor router;
  caf::actor wishes;    // who carries them out
  relay_door door;      // that the others ask
  node_identity node;   // of the first term
  std::string address;  // that the others are told
};

struct cluster_parts {
  caf::actor_system& system;
  const clock& time;
  directory_actor directory;
  gate_actor gate_before;               // the directory, for this node and the others
  std::function<node_report()> report;  // called on actors' threads
  std::shared_ptr<cluster_metrics> counts;
  std::shared_ptr<lease_gate> gate;
  std::shared_ptr<relay_metrics> relayed;
};

// Blocks until the node listens for the others and has its lease. errc::unavailable when the port
// is taken, or when the lease takes longer than twice its length: the store is away, or another
// process has the node's name; the message says which.
[[nodiscard]] result<membership> join_cluster(const config& settings, cluster_parts parts);

// Gives the lease and what is still claimed back, says goodbye, and ends the actors; blocks for at
// most `patience`. To be called when no conversation lives any more; with a `patience` of zero the
// lease is left to end by itself.
void quit_cluster(const membership& member, caf::actor_system& system, milliseconds patience);

}  // namespace dhr
