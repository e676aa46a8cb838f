#include "net/realtime/item_codec.hpp"

#include "net/realtime/base64.hpp"
#include "runtime/base/ids.hpp"

namespace dhr::realtime {
namespace {

namespace json = boost::json;

constexpr std::size_t name_bytes_max = 256;
constexpr std::size_t id_bytes_max = 512;

checked<void> optional_id(const object_fields& item, std::string& id) {
  if (item.find("id") == nullptr) return boost::outcome_v2::success();
  DHR_TRY(id, required_id(item, "id"));
  return boost::outcome_v2::success();
}

checked<item_role> role_of(const object_fields& item) {
  DHR_TRY(const auto role, item.required_text("role", name_bytes_max));
  if (role == "system") return item_role::system;
  if (role == "user") return item_role::user;
  if (role == "assistant") return item_role::assistant;
  return wrong_choice(item.path("role"), role, {"system", "user", "assistant"});
}

// Sound that was heard or is to be: with its transcript, or for a user its samples.
checked<void> add_sound(const object_fields& part, const codec_limits& limits,
                        written_item& written) {
  auto& item = written.item;
  DHR_TRY(const auto transcript, part.text("transcript", limits.text_bytes_max));
  DHR_TRY(const auto audio, decode_audio(part, "audio", limits));
  if (item.role == item_role::user && audio && !audio->empty()) {
    if (written.audio.size() + audio->size() > limits.audio_base64_bytes_max) {
      return refuse("invalid_value", "Invalid 'item.content': too much audio in one item.",
                    part.path("audio"));
    }
    written.audio += *audio;
  } else if (transcript) {
    item.text += *transcript;
  } else {
    return missing(part.path(item.role == item_role::user ? "audio" : "transcript"));
  }
  item.spoken = true;
  return boost::outcome_v2::success();
}

checked<void> add_part(const object_fields& part, const codec_limits& limits,
                       written_item& written) {
  DHR_TRY(const auto type, part.required_text("type", name_bytes_max));
  const auto role = written.item.role;
  if (type == "input_text" || type == "text" || type == "output_text") {
    DHR_TRY(const auto text, part.required_text("text", limits.text_bytes_max));
    written.item.text += text;
    return boost::outcome_v2::success();
  }
  const bool sound = (role == item_role::user && type == "input_audio") ||
                     (role == item_role::assistant && (type == "output_audio" || type == "audio"));
  if (sound) return add_sound(part, limits, written);
  switch (role) {
    case item_role::user:
      return wrong_choice(part.path("type"), type, {"input_text", "input_audio"});
    case item_role::assistant:
      return wrong_choice(part.path("type"), type, {"output_text", "output_audio", "text"});
    case item_role::system:
      break;
  }
  return wrong_choice(part.path("type"), type, {"input_text"});
}

checked<void> decode_message(const object_fields& fields, const codec_limits& limits,
                             written_item& written) {
  DHR_TRY(written.item.role, role_of(fields));
  DHR_TRY(const auto* parts, fields.array("content"));
  const auto path = fields.path("content");
  if (parts == nullptr) return missing(path);
  if (parts->empty()) {
    return refuse("empty_array",
                  "Invalid '" + path +
                      "': empty array. Expected an array with minimum length 1, but got an empty "
                      "array instead.",
                  path);
  }
  for (std::size_t i = 0; i < parts->size(); ++i) {
    DHR_TRY(const auto part, object_at(*parts, path, i));
    DHR_TRY(add_part(part, limits, written));
  }
  const auto& text = written.item.text;
  const bool empty = text.empty() && written.audio.empty() && !written.item.spoken;
  if (empty || text.size() > limits.text_bytes_max) {
    return refuse("invalid_value",
                  "Invalid '" + path + "': it must hold 1 to " +
                      std::to_string(limits.text_bytes_max) + " bytes of text.",
                  path);
  }
  return boost::outcome_v2::success();
}

checked<void> decode_call(const object_fields& fields, const codec_limits& limits,
                          conversation_item& item) {
  item.kind = item_kind::function_call;
  item.role = item_role::assistant;
  DHR_TRY(item.name, fields.required_text("name", name_bytes_max));
  DHR_TRY(item.text, fields.required_text("arguments", limits.text_bytes_max));
  // The public API lets a client leave it out; but then no output could belong to the call.
  DHR_TRY(item.call_id, fields.required_text("call_id", id_bytes_max));
  return boost::outcome_v2::success();
}

checked<void> decode_output(const object_fields& fields, const codec_limits& limits,
                            conversation_item& item) {
  item.kind = item_kind::function_call_output;
  item.role = item_role::user;
  DHR_TRY(item.call_id, fields.required_text("call_id", id_bytes_max));
  DHR_TRY(item.text, fields.required_text("output", limits.text_bytes_max));
  return boost::outcome_v2::success();
}

}  // namespace

refusal no_approval(const std::string& path) {
  return unsupported(path,
                     "MCP tools are not run here; declare tools of the type 'function' and answer "
                     "their calls with function_call_output");
}

checked<std::string> required_id(const object_fields& fields, std::string_view name) {
  DHR_TRY(auto id, fields.required_text(name, id_bytes_max));
  if (!is_valid_id(id)) {
    return refuse("invalid_value",
                  "Invalid '" + fields.path(name) +
                      "': an id is 1 to 64 letters, digits, underscores or hyphens.",
                  fields.path(name));
  }
  return id;
}

checked<std::optional<std::string>> decode_audio(const object_fields& fields, std::string_view name,
                                                 const codec_limits& limits) {
  DHR_TRY(const auto text, fields.text_view(name, limits.audio_base64_bytes_max));
  if (!text) return std::optional<std::string>{};
  auto bytes = decode_base64(*text);
  if (!bytes) {
    return refuse("invalid_value",
                  "Invalid '" + fields.path(name) +
                      "'. Expected base64-encoded audio bytes but got an invalid value.",
                  fields.path(name));
  }
  return bytes;
}

checked<written_item> decode_item(const object_fields& fields, const codec_limits& limits) {
  written_item written;
  auto& item = written.item;
  DHR_TRY(const auto type, fields.required_text("type", name_bytes_max));
  DHR_TRY(optional_id(fields, item.id));
  if (type == "message") {
    DHR_TRY(decode_message(fields, limits, written));
  } else if (type == "function_call") {
    DHR_TRY(decode_call(fields, limits, item));
  } else if (type == "function_call_output") {
    DHR_TRY(decode_output(fields, limits, item));
  } else if (type == "mcp_approval_response") {
    return no_approval(fields.path("type"));
  } else {
    return wrong_choice(fields.path("type"), type,
                        {"message", "function_call", "function_call_output"});
  }
  return written;
}

checked<std::optional<std::vector<conversation_item>>> decode_input(const object_fields& response,
                                                                    const codec_limits& limits) {
  using items = std::vector<conversation_item>;
  const std::string_view name = response.find("input") != nullptr ? "input" : "input_items";
  DHR_TRY(const auto* array, response.array(name));
  if (array == nullptr) return std::optional<items>{};
  const auto path = response.path(name);
  if (array->size() > limits.input_items_max) {
    return refuse("array_above_max_length",
                  "Invalid '" + path + "': array too long. Expected an array with maximum length " +
                      std::to_string(limits.input_items_max) + ".",
                  path);
  }
  items input;
  for (std::size_t i = 0; i < array->size(); ++i) {
    DHR_TRY(const auto fields, object_at(*array, path, i));
    DHR_TRY(const auto type, fields.text("type", name_bytes_max));
    if (type == "item_reference") {
      conversation_item reference;
      DHR_TRY(reference.id, required_id(fields, "id"));
      input.push_back(std::move(reference));
      continue;
    }
    DHR_TRY(auto written, decode_item(fields, limits));
    if (!written.audio.empty()) {
      return unsupported(element(path, i),
                         "sound goes into the conversation first, with "
                         "conversation.item.create, and is referred to here");
    }
    input.push_back(std::move(written.item));
  }
  return std::optional<items>{std::move(input)};
}

}  // namespace dhr::realtime
