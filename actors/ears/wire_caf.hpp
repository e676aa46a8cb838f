#pragma once
// How CAF carries the ears' messages. Sessions and ears live on one node, so these never cross a
// wire; CAF wants every type that travels to be inspectable all the same.

#include "actors/ears/hearing_messages.hpp"
#include "actors/ears/messages.hpp"
#include "runtime/base/wire_caf.hpp"

CAF_BEGIN_TYPE_ID_BLOCK(dhr_ears, 480)
CAF_ADD_TYPE_ID(dhr_ears, (dhr::ears_request))
CAF_ADD_TYPE_ID(dhr_ears, (dhr::ears_event))
CAF_ADD_TYPE_ID(dhr_ears, (dhr::judge_end))
CAF_ADD_TYPE_ID(dhr_ears, (dhr::end_judged))
CAF_ADD_TYPE_ID(dhr_ears, (dhr::measure_melody))
CAF_ADD_TYPE_ID(dhr_ears, (dhr::melody_measured))
CAF_END_TYPE_ID_BLOCK(dhr_ears)

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(dhr::ears_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(dhr::ears_event)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(dhr::judge_end)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(dhr::end_judged)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(dhr::measure_melody)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(dhr::melody_measured)
