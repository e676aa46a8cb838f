#pragma once
// The node's own line to the registry of nodes and claims: a store of its own, so that a renewal of
// the lease never waits behind the conversations that are being written. It decides nothing; its
// calls block, so the asker sets the deadline.

#include <memory>

#include "runtime/store/lease_store.hpp"
#include "runtime/store/registry_actors.hpp"
#include "runtime/store/store_actor.hpp"

namespace dhr {

// Nodes whose lease ended longer ago are forgotten.
inline constexpr std::chrono::hours node_memory{24};

// `store` is not null. Ends with caf::anon_send_exit.
[[nodiscard]] registry_actor spawn_registry(caf::actor_system& system, store_spawn how,
                                            std::unique_ptr<durable_store> store);

}  // namespace dhr
