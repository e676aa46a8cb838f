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
CAF_END_TYPE_ID_BLOCK(dhr_store)
