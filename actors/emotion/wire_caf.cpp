#include "actors/emotion/wire_caf.hpp"

#include "actors/emotion/types_wire_caf.hpp"

namespace dhr {

DHR_INSPECTED_HERE(DHR_EMOTION_BASIC_WIRE_TYPES)
DHR_INSPECTED_HERE(DHR_EMOTION_WIRE_TYPES)

void add_emotion_messages(caf::actor_system_config& config) {
  config.add_message_types<caf::id_block::dhr_emotion>();
}

}  // namespace dhr
