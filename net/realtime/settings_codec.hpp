#pragma once
// The settings inside session.update and response.create. Internal to the codec.

#include "actors/session/types.hpp"
#include "net/realtime/codec.hpp"
#include "net/realtime/json_fields.hpp"

namespace dhr::realtime {

[[nodiscard]] checked<settings_patch> decode_session(const object_fields& session,
                                                     const codec_limits& limits);
[[nodiscard]] checked<settings_patch> decode_response(const object_fields& response,
                                                      const codec_limits& limits);

}  // namespace dhr::realtime
