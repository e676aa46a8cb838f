#pragma once
// How CAF carries the emotion room's messages.

#include "actors/ears/types_wire_caf.hpp"
#include "actors/emotion/messages.hpp"
#include "actors/emotion/types_wire_caf.hpp"
#include "runtime/base/wire_caf.hpp"

namespace dhr {

namespace wire {

// CAF 0.17 carries no floats: their bits.
template <class Inspector, std::size_t count>
typename Inspector::result_type inspect_floats(Inspector& f, const char* name,
                                               std::array<float, count>& values) {
  return [&]<std::size_t... i>(std::index_sequence<i...>) {
    return f(caf::meta::type_name(name), bits(values[i])...);
  }
  (std::make_index_sequence<count>{});
}

}  // namespace wire

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, face_emotions& x) {
  return wire::inspect_floats(f, "face_emotions", x.weights);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, label_scores& x) {
  return wire::inspect_floats(f, "label_scores", x.values);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, feel& x) {
  return f(caf::meta::type_name("feel"), x.turn, x.index, x.text);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, feel_user& x) {
  return f(caf::meta::type_name("feel_user"), x.turn, x.item_id, x.text);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, feel_melody& x) {
  return f(caf::meta::type_name("feel_melody"), x.item_id, x.melody);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, mood_known& x) {
  return f(caf::meta::type_name("mood_known"), x.mood);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, outcome_known& x) {
  return f(caf::meta::type_name("outcome_known"), x.turn, wire::bits(x.outcome));
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, cancel_feeling& x) {
  return f(caf::meta::type_name("cancel_feeling"), x.turn);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, felt& x) {
  return f(caf::meta::type_name("felt"), x.turn, x.index, x.weights, x.raw, x.face, x.scores,
           x.rules, x.first_sample, x.shown);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, read_emotion& x) {
  return f(caf::meta::type_name("read_emotion"), x.turn, x.index, x.text, x.budget);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, emotion_read& x) {
  return f(caf::meta::type_name("emotion_read"), x.turn, x.index, x.scores, x.thresholds);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, reading_failed& x) {
  return f(caf::meta::type_name("reading_failed"), x.turn, x.index, x.reason);
}

#define DHR_EMOTION_WIRE_TYPES                                                          \
  face_emotions, label_scores, feel, feel_user, feel_melody, mood_known, outcome_known, \
      cancel_feeling, felt, read_emotion, emotion_read, reading_failed
DHR_INSPECTED_ELSEWHERE(DHR_EMOTION_WIRE_TYPES)

}  // namespace dhr

CAF_BEGIN_TYPE_ID_BLOCK(dhr_emotion, 500)
CAF_ADD_TYPE_ID(dhr_emotion, (dhr::feel))
CAF_ADD_TYPE_ID(dhr_emotion, (dhr::feel_user))
CAF_ADD_TYPE_ID(dhr_emotion, (dhr::outcome_known))
CAF_ADD_TYPE_ID(dhr_emotion, (dhr::cancel_feeling))
CAF_ADD_TYPE_ID(dhr_emotion, (dhr::felt))
CAF_ADD_TYPE_ID(dhr_emotion, (dhr::read_emotion))
CAF_ADD_TYPE_ID(dhr_emotion, (dhr::emotion_read))
CAF_ADD_TYPE_ID(dhr_emotion, (dhr::reading_failed))
CAF_ADD_TYPE_ID(dhr_emotion, (dhr::feel_melody))
CAF_ADD_TYPE_ID(dhr_emotion, (dhr::mood_known))
CAF_END_TYPE_ID_BLOCK(dhr_emotion)

namespace dhr {

// Makes the messages of this room known to a system.
void add_emotion_messages(caf::actor_system_config& config);

}  // namespace dhr
