#include "net/realtime/codec.hpp"

#include <algorithm>
#include <array>
#include <boost/json/monotonic_resource.hpp>

#include "net/realtime/settings_codec.hpp"

namespace dhr::realtime {
namespace {

namespace json = boost::json;

constexpr std::size_t id_bytes_max = 512;

// Events of the protocol that this version does not take.
constexpr std::array<std::string_view, 8> unsupported_events{
    "input_audio_buffer.append", "input_audio_buffer.commit",   "input_audio_buffer.clear",
    "output_audio_buffer.clear", "conversation.item.truncate",  "transcription_session.update",
    "session.avatar.connect",    "mcp_approval_response.create"};

std::string to_request(request_kind kind, const std::string& event_id) {
  return static_cast<char>(kind) + event_id;
}

checked<std::string> item_id(const object_fields& fields, std::string_view name) {
  DHR_TRY(auto id, fields.required_text(name, id_bytes_max));
  if (!is_valid_id(id)) {
    return refuse("invalid_value",
                  "'" + fields.path(name) + "' must be 1 to 64 letters, digits, '_' or '-'",
                  fields.path(name));
  }
  return id;
}

checked<item_role> role_of(const object_fields& item) {
  DHR_TRY(const auto role, item.required_text("role", id_bytes_max));
  if (role == "system") return item_role::system;
  if (role == "user") return item_role::user;
  if (role == "assistant") return item_role::assistant;
  return refuse("invalid_value", "'item.role' must be \"system\", \"user\" or \"assistant\"",
                item.path("role"));
}

// The text of all parts, in order.
checked<std::string> content_of(const object_fields& item, const codec_limits& limits) {
  DHR_TRY(const auto* parts, item.array("content"));
  if (parts == nullptr || parts->empty()) {
    return refuse("missing_required_parameter", "'item.content' must hold at least one part",
                  item.path("content"));
  }
  std::string text;
  for (std::size_t i = 0; i < parts->size(); ++i) {
    const auto path = item.path("content") + '[' + std::to_string(i) + ']';
    if (!(*parts)[i].is_object()) {
      return refuse("invalid_type", "'" + path + "' must be an object", path);
    }
    const object_fields part{(*parts)[i].get_object(), path};
    DHR_TRY(const auto type, part.required_text("type", id_bytes_max));
    if (type != "input_text" && type != "text" && type != "output_text") {
      return refuse("unsupported_value",
                    "'" + part.path("type") + "' is '" + type +
                        "': this version takes text (\"input_text\", \"text\", \"output_text\")",
                    part.path("type"));
    }
    DHR_TRY(const auto piece, part.required_text("text", limits.text_bytes_max));
    text += piece;
  }
  if (text.empty() || text.size() > limits.text_bytes_max) {
    return refuse(
        "invalid_value",
        "'item.content' must hold 1 to " + std::to_string(limits.text_bytes_max) + " bytes of text",
        item.path("content"));
  }
  return text;
}

checked<client_event> decode_update(const object_fields& event, const std::string& id,
                                    const codec_limits& limits) {
  DHR_TRY(const auto session, event.required_object("session"));
  DHR_TRY(auto patch, decode_session(session, limits));
  return client_event{update_session{to_request(request_kind::update_session, id), patch}};
}

checked<client_event> decode_item(const object_fields& event, const std::string& id,
                                  const codec_limits& limits) {
  create_item message{to_request(request_kind::create_item, id), {}, {}};
  DHR_TRY(const auto previous, event.text("previous_item_id", id_bytes_max));
  if (previous) message.previous = *previous;
  DHR_TRY(const auto item, event.required_object("item"));
  DHR_TRY(const auto type, item.required_text("type", id_bytes_max));
  if (type != "message") {
    return refuse("unsupported_value", "'item.type' is '" + type + "': it must be \"message\"",
                  item.path("type"));
  }
  if (item.find("id") != nullptr) {
    DHR_TRY(message.item.id, item_id(item, "id"));
  }
  DHR_TRY(message.item.role, role_of(item));
  DHR_TRY(message.item.text, content_of(item, limits));
  return client_event{std::move(message)};
}

checked<client_event> decode_create(const object_fields& event, const std::string& id,
                                    const codec_limits& limits) {
  create_response message{to_request(request_kind::create_response, id), {}};
  DHR_TRY(const auto response, event.object("response"));
  if (response) {
    DHR_TRY(message.patch, decode_response(*response, limits));
  }
  return client_event{std::move(message)};
}

checked<client_event> decode_cancel(const object_fields& event, const std::string& id) {
  DHR_TRY(const auto response, event.text("response_id", id_bytes_max));
  return client_event{cancel_response{to_request(request_kind::cancel_response, id),
                                      response.value_or(std::string{})}};
}

checked<client_event> decode_typed(const object_fields& event, const std::string& id,
                                   const codec_limits& limits) {
  DHR_TRY(const auto type, event.required_text("type", id_bytes_max));
  if (type == "session.update") return decode_update(event, id, limits);
  if (type == "conversation.item.create") return decode_item(event, id, limits);
  if (type == "response.create") return decode_create(event, id, limits);
  if (type == "response.cancel") return decode_cancel(event, id);
  if (type == "conversation.item.delete") {
    DHR_TRY(auto item, item_id(event, "item_id"));
    return client_event{delete_item{to_request(request_kind::delete_item, id), std::move(item)}};
  }
  if (type == "conversation.item.retrieve") {
    DHR_TRY(auto item, item_id(event, "item_id"));
    return client_event{
        retrieve_item{to_request(request_kind::retrieve_item, id), std::move(item)}};
  }
  if (std::find(unsupported_events.begin(), unsupported_events.end(), type) !=
      unsupported_events.end()) {
    return refuse("unsupported_event",
                  "'" + type +
                      "' is not supported by this version, which takes text: send "
                      "conversation.item.create with an input_text part, then response.create",
                  "type");
  }
  return refuse("unknown_event", "there is no event '" + type + "'", "type");
}

}  // namespace

checked<client_event> decode(std::string_view text, const codec_limits& limits) {
  std::array<unsigned char, 4'096> buffer;
  json::monotonic_resource memory{buffer.data(), buffer.size()};
  DHR_TRY(const auto object, parse_object(text, limits.depth_max, &memory));
  const object_fields event{object, {}};
  DHR_TRY(const auto id, event.text("event_id", id_bytes_max));
  auto decoded = decode_typed(event, id.value_or(std::string{}), limits);
  if (!decoded && id) decoded.assume_error().event_id = *id;
  return decoded;
}

std::string to_request(const request_tag& tag) { return to_request(tag.kind, tag.event_id); }

request_tag to_tag(std::string_view request) {
  if (request.empty()) return {};
  return {static_cast<request_kind>(request.front()), std::string{request.substr(1)}};
}

}  // namespace dhr::realtime
