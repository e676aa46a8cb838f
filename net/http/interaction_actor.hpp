#pragma once
// The client of one HTTP interaction: opens a conversation, says what there is to say, collects the
// turn.

#include <functional>

#include "actors/session/actors.hpp"
#include "net/http/interaction.hpp"

namespace dhr::http {

struct interaction_failure {
  error reason;
  std::string param;  // the request's field that it is about; may be empty
  // What an errc does not say.
  enum class kind : std::uint8_t {
    other,
    absent,          // there is no such conversation for this key
    busy,            // another response of the same conversation is under way
    used_up,         // the key has sent all the sound that it may for now
    not_understood,  // no words were heard in the sound
    key_reused,      // the idempotency key has been used for another text
  };
  kind what = kind::other;
};

using interaction_result =
    boost::outcome_v2::basic_result<finished_interaction, interaction_failure,
                                    boost::outcome_v2::policy::terminate>;

struct interaction_callbacks {
  // Called once, on a thread of the actor system, unless the actor is sent an exit before; whoever
  // waits keeps the deadline.
  std::function<void(interaction_result)> done;
  // Whether so many bytes of PCM may be heard. Called on a thread of the actor system.
  std::function<result<void>(std::int64_t)> admit_sound;
};

// With an idempotency key what is said has ids made of it, and so has a new conversation: a retry
// finds what an attempt before it has done, and does the rest.
//
// The turn is interrupted when the actor ends early. With sound it has a thread of its own, since
// reading the file takes its time.
client_actor spawn_interaction(caf::actor_system& system, conversation_door conversations,
                               interaction_request request, interaction_callbacks callbacks);

}  // namespace dhr::http
