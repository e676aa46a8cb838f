#include "runtime/cluster/wire_caf.hpp"

namespace dhr {

DHR_INSPECTED_HERE(DHR_CLUSTER_WIRE_TYPES)

void add_cluster_messages(caf::actor_system_config& config) {
  config.add_message_types<caf::id_block::dhr_cluster>();
}

}  // namespace dhr
