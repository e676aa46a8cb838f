#pragma once
// The workers of a simulated node, real ones that need no model: an engine that recites, and the
// tone for a voice. With them the children of its sessions.

#include <memory>

#include "actors/session/session_actor.hpp"

namespace dhr::simulation {

struct node_workers {
  engine_actor engine;
  synthesis_actor voice;
};

// `time` outlives the actors.
[[nodiscard]] node_workers spawn_workers(caf::actor_system& system, const clock& time);
void end(node_workers& workers);

// An environment whose sessions have a conversation, a voice and a face.
[[nodiscard]] std::shared_ptr<session_environment> environment_with(caf::actor_system& system,
                                                                    const clock& time,
                                                                    const node_workers& workers);

}  // namespace dhr::simulation
