#pragma once
// Knows the conversations that live on this node, makes new ones up to a bound, and drains them.

#include <functional>

#include "actors/session/actors.hpp"

namespace dhr {

struct directory_config {
  std::size_t sessions_max = 1'000;
  milliseconds retry_after{2'000};  // told to whom is refused
};

// Called on the directory's thread for every new conversation.
using session_factory = std::function<session_actor(conversation_id, session_epoch)>;

directory_actor spawn_directory(caf::actor_system& system, directory_config config,
                                session_factory make_session);

// A dhr error as CAF carries it, and back; a CAF error of another category becomes errc::failed, a
// timeout errc::deadline.
caf::error to_caf_error(error reason);
error from_caf_error(const caf::error& reason);

}  // namespace dhr
