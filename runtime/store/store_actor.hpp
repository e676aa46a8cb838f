#pragma once
// The one owner of a node's store: takes snapshots at once and writes them a moment later. What is
// written when is decided in write_behind.hpp. Between two writes it reads its mailbox, so that a
// load does not wait for all of them.

#include <memory>
#include <vector>

#include "runtime/base/clock.hpp"
#include "runtime/store/actors.hpp"
#include "runtime/store/lease_store.hpp"
#include "runtime/store/metrics.hpp"
#include "runtime/store/write_behind.hpp"

namespace dhr {

struct store_actor_options {
  std::unique_ptr<durable_store> store;  // not null
  const clock* time = nullptr;           // not null; outlives the actor
  std::shared_ptr<store_metrics> metrics = std::make_shared<store_metrics>();
  write_behind_options writing;
  // Conversations that were last saved longer ago are erased, at the start and then every hour;
  // zero keeps them for ever.
  std::chrono::hours retention{0};
};

enum class store_spawn {
  detached,   // a thread of its own: what a node does, since the disk blocks
  scheduled,  // on the scheduler: deterministic tests
};

// Ends with caf::anon_send_exit, after it has tried once to write what waits; whoever needs to know
// that all is on disk asks flush_store before.
[[nodiscard]] store_actor spawn_store(caf::actor_system& system, store_spawn how,
                                      store_actor_options options);

// Several store actors as one, each with a connection and a thread of its own: what is asked of a
// conversation goes to the same one each time, so that it is done in the order in which it was
// asked. `parts` is not empty; they end with the pool.
[[nodiscard]] store_actor spawn_store_pool(caf::actor_system& system,
                                           std::vector<store_actor> parts);

}  // namespace dhr
