#pragma once
// How CAF carries the avatar room's messages.

#include "actors/avatar/messages.hpp"
#include "actors/emotion/types_wire_caf.hpp"
#include "actors/speech/wire_caf.hpp"

namespace dhr {

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, viseme_mark& x) {
  return f(caf::meta::type_name("viseme_mark"), x.sample, x.id);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, animate& x) {
  return f(caf::meta::type_name("animate"), x.turn, x.index, x.first_sample, x.sample_count,
           x.phonemes, x.last, x.feeling);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, frames_ready& x) {
  return f(caf::meta::type_name("frames_ready"), x.turn, x.index, x.first_frame, x.frames,
           x.visemes);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, idle_request& x) {
  return f(caf::meta::type_name("idle_request"), x.frame_count, x.mood);
}

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, idle_ready& x) {
  return f(caf::meta::type_name("idle_ready"), x.first_frame, x.frames);
}

#define DHR_AVATAR_WIRE_TYPES viseme_mark, animate, frames_ready, idle_request, idle_ready
DHR_INSPECTED_ELSEWHERE(DHR_AVATAR_WIRE_TYPES)

}  // namespace dhr

CAF_BEGIN_TYPE_ID_BLOCK(dhr_avatar, 350)
CAF_ADD_TYPE_ID(dhr_avatar, (dhr::animate))
CAF_ADD_TYPE_ID(dhr_avatar, (dhr::frames_ready))
CAF_ADD_TYPE_ID(dhr_avatar, (dhr::idle_request))
CAF_ADD_TYPE_ID(dhr_avatar, (dhr::idle_ready))
CAF_END_TYPE_ID_BLOCK(dhr_avatar)

namespace dhr {

// Makes the messages of this room known to a system.
void add_avatar_messages(caf::actor_system_config& config);

}  // namespace dhr
