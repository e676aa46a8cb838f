#pragma once
// Carries out what is wished of this node in the registry: that it has no conversations, or that
// one of them is on another node. And wishes itself what evens the load (G11).
//
//   every second:  who is there?  ──▶ drain wanted?     ──▶ the gate: drained, or not any more
//                                 ──▶ wishes for ours?  ──▶ directory: hand over, if the wanted
//                                 node │                         can take it; else the wish is
//                                 dropped └─▶ too much here?    ──▶ registry: wishes for some of
//                                 ours
//
// The registry is where wishes are kept, so that they survive whoever had them, and are looked at
// by all: routers ask the wanted node first.

#include <caf/all.hpp>

#include <memory>
#include <optional>

#include "actors/session/actors.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/cluster/links_actor.hpp"
#include "runtime/cluster/rebalance_planner.hpp"
#include "runtime/gate_actor.hpp"

namespace dhr {

using handed_over_from = caf::typed_actor<caf::reacts_to<hand_over_conversation>>;

struct wishes_options {
  const clock* time = nullptr;  // not null; outlives the actor
  registry_actor registry;
  caf::typed_actor<caf::replies_to<list_peers>::with<peer_list>> links;
  caf::typed_actor<caf::reacts_to<keep_drained>> gate;
  handed_over_from directory;
  milliseconds every{1'000};
  milliseconds patience{2'000};                // for an answer
  milliseconds grace{5'000};                   // for the turns under way
  std::uint32_t at_once_max = 100;             // wishes that are looked at in one second
  std::optional<giving_share_config> balance;  // nothing: the load is not evened
  std::uint64_t seed = 0;                      // of which conversations are given away
  std::shared_ptr<cluster_metrics> metrics = std::make_shared<cluster_metrics>();
};

// Does nothing while the node has no lease. Ends with caf::anon_send_exit.
[[nodiscard]] caf::actor spawn_wishes(caf::actor_system& system, wishes_options options);

}  // namespace dhr
