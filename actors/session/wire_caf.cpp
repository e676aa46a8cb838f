#include "actors/session/wire_caf.hpp"

#include "actors/session/actors.hpp"
#include "actors/session/requests_wire_caf.hpp"

namespace dhr {

DHR_INSPECTED_HERE(DHR_SESSION_REQUESTS_WIRE_TYPES)
DHR_INSPECTED_HERE(DHR_SESSION_WIRE_TYPES)

void add_session_messages(caf::actor_system_config& config) {
  config.add_message_types<caf::id_block::dhr_session>();
  config.add_message_types<caf::id_block::dhr_session_events>();
  config.add_message_types<caf::id_block::dhr_session_handles>();
}

}  // namespace dhr
