#pragma once
// Probes the node once a second: see node_health.hpp. Blocks no thread: what does not answer is
// found by its silence.

#include <atomic>
#include <caf/all.hpp>
#include <functional>
#include <memory>
#include <string>

#include "runtime/base/clock.hpp"
#include "runtime/store/actors.hpp"

namespace dhr {

struct probe_options {
  const clock* time = nullptr;  // not null; outlives the actor
  store_actor store;            // null: there is none
  // Runs a function on the network's threads; thread-safe.
  std::function<void(std::function<void()>)> post_to_network;
  std::function<bool()> parts_alive;
  // After each round, on the actor's thread.
  std::function<void(nanoseconds actors_lag, nanoseconds network_lag, bool healthy)> tell;
  std::shared_ptr<std::atomic<bool>> healthy;  // the verdict, for other threads; not null
};

// Ends with an exit.
[[nodiscard]] caf::actor spawn_probe(caf::actor_system& system, probe_options options);

}  // namespace dhr
