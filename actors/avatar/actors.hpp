#pragma once
// The avatar room's typed interfaces.

#include "actors/avatar/wire_caf.hpp"

namespace dhr {

// Where an avatar's answers go: the session.
using avatar_client = caf::typed_actor<caf::reacts_to<frames_ready>, caf::reacts_to<idle_ready>>;

// The child of a session that moves the face.
using avatar_actor = caf::typed_actor<caf::reacts_to<animate>, caf::reacts_to<idle_request>>;

}  // namespace dhr
