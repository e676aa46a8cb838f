#pragma once
// A conversation's supervisor: owns the turn, the settings and the items; spawns, restarts and ends
// its children; sends its events to one client at a time.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/ears/actors.hpp"
#include "actors/emotion/actors.hpp"
#include "actors/session/actors.hpp"
#include "actors/session/event_log.hpp"
#include "actors/session/metrics.hpp"
#include "actors/session/restart_budget.hpp"
#include "actors/session/turn_machine.hpp"
#include "actors/session/turn_retry_cache.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/base/lease_gate.hpp"

namespace dhr {

struct session_config {
  turn_config turn;
  session_settings defaults;
  restart_limits restarts;
  std::chrono::seconds idle_timeout{120};  // without a client the session ends after this
  // With a client that is silent it is saved and ends after this; zero: never. Needs `save`.
  milliseconds passivate_after{0};
  // The end of a turn is told when the turn is stored, or after this: while the store is away the
  // conversation goes on.
  milliseconds store_patience{1'000};
  std::size_t items_max = 4'096;
  std::size_t responses_waiting_max = 8;  // for words, or for the turn under way
  event_log_limits replay;
  // Whether answers are thought, in silence, before speech has ended for certain.
  bool preemptive_generation = true;
};

// What outlives the process.
struct session_memory {
  session_settings settings;
  std::vector<conversation_item> items;
  std::uint64_t turn_number = 0;
  std::string owner;                    // see open_conversation
  std::vector<answered_turn> answered;  // the last turns that have a key
  feelings mood{};                      // what the user feels
};

// How a session gets its children, and what it asks of the node. Shared by all sessions; the
// functions are called on scheduler threads and must be thread-safe.
struct session_environment {
  session_config config;
  const clock* time = nullptr;
  std::shared_ptr<session_metrics> metrics;
  std::function<conversation_actor(const conversation_client&)> spawn_conversation;
  std::function<voice_actor(const speech_client&)> spawn_voice;
  // The seed makes a conversation's face move in its own way.
  std::function<avatar_actor(const avatar_client&, std::uint64_t seed)> spawn_avatar;
  // The child that feels; asked for with config.turn.feels alone.
  std::function<emotion_actor(const emotion_client&)> spawn_emotion;
  // The child that listens, spawned when the first sound comes. Null: the node has no ears.
  std::function<ears_actor(const ears_client&, const turn_id& conversation)> spawn_ears;
  // Takes note of what a conversation consists of now; must not block. A listener that is not null
  // is told conversation_stored with the turn's number once it is stored. May be null.
  std::function<void(const turn_id& conversation, session_memory memory,
                     const snapshot_listener& listener)>
      save;
  // Shut: others may have this node's conversations, and nothing more is said or saved. Null: there
  // are no other nodes.
  std::shared_ptr<const lease_gate> lease;
  // The catalogue's name for a voice that a client asked for, or errc::not_found.
  std::function<result<std::string>(std::string_view)> resolve_voice;
};

// Spawns a session that waits for its client. It ends by itself: without a client after
// idle_timeout or with a silent one after passivate_after, when a child's restart budget is spent,
// and when it is drained.
session_actor spawn_session(caf::actor_system& system,
                            std::shared_ptr<const session_environment> environment,
                            conversation_id conversation, std::string owner, session_epoch epoch,
                            std::optional<session_memory> restored = {});

}  // namespace dhr
