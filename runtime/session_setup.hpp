#pragma once
// What every session of the node has in common, from the configuration and the node's workers.

#include <memory>

#include "actors/avatar/face_animator.hpp"
#include "actors/session/session_actor.hpp"
#include "actors/speech/voice_catalogue.hpp"
#include "runtime/base/config.hpp"
#include "runtime/engines.hpp"
#include "runtime/feeling.hpp"
#include "runtime/hearing.hpp"
#include "runtime/voices.hpp"

namespace dhr {

[[nodiscard]] session_config make_session_config(const config& settings,
                                                 const voice_catalogue& catalogue);

// `seed` is of the conversation, for a configuration that has none.
[[nodiscard]] face_config make_face_config(const settings::avatar& avatar,
                                           std::shared_ptr<const expression_shelf> expressions,
                                           std::uint64_t seed);

struct session_parts {
  caf::actor_system& system;
  const clock& time;  // outlives all sessions
  const engine& mind;
  const voices& sound;
  const hearing& ears;
  const feeling_worker& heart;
  std::shared_ptr<const expression_shelf> expressions;
  store_actor store;  // null: nothing is kept
  std::shared_ptr<session_metrics> counts;
  std::shared_ptr<const lease_gate> lease;  // null outside a cluster
};

// The parts' handles are copied; the actor system and the clock must outlive the sessions.
[[nodiscard]] std::shared_ptr<session_environment> make_session_environment(
    const config& settings, const session_parts& parts);

}  // namespace dhr
