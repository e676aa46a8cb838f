#pragma once
// The node's links to its peers: reads the registry, connects to whom it finds there, and tells and
// hears heartbeats. It decides nothing by itself: whom it believes to be there is
// membership_table's word, when it dials is dialer's.
//
//   keeper of the lease ──term──▶ links ──term──▶ owner of the conversations
//   registry ──nodes──▶   links  ◀──hello, heartbeats──▶ links of the peers
//                           └──peers and their doors──▶ watcher (whoever plans)
//
// Nodes are called at the addresses that the registry tells, and at the seeds, which reach those
// whose told address this node cannot use. Who answers at a seed must be in the registry as well.
//
// A link is one connection between two nodes, whoever has dialled; messages on it arrive in order.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "runtime/base/clock.hpp"
#include "runtime/cluster/dialer.hpp"
#include "runtime/cluster/link_book.hpp"
#include "runtime/cluster/metrics.hpp"
#include "runtime/cluster/node_address.hpp"
#include "runtime/cluster/seed_list.hpp"
#include "runtime/cluster/wire_caf.hpp"
#include "runtime/store/registry_actors.hpp"

namespace dhr {

using links_actor = caf::typed_actor<caf::replies_to<hello, node_door>::with<welcome, node_door>,
                                     caf::reacts_to<heartbeat>,                       //
                                     caf::reacts_to<goodbye>,                         //
                                     caf::reacts_to<begin_term>,                      //
                                     caf::replies_to<end_term>::with<std::uint32_t>,  //
                                     caf::reacts_to<leave_cluster>,  // says goodbye to all
                                     caf::replies_to<list_peers>::with<peer_list>>;

using cluster_watcher = caf::typed_actor<caf::reacts_to<peer_list, std::vector<node_door>>>;

using meet_atom = caf::atom_constant<caf::atom("meet")>;

struct links_actor_options {
  membership_config membership;
  dialer_config dialing;
  milliseconds dial_patience{3'000};  // for the connection, and again for the hello
  const clock* time = nullptr;        // not null; outlives the actor
  registry_actor registry;
  conversation_owner owner;  // the terms are passed on to it
  // Answers (connect_atom, host, port, the node's name) as CAF's middleman does without the name,
  // and (meet_atom, host, port, the node's name) with nothing when that node is found there. An
  // empty name: any node of that host.
  // errc::invalid_argument: somebody else is; everything else is trouble that may pass.
  caf::actor connector;
  bool meets_callers = false;      // at the address in the registry, before they are let in
  std::vector<std::string> seeds;  // "host:port", each well-formed
  node_facts facts;                // the identity is that of each term
  node_door door;                  // this node's own; may be null
  std::uint64_t seed = 0;
  std::function<node_report()> report;  // called on the actor's thread; not empty
  std::shared_ptr<cluster_metrics> metrics = std::make_shared<cluster_metrics>();
};

// Does nothing before its first begin_term. `watch` of the result tells where the list of peers
// goes; without it nobody is told.
[[nodiscard]] links_actor spawn_links(caf::actor_system& system, links_actor_options options,
                                      cluster_watcher watcher);

}  // namespace dhr
