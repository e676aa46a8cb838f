#include "actors/speech/wire_caf.hpp"

namespace dhr {

DHR_INSPECTED_HERE(DHR_SPEECH_WIRE_TYPES)

void add_speech_messages(caf::actor_system_config& config) {
  config.add_message_types<caf::id_block::dhr_speech>();
}

}  // namespace dhr
