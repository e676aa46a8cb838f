#include "actors/avatar/wire_caf.hpp"

namespace dhr {

DHR_INSPECTED_HERE(DHR_AVATAR_WIRE_TYPES)

void add_avatar_messages(caf::actor_system_config& config) {
  config.add_message_types<caf::id_block::dhr_avatar>();
}

}  // namespace dhr
