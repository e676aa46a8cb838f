#pragma once
// Finds the node where a conversation is, or shall be: what the doors of a node in a cluster ask.
//
//   asked for ──▶ claimed? ──by a node that can be reached──▶ ask that node ──▶ session
//                    │ by nobody (new, given up, its owner's lease ended)
//                    ▼
//                 plan ──▶ ask the chosen node, which claims it ──▶ session
//                    ▲          │ it is full, draining, silent
//                    └──────────┘ without it
//
// The client is given a session of its own node, or for one of another node a relay that looks like
// one; who can go there itself, and asks for a conversation that lives there, is told where
// instead. The node that is asked decides: it alone knows whether it has room, and the store
// whether the claim is its. Somebody who was quicker is named in the refusal, and asked next.

#include <memory>
#include <vector>

#include "actors/session/actors.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/cluster/links_actor.hpp"
#include "runtime/cluster/placement_planner.hpp"
#include "runtime/relay/relay_actor.hpp"

namespace dhr {

using router_actor =
    caf::typed_actor<caf::replies_to<open_conversation>::with<session_actor>,  // or a dhr error
                                                                               // From the links;
                                                                               // the doors are
                                                                               // relay_doors.
                     caf::reacts_to<peer_list, std::vector<node_door>>>;

struct router_options {
  placement_config placement;
  std::string preferred_zone;          // empty: none
  milliseconds claim_patience{2'000};  // for the registry
  milliseconds node_patience{3'000};   // for a node; then another one is asked
  milliseconds patience{8'000};        // for all of it
  milliseconds retry_after{1'000};     // told to whom is refused while an owner is silent
  const clock* time = nullptr;         // not null; outlives the actor
  registry_actor registry;
  conversation_door local;  // this node's directory
  relay_options relays;     // to other nodes
};

[[nodiscard]] router_actor spawn_router(caf::actor_system& system, router_options options);

}  // namespace dhr
