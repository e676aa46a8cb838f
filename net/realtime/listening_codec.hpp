#pragma once
// How a client wants to be heard, and in which format sound goes out. Internal to the codec.

#include "actors/session/types.hpp"
#include "net/realtime/codec.hpp"
#include "net/realtime/json_fields.hpp"

namespace dhr::realtime {

// Format, turn detection and transcription of a session: GA's in `audio.input`, the beta's and
// Voice Live's on the session itself. Turn detection that is given replaces all of what was before,
// with the defaults for what it leaves out; null means none.
[[nodiscard]] checked<void> decode_listening(const object_fields& session,
                                             const codec_limits& limits, settings_patch& patch);

// `audio.output.format` or `output_audio_format` of a session or a response.
[[nodiscard]] checked<void> decode_output_format(const object_fields& fields,
                                                 settings_patch& patch);

}  // namespace dhr::realtime
