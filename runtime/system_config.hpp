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
  system.add_message_types<caf::id_block::dhr_conversation>();
  system.add_message_types<caf::id_block::dhr_speech>();
  system.add_message_types<caf::id_block::dhr_avatar>();
  system.add_message_types<caf::id_block::dhr_ears_transcription>();
  system.add_message_types<caf::id_block::dhr_ears>();
  system.add_message_types<caf::id_block::dhr_emotion>();
  system.add_message_types<caf::id_block::dhr_store>();
  system.add_message_types<caf::id_block::dhr_registry>();
  system.add_message_types<caf::id_block::dhr_cluster>();
  system.add_message_types<caf::id_block::dhr_session>();
  system.add_message_types<caf::id_block::dhr_session_events>();
  system.add_message_types<caf::id_block::dhr_session_handles>();
  system.add_message_types<caf::id_block::dhr_relay>();
  system.add_message_types<caf::id_block::dhr_relay_handles>();
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
