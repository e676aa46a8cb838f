#pragma once
// Knows the conversations that live on this node, makes new ones up to a bound, takes up stored
// ones that are asked for by their ids, and drains them. A conversation is its owner's alone: to
// anybody else there is none with its id.

#include <functional>
#include <optional>
#include <string>

#include "actors/session/actors.hpp"
#include "actors/session/session_actor.hpp"
#include "runtime/base/error_caf.hpp"
#include "runtime/store/actors.hpp"

namespace dhr {

struct directory_config {
  std::size_t sessions_max = 1'000;
  milliseconds retry_after{2'000};  // told to whom is refused
  milliseconds load_timeout{5'000};
  milliseconds give_up_retry{5'000};  // when the store did not take a conversation back
  store_actor store;                  // null: nothing outlives the process
  bool claims = false;  // other nodes have the same store: own a conversation before it begins
};

// Called on the directory's thread for every new conversation.
using session_factory = std::function<session_actor(
    conversation_id, std::string owner, session_epoch, std::optional<session_memory> restored)>;

directory_actor spawn_directory(caf::actor_system& system, directory_config config,
                                session_factory make_session);

}  // namespace dhr
