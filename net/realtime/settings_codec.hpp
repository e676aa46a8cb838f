#pragma once
// The settings inside session.update and response.create. Internal to the codec.

#include <string>
#include <utility>
#include <vector>

#include "actors/session/types.hpp"
#include "net/realtime/codec.hpp"
#include "net/realtime/json_fields.hpp"

namespace dhr::realtime {

[[nodiscard]] checked<settings_patch> decode_session(const object_fields& session,
                                                     const codec_limits& limits);

// Of response.create, less its `input` (item_codec.hpp).
struct response_wishes {
  settings_patch patch;
  bool out_of_band = false;
  std::vector<std::pair<std::string, std::string>> metadata;
};

[[nodiscard]] checked<response_wishes> decode_response(const object_fields& response,
                                                       const codec_limits& limits);

}  // namespace dhr::realtime
