#pragma once
// Keeps the node's lease: joins, renews, and when it cannot, has every conversation ended before
// the store could give it to another node (G7); then joins anew under another incarnation. What is
// done when is decided in lease_clock.hpp.

#include <functional>
#include <memory>

#include "runtime/base/clock.hpp"
#include "runtime/base/lease_gate.hpp"
#include "runtime/cluster/lease_clock.hpp"
#include "runtime/cluster/metrics.hpp"
#include "runtime/cluster/wire_caf.hpp"
#include "runtime/store/registry_actors.hpp"

namespace dhr {

using lease_actor = caf::typed_actor<
    // The identity under which the node has its lease; as soon as it has one.
    caf::replies_to<await_term>::with<node_identity>,
    // Gives the lease and all claims back; then there is no lease any more. To be asked when no
    // conversation lives any more. Answered by how many claims were given up.
    caf::replies_to<leave_cluster>::with<std::uint64_t>>;

struct lease_actor_options {
  lease_config lease;
  const clock* time = nullptr;  // not null; outlives the actor
  registry_actor registry;
  conversation_owner owner;                                           // told of the terms
  std::shared_ptr<lease_gate> gate = std::make_shared<lease_gate>();  // open while there is a lease
  node_facts facts;  // the incarnation is made for each term
  // Called on the actor's thread, neither empty.
  std::function<node_incarnation()> make_incarnation;
  std::function<node_report()> report;
  std::shared_ptr<cluster_metrics> metrics = std::make_shared<cluster_metrics>();
};

[[nodiscard]] lease_actor spawn_lease_keeper(caf::actor_system& system,
                                             lease_actor_options options);

}  // namespace dhr
