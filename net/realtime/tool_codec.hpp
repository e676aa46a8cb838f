#pragma once
// `tools` and `tool_choice` of a session or a response. Internal to the codec.

#include "actors/session/types.hpp"
#include "net/realtime/codec.hpp"
#include "net/realtime/json_fields.hpp"

namespace dhr::realtime {

[[nodiscard]] checked<void> decode_tools(const object_fields& fields, const codec_limits& limits,
                                         settings_patch& patch);

}  // namespace dhr::realtime
