#include "actors/conversation/wire_caf.hpp"

namespace dhr {

DHR_INSPECTED_HERE(DHR_CONVERSATION_WIRE_TYPES)

void add_conversation_messages(caf::actor_system_config& config) {
  config.add_message_types<caf::id_block::dhr_conversation>();
}

}  // namespace dhr
