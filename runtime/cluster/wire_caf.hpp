#pragma once
// How CAF carries the cluster's messages.

#include "runtime/cluster/messages.hpp"
#include "runtime/store/registry_wire_caf.hpp"

namespace dhr {

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, await_term&) {
  return f(caf::meta::type_name("await_term"));
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, leave_cluster&) {
  return f(caf::meta::type_name("leave_cluster"));
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, hello& x) {
  return f(caf::meta::type_name("hello"), x.facts);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, welcome& x) {
  return f(caf::meta::type_name("welcome"), x.facts);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, heartbeat& x) {
  return f(caf::meta::type_name("heartbeat"), x.from, x.report);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, goodbye& x) {
  return f(caf::meta::type_name("goodbye"), x.from);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, peer_line& x) {
  return f(caf::meta::type_name("peer_line"), x.facts, x.report, x.state, x.linked);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, peer_list& x) {
  return f(caf::meta::type_name("peer_list"), x.peers);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, list_peers&) {
  return f(caf::meta::type_name("list_peers"));
}

#define DHR_CLUSTER_WIRE_TYPES \
  await_term, leave_cluster, hello, welcome, heartbeat, goodbye, peer_line, peer_list, list_peers
DHR_INSPECTED_ELSEWHERE(DHR_CLUSTER_WIRE_TYPES)

}  // namespace dhr

CAF_BEGIN_TYPE_ID_BLOCK(dhr_cluster, 560)
CAF_ADD_TYPE_ID(dhr_cluster, (dhr::await_term))
CAF_ADD_TYPE_ID(dhr_cluster, (dhr::leave_cluster))
CAF_ADD_TYPE_ID(dhr_cluster, (dhr::hello))
CAF_ADD_TYPE_ID(dhr_cluster, (dhr::welcome))
CAF_ADD_TYPE_ID(dhr_cluster, (dhr::heartbeat))
CAF_ADD_TYPE_ID(dhr_cluster, (dhr::goodbye))
CAF_ADD_TYPE_ID(dhr_cluster, (dhr::peer_list))
CAF_ADD_TYPE_ID(dhr_cluster, (dhr::list_peers))
CAF_END_TYPE_ID_BLOCK(dhr_cluster)

namespace dhr {

// Makes the messages of this room known to a system.
void add_cluster_messages(caf::actor_system_config& config);

}  // namespace dhr
