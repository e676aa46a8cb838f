#pragma once
// A simulated node's part in its cluster, put together as clustering.cpp does it.
//
// Lives on: the simulation's thread. Owned by: a node.

#include <functional>
#include <memory>

#include "runtime/base/lease_gate.hpp"
#include "runtime/cluster/lease_actor.hpp"
#include "runtime/gate_actor.hpp"
#include "runtime/router_actor.hpp"
#include "tests/simulation/node.hpp"
#include "tests/simulation/node_beliefs.hpp"

namespace dhr::simulation {

struct membership_parts {
  caf::actor_system& system;
  const node_setup& setup;
  const clock& time;  // outlives the actors
  gate_actor gate;
  directory_actor directory;
  std::shared_ptr<lease_gate> lease;  // of the sessions; opened and shut by the keeper
  std::function<node_report()> report;
  std::shared_ptr<node_beliefs> beliefs;
  chance& dice;  // outlives the actors
};

struct node_membership {
  registry_actor for_lease;
  registry_actor for_questions;
  relay_door relays;
  router_actor router;
  caf::actor connector;
  links_actor links;
  lease_actor keeper;
  caf::actor wishes;
};

[[nodiscard]] node_membership join_cluster(const membership_parts& parts);
void end(node_membership& member);

}  // namespace dhr::simulation
