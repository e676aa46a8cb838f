#pragma once
// The relay room's typed interfaces.

#include "actors/session/actors.hpp"
#include "runtime/relay/wire_caf.hpp"

namespace dhr {

// One end of a relay, as the other knows it.
using relay_end = caf::typed_actor<caf::reacts_to<relay_piece>, caf::reacts_to<relay_credit>>;

// The end beside the session.
using far_relay = relay_end::extend<caf::reacts_to<begin_relay, relay_end>>;

}  // namespace dhr

CAF_BEGIN_TYPE_ID_BLOCK(dhr_relay_handles, 590)
CAF_ADD_TYPE_ID(dhr_relay_handles, (dhr::relay_end))
CAF_ADD_TYPE_ID(dhr_relay_handles, (dhr::far_relay))
CAF_END_TYPE_ID_BLOCK(dhr_relay_handles)

namespace dhr {

// What the routers of other nodes ask for this node's conversations.
using relay_door =
    caf::typed_actor<caf::replies_to<open_conversation>::with<far_relay>>;  // or a dhr error

// Makes the messages of this room known to a system.
void add_relay_messages(caf::actor_system_config& config);

}  // namespace dhr
