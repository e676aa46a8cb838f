#pragma once
// The session's child that moves the face: a face_animator behind messages.

#include "actors/avatar/actors.hpp"
#include "actors/avatar/face_animator.hpp"

namespace dhr {

// Answers go to `session`. A turn number lower than one that was seen is stale and not answered.
avatar_actor spawn_avatar(caf::actor_system& system, avatar_client session, face_config config);

}  // namespace dhr
