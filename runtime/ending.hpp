#pragma once
// What a host does last with its actors. Each function blocks; called from no actor.

#include <caf/all.hpp>

#include "actors/session/actors.hpp"
#include "runtime/store/actors.hpp"

namespace dhr {

// Whether the directory has let go of all that it owned.
[[nodiscard]] bool end_term_of(caf::actor_system& system, const directory_actor& directory);

// All that was said is on disk, or the log says why not.
void flush(caf::actor_system& system, const store_actor& store);

// Returns when the actor is no more; nothing for a null handle.
void end_and_wait(caf::actor_system& system, const caf::actor& actor);

}  // namespace dhr
