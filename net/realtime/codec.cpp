#include "net/realtime/codec.hpp"

#include <array>
#include <boost/json/monotonic_resource.hpp>
#include <limits>

#include "net/realtime/event_context.hpp"
#include "net/realtime/item_codec.hpp"
#include "net/realtime/settings_codec.hpp"
#include "net/realtime/voice_live_input.hpp"

namespace dhr::realtime {
namespace {

namespace json = boost::json;

// Of one message to the session, which may be on another machine; a whole number of samples.
constexpr std::size_t piece_bytes_max = 61'440;

using decoder = checked<client_event> (*)(const event_context&);

checked<client_event> decode_update(const event_context& context) {
  DHR_TRY(const auto session, context.event.required_object("session"));
  DHR_TRY(auto patch, decode_session(session, context.limits));
  return client_event{
      update_session{context.request(request_kind::update_session), std::move(patch)}};
}

checked<client_event> decode_commit(const event_context& context) {
  return client_event{commit_audio{context.request(request_kind::commit_audio)}};
}

checked<client_event> decode_clear(const event_context& context) {
  return client_event{clear_audio{context.request(request_kind::clear_audio)}};
}

checked<client_event> decode_clear_output(const event_context& context) {
  return client_event{clear_output{context.request(request_kind::clear_output)}};
}

checked<client_event> decode_item_create(const event_context& context) {
  create_item message;
  message.request = context.request(request_kind::create_item);
  DHR_TRY(const auto previous, context.event.text("previous_item_id", id_bytes_max));
  message.previous = previous.value_or(std::string{});
  DHR_TRY(const auto fields, context.event.required_object("item"));
  DHR_TRY(auto written, decode_item(fields, context.limits));
  message.item = std::move(written.item);
  if (!written.audio.empty()) message.audio = shared_bytes{std::move(written.audio)};
  return client_event{std::move(message)};
}

checked<client_event> decode_item_delete(const event_context& context) {
  DHR_TRY(auto item, required_id(context.event, "item_id"));
  return client_event{delete_item{context.request(request_kind::delete_item), std::move(item)}};
}

checked<client_event> decode_item_retrieve(const event_context& context) {
  DHR_TRY(auto item, required_id(context.event, "item_id"));
  return client_event{retrieve_item{context.request(request_kind::retrieve_item), std::move(item)}};
}

checked<client_event> decode_item_truncate(const event_context& context) {
  const auto& event = context.event;
  DHR_TRY(auto item, required_id(event, "item_id"));
  // A spoken answer has one part, its sound.
  DHR_TRY(const auto part, event.integer("content_index", 0, 0));
  if (!part) return missing(event.path("content_index"));
  DHR_TRY(const auto end,
          event.integer("audio_end_ms", 0, std::numeric_limits<std::int32_t>::max()));
  if (!end) return missing(event.path("audio_end_ms"));
  return client_event{
      truncate_item{context.request(request_kind::truncate_item), std::move(item), *end}};
}

checked<client_event> decode_create(const event_context& context) {
  create_response message;
  message.request = context.request(request_kind::create_response);
  DHR_TRY(auto key, context.event.text("idempotency_key", idempotency_key_bytes_max));
  message.idempotency_key = std::move(key).value_or(std::string{});
  DHR_TRY(const auto response, context.event.object("response"));
  if (response) {
    DHR_TRY(auto wishes, decode_response(*response, context.limits));
    message.patch = std::move(wishes.patch);
    message.out_of_band = wishes.out_of_band;
    message.metadata = std::move(wishes.metadata);
    DHR_TRY(message.input, decode_input(*response, context.limits));
  }
  return client_event{std::move(message)};
}

checked<client_event> decode_cancel(const event_context& context) {
  DHR_TRY(auto response, context.event.text("response_id", id_bytes_max));
  return client_event{cancel_response{context.request(request_kind::cancel_response),
                                      std::move(response).value_or(std::string{})}};
}

struct known_event {
  std::string_view type;
  decoder decode;
};

constexpr std::array<known_event, 11> decoders{{
    {"input_audio_buffer.append", decode_append},
    {"session.update", decode_update},
    {"input_audio_buffer.commit", decode_commit},
    {"input_audio_buffer.clear", decode_clear},
    {"output_audio_buffer.clear", decode_clear_output},
    {"conversation.item.create", decode_item_create},
    {"conversation.item.retrieve", decode_item_retrieve},
    {"conversation.item.truncate", decode_item_truncate},
    {"conversation.item.delete", decode_item_delete},
    {"response.create", decode_create},
    {"response.cancel", decode_cancel},
}};

checked<client_event> decode_typed(const std::string& type, const event_context& context) {
  for (const auto& known : decoders) {
    if (known.type == type) return known.decode(context);
  }
  return wrong_choice(
      "type", type,
      {"session.update", "input_audio_buffer.append", "input_audio_buffer.commit",
       "input_audio_buffer.clear", "output_audio_buffer.clear", "conversation.item.create",
       "conversation.item.retrieve", "conversation.item.truncate", "conversation.item.delete",
       "response.create", "response.cancel"});
}

}  // namespace

checked<client_event> decode_append(const event_context& context) {
  DHR_TRY(auto audio, decode_audio(context.event, "audio", context.limits));
  if (!audio) return missing(context.event.path("audio"));
  return client_event{
      append_audio{context.request(request_kind::append_audio), shared_bytes{std::move(*audio)}}};
}

event_decoder::event_decoder(event_shape shape, const codec_limits& limits) : limits_{limits} {
  if (shape == event_shape::voice_live) voice_live_ = std::make_unique<voice_live_input>();
}
event_decoder::~event_decoder() = default;

checked<std::optional<client_event>> event_decoder::decode(std::string_view text) {
  std::array<unsigned char, 4'096> buffer;
  json::monotonic_resource memory{buffer.data(), buffer.size()};
  DHR_TRY(const auto object, parse_object(text, limits_.depth_max, &memory));
  const object_fields event{object, {}};
  DHR_TRY(const auto id, event.text("event_id", id_bytes_max));
  const auto request_id = id.value_or(std::string{});
  auto decoded = decode_fields({event, request_id, limits_});
  if (!decoded) decoded.assume_error().event_id = request_id;
  return decoded;
}

checked<std::optional<client_event>> event_decoder::decode_fields(const event_context& context) {
  DHR_TRY(const auto type, context.event.required_text("type", id_bytes_max));
  if (voice_live_) {
    if (auto outcome = voice_live_->take(type, context)) return std::move(*outcome);
  }
  DHR_TRY(auto event, decode_typed(type, context));
  return std::optional{std::move(event)};
}

std::vector<client_request> to_requests(client_event event) {
  std::vector<client_request> requests;
  const auto* append = std::get_if<append_audio>(&event);
  if (append == nullptr || append->audio.size() <= piece_bytes_max) {
    requests.push_back({std::move(event)});
    return requests;
  }
  auto rest = append->audio.view();
  requests.reserve(rest.size() / piece_bytes_max + 1);
  while (!rest.empty()) {
    std::string piece{rest.substr(0, piece_bytes_max)};
    rest.remove_prefix(piece.size());
    requests.push_back({append_audio{append->request, shared_bytes{std::move(piece)}}});
  }
  return requests;
}

bool is_answered(const client_event& event) noexcept {
  return !std::holds_alternative<append_audio>(event);
}

std::string to_request(const request_tag& tag) {
  return static_cast<char>(tag.kind) + tag.event_id;
}

request_tag to_tag(std::string_view request) {
  if (request.empty()) return {};
  return {static_cast<request_kind>(request.front()), std::string{request.substr(1)}};
}

}  // namespace dhr::realtime
