#include "runtime/store/wire_caf.hpp"

#include "runtime/store/registry_wire_caf.hpp"

namespace dhr {

DHR_INSPECTED_HERE(DHR_STORE_WIRE_TYPES)
DHR_INSPECTED_HERE(DHR_STORE_REGISTRY_WIRE_TYPES)

void add_store_messages(caf::actor_system_config& config) {
  config.add_message_types<caf::id_block::dhr_store>();
  config.add_message_types<caf::id_block::dhr_registry>();
}

}  // namespace dhr
