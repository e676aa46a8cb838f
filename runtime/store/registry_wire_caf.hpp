#pragma once
// How CAF carries the registry's messages.

#include "runtime/store/registry_messages.hpp"
#include "runtime/store/wire_caf.hpp"

namespace dhr {

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, node_load& x) {
  return f(caf::meta::type_name("node_load"), wire::bits(x.gpu), wire::bits(x.memory),
           wire::bits(x.queue));
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, node_report& x) {
  return f(caf::meta::type_name("node_report"), x.load, x.conversations, x.conversations_max,
           x.draining, x.healthy, x.links);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, node_facts& x) {
  return f(caf::meta::type_name("node_facts"), x.identity, x.address, x.build, x.types_hash, x.zone,
           x.labels);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, node_record& x) {
  return f(caf::meta::type_name("node_record"), x.facts, x.report, x.lease_left, x.drain_wanted);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, join_node& x) {
  return f(caf::meta::type_name("join_node"), x.facts, x.report, x.ttl);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, renew_node& x) {
  return f(caf::meta::type_name("renew_node"), x.node, x.report, x.ttl);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, evict_node& x) {
  return f(caf::meta::type_name("evict_node"), x.name);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, leave_node& x) {
  return f(caf::meta::type_name("leave_node"), x.node);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, list_nodes&) {
  return f(caf::meta::type_name("list_nodes"));
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, node_list& x) {
  return f(caf::meta::type_name("node_list"), x.nodes);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, find_claim& x) {
  return f(caf::meta::type_name("find_claim"), x.id);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, list_claims& x) {
  return f(caf::meta::type_name("list_claims"), x.owner, x.limit);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, list_wishes& x) {
  return f(caf::meta::type_name("list_wishes"), x.owner, x.limit);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, want_owner& x) {
  return f(caf::meta::type_name("want_owner"), x.id, x.wanted);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, claim_list& x) {
  return f(caf::meta::type_name("claim_list"), x.claims);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, begin_term& x) {
  return f(caf::meta::type_name("begin_term"), x.node);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, end_term&) {
  return f(caf::meta::type_name("end_term"));
}

#define DHR_STORE_REGISTRY_WIRE_TYPES                                                             \
  node_load, node_report, node_facts, node_record, join_node, renew_node, evict_node, leave_node, \
      list_nodes, node_list, find_claim, list_claims, list_wishes, want_owner, claim_list,        \
      begin_term, end_term
DHR_INSPECTED_ELSEWHERE(DHR_STORE_REGISTRY_WIRE_TYPES)

}  // namespace dhr

CAF_BEGIN_TYPE_ID_BLOCK(dhr_registry, 540)
CAF_ADD_TYPE_ID(dhr_registry, (dhr::conversation_claim))
CAF_ADD_TYPE_ID(dhr_registry, (dhr::join_node))
CAF_ADD_TYPE_ID(dhr_registry, (dhr::renew_node))
CAF_ADD_TYPE_ID(dhr_registry, (dhr::evict_node))
CAF_ADD_TYPE_ID(dhr_registry, (dhr::leave_node))
CAF_ADD_TYPE_ID(dhr_registry, (dhr::list_nodes))
CAF_ADD_TYPE_ID(dhr_registry, (dhr::node_list))
CAF_ADD_TYPE_ID(dhr_registry, (dhr::find_claim))
CAF_ADD_TYPE_ID(dhr_registry, (dhr::list_claims))
CAF_ADD_TYPE_ID(dhr_registry, (dhr::claim_list))
CAF_ADD_TYPE_ID(dhr_registry, (dhr::begin_term))
CAF_ADD_TYPE_ID(dhr_registry, (dhr::end_term))
CAF_ADD_TYPE_ID(dhr_registry, (dhr::list_wishes))
CAF_ADD_TYPE_ID(dhr_registry, (dhr::want_owner))
CAF_END_TYPE_ID_BLOCK(dhr_registry)
