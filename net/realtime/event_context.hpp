#pragma once
// A client's event on its way through the decoders. Internal to the room.

#include <string>

#include "net/realtime/codec.hpp"
#include "net/realtime/json_fields.hpp"

namespace dhr::realtime {

constexpr std::size_t id_bytes_max = 512;

struct event_context {
  const object_fields& event;
  const std::string& id;  // the client's
  const codec_limits& limits;

  [[nodiscard]] std::string request(request_kind kind) const { return to_request({kind, id}); }
};

// The event's `audio`, as sound for the session.
[[nodiscard]] checked<client_event> decode_append(const event_context& context);

}  // namespace dhr::realtime
