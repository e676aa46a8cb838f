#pragma once
// The actor system of a node: its message types and its threads.

#include <caf/all.hpp>
#include <thread>

#include "actors/session/actors.hpp"
#include "runtime/base/config.hpp"
#include "runtime/clustering.hpp"

namespace dhr {

// Up to this many scheduler threads one shared queue serves better than one each.
inline constexpr unsigned sharing_threads_max = 8;

// Those of every room whose actors a node has.
inline void add_room_messages(caf::actor_system_config& system) {
  add_conversation_messages(system);
  add_speech_messages(system);
  add_avatar_messages(system);
  add_ears_messages(system);
  add_emotion_messages(system);
  add_store_messages(system);
  add_cluster_messages(system);
  add_session_messages(system);
  add_relay_messages(system);
}

struct system_config : caf::actor_system_config {
  explicit system_config(const config& settings) {
    const int threads = settings.runtime.scheduler_threads;
    if (settings.cluster.enabled) configure_links(*this, settings);
    add_room_messages(*this);
    // Unlimited by default: one busy session could keep a thread for itself.
    set("scheduler.max-throughput", std::size_t{50});
    if (threads > 0) set("scheduler.max-threads", static_cast<std::size_t>(threads));
    // Stealing workers poll for work: on a machine with few cores they cost more than they win, and
    // what a busy worker put into its own queue waits until an idle one looks.
    const auto workers =
        threads > 0 ? static_cast<unsigned>(threads) : std::thread::hardware_concurrency();
    if (workers <= sharing_threads_max) set("scheduler.policy", caf::atom("sharing"));
  }
};

}  // namespace dhr
