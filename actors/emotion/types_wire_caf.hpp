#pragma once
// How CAF carries feelings.

#include "actors/emotion/types.hpp"
#include "runtime/base/wire_caf.hpp"

namespace dhr {

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, feelings& x) {
  auto& [joy, confidence, surprise, thoughtfulness, concern] = x.weights;
  return f(caf::meta::type_name("feelings"), wire::bits(joy), wire::bits(confidence),
           wire::bits(surprise), wire::bits(thoughtfulness), wire::bits(concern));
}

#define DHR_EMOTION_BASIC_WIRE_TYPES feelings
DHR_INSPECTED_ELSEWHERE(DHR_EMOTION_BASIC_WIRE_TYPES)

}  // namespace dhr
