#pragma once
// Conversation items as clients write them. Internal to the codec.

#include <optional>

#include "actors/session/types.hpp"
#include "net/realtime/codec.hpp"
#include "net/realtime/json_fields.hpp"

namespace dhr::realtime {

struct written_item {
  conversation_item item;
  std::string audio;  // decoded; of a user's message
};

// A message, a function call or a function's output.
[[nodiscard]] checked<written_item> decode_item(const object_fields& item,
                                                const codec_limits& limits);

// The `input` of response.create (Voice Live: `input_items`); nothing if there is none. An
// item_reference becomes an item that has its id and nothing else.
[[nodiscard]] checked<std::optional<std::vector<conversation_item>>> decode_input(
    const object_fields& response, const codec_limits& limits);

// Approvals of MCP's tools, as an item or an event; `path` is its type's.
[[nodiscard]] refusal no_approval(const std::string& path);

// An id field that must be there.
[[nodiscard]] checked<std::string> required_id(const object_fields& fields, std::string_view name);

// A field that holds base64. Nothing if it is absent.
[[nodiscard]] checked<std::optional<std::string>> decode_audio(const object_fields& fields,
                                                               std::string_view name,
                                                               const codec_limits& limits);

}  // namespace dhr::realtime
