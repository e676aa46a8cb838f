#pragma once
// How CAF carries the relay's messages.

#include "runtime/base/wire_caf.hpp"
#include "runtime/relay/messages.hpp"

namespace dhr {

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, begin_relay&) {
  return f(caf::meta::type_name("begin_relay"));
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, relay_piece& x) {
  return f(caf::meta::type_name("relay_piece"), x.number, x.bytes);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, relay_credit& x) {
  return f(caf::meta::type_name("relay_credit"), x.through);
}

#define DHR_RELAY_WIRE_TYPES begin_relay, relay_piece, relay_credit
DHR_INSPECTED_ELSEWHERE(DHR_RELAY_WIRE_TYPES)

}  // namespace dhr

CAF_BEGIN_TYPE_ID_BLOCK(dhr_relay, 580)
CAF_ADD_TYPE_ID(dhr_relay, (dhr::begin_relay))
CAF_ADD_TYPE_ID(dhr_relay, (dhr::relay_piece))
CAF_ADD_TYPE_ID(dhr_relay, (dhr::relay_credit))
CAF_END_TYPE_ID_BLOCK(dhr_relay)
