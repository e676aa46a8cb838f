#include "runtime/relay/wire_caf.hpp"

#include "runtime/relay/actors.hpp"

namespace dhr {

DHR_INSPECTED_HERE(DHR_RELAY_WIRE_TYPES)

void add_relay_messages(caf::actor_system_config& config) {
  config.add_message_types<caf::id_block::dhr_relay>();
  config.add_message_types<caf::id_block::dhr_relay_handles>();
}

}  // namespace dhr
