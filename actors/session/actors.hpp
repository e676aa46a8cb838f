#pragma once
// The session room's typed interfaces.

#include "actors/avatar/actors.hpp"
#include "actors/conversation/actors.hpp"
#include "actors/ears/actors.hpp"
#include "actors/session/wire_caf.hpp"
#include "actors/speech/actors.hpp"
#include "runtime/store/actors.hpp"
#include "runtime/store/registry_actors.hpp"

namespace dhr {

// One per connection or HTTP call. The session monitors it; when it is gone, the session's turn is
// interrupted and the session waits for another client.
using client_actor = caf::typed_actor<caf::reacts_to<session_event>>;

// A conversation, as clients know it.
using session_actor =
    caf::typed_actor<caf::reacts_to<attach_client, client_actor>,  // answered by session_opened
                     caf::reacts_to<client_request>,               // see each request
                     caf::reacts_to<drain_session>,                // finish the turn, then end
                     caf::reacts_to<leave_conversation>,           // end at once, save nothing
                     caf::replies_to<sound_taken_atom>::with<sound_taken_atom>>;  // by its ears

}  // namespace dhr

CAF_BEGIN_TYPE_ID_BLOCK(dhr_session_handles, 395)
CAF_ADD_TYPE_ID(dhr_session_handles, (dhr::client_actor))
CAF_ADD_TYPE_ID(dhr_session_handles, (dhr::session_actor))
CAF_END_TYPE_ID_BLOCK(dhr_session_handles)

namespace dhr {

// Whoever is asked for a conversation: this node's directory, another node's, or the router that
// knows which.
using conversation_door =
    caf::typed_actor<caf::replies_to<open_conversation>::with<session_actor>>;  // or a dhr error

// Knows the conversations that live on this node and makes new ones. A conversation_door and a
// conversation_owner.
using directory_actor =
    caf::typed_actor<caf::replies_to<open_conversation>::with<session_actor>,
                     caf::replies_to<drain_all>::with<std::uint32_t>,  // how many ended; once all
                                                                       // have
                     caf::reacts_to<hand_over_conversation>, caf::reacts_to<keep_drained>,
                     caf::reacts_to<begin_term>, caf::replies_to<end_term>::with<std::uint32_t>,
                     caf::reacts_to<conversation_replaced>>;  // from the store

// Makes the messages of this room known to a system.
void add_session_messages(caf::actor_system_config& config);

}  // namespace dhr
