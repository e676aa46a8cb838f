#pragma once
// How CAF carries the store's messages.

#include "runtime/base/wire_caf.hpp"
#include "runtime/store/messages.hpp"

namespace dhr {

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, stored_item& x) {
  return f(caf::meta::type_name("stored_item"), x.id, x.kind, x.role, x.status, x.text, x.spoken,
           x.call_id, x.name);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, conversation_snapshot& x) {
  return f(caf::meta::type_name("conversation_snapshot"), x.id, x.epoch, x.turn_number, x.settings,
           x.items, x.saved_at_ms);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, save_conversation& x) {
  return f(caf::meta::type_name("save_conversation"), x.snapshot);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, conversation_stored& x) {
  return f(caf::meta::type_name("conversation_stored"), x.turn_number);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, node_name& x) {
  return f(caf::meta::type_name("node_name"), x.value);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, node_incarnation& x) {
  return f(caf::meta::type_name("node_incarnation"), x.value);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, node_identity& x) {
  return f(caf::meta::type_name("node_identity"), x.name, x.incarnation);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, conversation_claim& x) {
  return f(caf::meta::type_name("conversation_claim"), x.id, x.epoch, wire::maybe(x.owner),
           x.last_owner, x.wanted_node);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, take_up_conversation& x) {
  return f(caf::meta::type_name("take_up_conversation"), x.id, x.node);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, taken_up& x) {
  return f(caf::meta::type_name("taken_up"), x.granted, x.claim, wire::maybe(x.stored));
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, give_up_conversation& x) {
  return f(caf::meta::type_name("give_up_conversation"), x.id, wire::maybe(x.epoch), x.node);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, conversation_replaced& x) {
  return f(caf::meta::type_name("conversation_replaced"), x.id, x.epoch);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, load_conversation& x) {
  return f(caf::meta::type_name("load_conversation"), x.id);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, erase_conversation& x) {
  return f(caf::meta::type_name("erase_conversation"), x.id);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, flush_store&) {
  return f(caf::meta::type_name("flush_store"));
}

#define DHR_STORE_WIRE_TYPES                                                               \
  stored_item, conversation_snapshot, save_conversation, conversation_stored, node_name,   \
      node_incarnation, node_identity, conversation_claim, take_up_conversation, taken_up, \
      give_up_conversation, conversation_replaced, load_conversation, erase_conversation,  \
      flush_store
DHR_INSPECTED_ELSEWHERE(DHR_STORE_WIRE_TYPES)

// Makes the messages of this room, also those of its registry, known to a system.
void add_store_messages(caf::actor_system_config& config);

// Whoever wants to know when what it saved is stored.
using snapshot_listener = caf::typed_actor<caf::reacts_to<conversation_stored>>;

}  // namespace dhr

CAF_BEGIN_TYPE_ID_BLOCK(dhr_store, 520)
CAF_ADD_TYPE_ID(dhr_store, (dhr::conversation_snapshot))
CAF_ADD_TYPE_ID(dhr_store, (dhr::save_conversation))
CAF_ADD_TYPE_ID(dhr_store, (dhr::load_conversation))
CAF_ADD_TYPE_ID(dhr_store, (dhr::erase_conversation))
CAF_ADD_TYPE_ID(dhr_store, (dhr::flush_store))
CAF_ADD_TYPE_ID(dhr_store, (dhr::node_identity))
CAF_ADD_TYPE_ID(dhr_store, (dhr::take_up_conversation))
CAF_ADD_TYPE_ID(dhr_store, (dhr::taken_up))
CAF_ADD_TYPE_ID(dhr_store, (dhr::give_up_conversation))
CAF_ADD_TYPE_ID(dhr_store, (dhr::conversation_replaced))
CAF_ADD_TYPE_ID(dhr_store, (dhr::conversation_stored))
CAF_ADD_TYPE_ID(dhr_store, (dhr::snapshot_listener))
CAF_END_TYPE_ID_BLOCK(dhr_store)
