#pragma once
// The client of one HTTP interaction: opens a conversation, says the text, collects the turn.

#include <functional>

#include "actors/session/actors.hpp"
#include "net/http/interaction.hpp"

namespace dhr::http {

struct interaction_failure {
  error reason;
  std::string param;  // the request's field that it is about; may be empty
  bool busy = false;  // another response of the same conversation is under way
};

using interaction_result =
    boost::outcome_v2::basic_result<finished_interaction, interaction_failure,
                                    boost::outcome_v2::policy::terminate>;

// `done` is called once, on a scheduler thread, unless the actor is sent an exit before; whoever
// waits keeps the deadline. The turn is interrupted when the actor ends early.
client_actor spawn_interaction(caf::actor_system& system, directory_actor directory,
                               interaction_request request,
                               std::function<void(interaction_result)> done);

}  // namespace dhr::http
