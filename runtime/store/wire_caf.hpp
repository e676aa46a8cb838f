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
CAF_END_TYPE_ID_BLOCK(dhr_store)
