#include "actors/ears/wire_caf.hpp"

#include "actors/ears/transcription_wire_caf.hpp"
#include "actors/ears/types_wire_caf.hpp"

namespace dhr {

DHR_INSPECTED_HERE(DHR_EARS_BASIC_WIRE_TYPES)
DHR_INSPECTED_HERE(DHR_EARS_TRANSCRIPTION_WIRE_TYPES)

void add_ears_messages(caf::actor_system_config& config) {
  config.add_message_types<caf::id_block::dhr_ears>();
  config.add_message_types<caf::id_block::dhr_ears_transcription>();
}

}  // namespace dhr
