#include "net/http/interaction.hpp"

#include <algorithm>
#include <span>

#include "actors/speech/wav.hpp"
#include "net/realtime/base64.hpp"
#include "net/realtime/event_objects.hpp"
#include "net/realtime/json_fields.hpp"
#include "net/realtime/json_text.hpp"
#include "runtime/base/pairs.hpp"

namespace dhr::http {
namespace {

namespace json = boost::json;
using realtime::append_decimal;
using realtime::append_integer;
using realtime::append_string;
using realtime::checked;
using realtime::object_fields;

constexpr std::size_t depth_max = 8;
constexpr std::size_t text_bytes_max = 65'536;
constexpr std::size_t name_bytes_max = 256;

std::int64_t to_ms_offset(std::int64_t sample) noexcept {
  return sample * 1'000 / speech_sample_rate;
}

// Which of text, sound and face the turn is to make.
checked<void> read_outputs(const object_fields& fields, interaction_request& request) {
  DHR_TRY(const auto modality, fields.text("modality", name_bytes_max));
  DHR_TRY(const auto audio, fields.boolean("audio"));
  DHR_TRY(const auto animation, fields.boolean("animation"));
  if (modality && *modality != "audio" && *modality != "text") {
    return realtime::refuse("invalid_value", "'modality' must be \"audio\" or \"text\"",
                            "modality");
  }
  const bool text = modality && *modality == "text";
  if (text && audio.value_or(false)) {
    return realtime::refuse("invalid_value", "'audio' needs the modality \"audio\"", "audio");
  }
  if (text && animation.value_or(false)) {
    return realtime::refuse("invalid_value", "'animation' needs the modality \"audio\"",
                            "animation");
  }
  request.audio = audio.value_or(false);
  request.animation = animation.value_or(!text);
  const bool spoken = modality ? !text : request.audio || request.animation;
  request.response.modality = spoken ? output_modality::audio : output_modality::text;
  request.response.blendshapes = request.animation;
  request.response.visemes = request.animation;
  request.response.word_timestamps = request.animation;
  return boost::outcome_v2::success();
}

// All but what is to be said.
checked<void> read_settings(const object_fields& fields, interaction_request& request) {
  DHR_TRY(const auto conversation, fields.text("session_id", name_bytes_max));
  if (conversation && !is_valid_id(*conversation)) {
    return realtime::refuse(
        "invalid_value", "'session_id' must be 1 to 64 letters, digits, '_' or '-'", "session_id");
  }
  request.conversation.value = conversation.value_or(std::string{});
  DHR_TRY(auto zone, fields.text("zone", name_bytes_max));
  request.wish.zone = std::move(zone).value_or(std::string{});
  DHR_TRY(const auto labels, fields.text("labels", name_bytes_max));
  auto pairs = parse_pairs(labels.value_or(std::string{}));
  if (!pairs) {
    return realtime::refuse("invalid_value", "'labels' must be KEY=VALUE, separated by commas",
                            "labels");
  }
  request.wish.labels = std::move(*pairs);
  DHR_TRY(const auto redirect, fields.boolean("redirect"));
  request.redirect = redirect.value_or(false);
  DHR_TRY(request.session.instructions, fields.text("instructions", text_bytes_max));
  DHR_TRY(request.session.voice, fields.text("voice", name_bytes_max));
  return read_outputs(fields, request);
}

checked<void> read_sound(const object_fields& fields, interaction_request& request) {
  constexpr auto name = "input_audio";
  DHR_TRY(const auto encoded, fields.text_view(name, sound_bytes_max));
  if (!encoded) return boost::outcome_v2::success();
  auto file = realtime::decode_base64(*encoded);
  if (!file || file->empty()) {
    return realtime::refuse("invalid_value",
                            "'input_audio' must be a file of audio in base64, not empty", name);
  }
  request.sound = shared_bytes{std::move(*file)};
  request.sound_param = name;
  return boost::outcome_v2::success();
}

template <class T, class Append>
void append_list(std::string& out, const std::vector<T>& items, Append append) {
  out += '[';
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0) out += ',';
    append(items[i]);
  }
  out += ']';
}

void append_animation(std::string& out, const collected_turn& turn, int fps) {
  const std::string_view frames{reinterpret_cast<const char*>(turn.frames.data()),
                                turn.frames.size() * sizeof(face_frame)};
  out += "{\"fps\":";
  append_integer(out, fps);
  out += ",\"blendshapes\":";
  append_list(out, std::vector(blendshape_names.begin(), blendshape_names.end()),
              [&](std::string_view name) { append_string(out, name); });
  out += ",\"frames\":";
  realtime::append_weights(out, frames);
  out += ",\"head\":";
  realtime::append_heads(out, frames);
  out += ",\"visemes\":";
  append_list(out, turn.visemes, [&](const viseme_mark& mark) {
    out += "{\"audio_offset_ms\":";
    append_integer(out, to_ms_offset(mark.sample));
    out += ",\"viseme_id\":";
    append_integer(out, mark.id);
    out += '}';
  });
  out += ",\"words\":";
  append_list(out, turn.words, [&](const word_span& word) {
    out += "{\"text\":";
    append_string(out, word.text);
    out += ",\"audio_offset_ms\":";
    append_integer(out, to_ms_offset(word.first_sample));
    out += ",\"audio_duration_ms\":";
    append_integer(out, to_ms_offset(word.last_sample - word.first_sample));
    out += '}';
  });
  out += '}';
}

void append_figures(std::string& out, const collected_turn& turn) {
  const auto& timings = turn.finished.timings;
  const auto& usage = turn.finished.usage;
  out += json::serialize(json::object{{"first_clause", timings.first_clause.count()},
                                      {"first_speech", timings.first_speech.count()},
                                      {"first_audio", timings.first_audio.count()},
                                      {"total", timings.total.count()}});
  out += ",\"usage\":";
  out += json::serialize(json::object{{"total_tokens", usage.input_tokens + usage.output_tokens},
                                      {"input_tokens", usage.input_tokens},
                                      {"output_tokens", usage.output_tokens},
                                      {"cached_tokens", usage.cached_tokens}});
  out += ",\"notices\":";
  append_list(out, turn.notices, [&](const notice& news) {
    out += json::serialize(json::object{{"kind", news.kind}, {"message", news.message}});
  });
}

}  // namespace

checked<interaction_request> decode_interaction(std::string_view text) {
  DHR_TRY(const auto object, realtime::parse_object(text, depth_max, {}));
  const object_fields fields{object, {}};
  interaction_request request;
  DHR_TRY(auto said, fields.text("text", text_bytes_max));
  if (said && said->empty()) {
    return realtime::refuse("invalid_value", "'text' must not be empty", "text");
  }
  DHR_TRY(read_sound(fields, request));
  if (!said && request.sound.empty()) return realtime::missing("text");
  request.text = std::move(said).value_or(std::string{});
  DHR_TRY(read_settings(fields, request));
  return request;
}

checked<interaction_request> decode_spoken_interaction(
    std::string_view body, const std::vector<std::pair<std::string, std::string>>& query) {
  json::object object;
  for (const auto& [name, value] : query) {
    const bool is_flag = (name == "audio" || name == "animation" || name == "redirect") &&
                         (value == "true" || value == "false");
    object[name] = is_flag ? json::value(value == "true") : json::value(value);
  }
  if (body.empty()) return realtime::refuse("invalid_value", "the body is empty", {});
  interaction_request request;
  DHR_TRY(read_settings(object_fields{object, {}}, request));
  request.sound = shared_bytes{std::string{body}};
  return request;
}

reply encode_interaction(const interaction_request& request, const finished_interaction& finished,
                         int fps) {
  const auto& turn = finished.turn;
  if (turn.finished.status == turn_status::failed) {
    return error_reply(
        turn.finished.problem.value_or(error{errc::failed, "the turn failed", {}, {}}));
  }
  reply answer;
  const bool was_answered =
      std::any_of(turn.notices.begin(), turn.notices.end(),
                  [](const notice& news) { return news.kind == answered_before; });
  if (was_answered) answer.headers.emplace_back("Idempotency-Replayed", "true");
  auto& out = answer.body;
  out = "{\"response\":";
  append_string(out, turn.finished.item.text);
  out += ",\"session_id\":";
  append_string(out, finished.conversation.value);
  out += ",\"status\":";
  append_string(out, to_string(turn.finished.status));
  if (finished.heard) {
    out += ",\"input\":{\"transcript\":";
    append_string(out, *finished.heard);
    out += '}';
  }
  if (request.animation) {
    out += ",\"animation\":";
    append_animation(out, turn, fps);
  }
  if (request.audio) {
    out += ",\"audio\":{\"format\":\"wav\",\"sample_rate\":";
    append_integer(out, speech_sample_rate);
    out += ",\"data\":";
    realtime::append_base64(out,
                            wav_file(turn.samples, static_cast<std::uint32_t>(speech_sample_rate)));
    out += '}';
  }
  out += ",\"emotions\":";
  append_list(out, turn.feelings,
              [&](const felt& one) { out += json::serialize(realtime::feeling_object(one)); });
  out += ",\"timings_ms\":";
  append_figures(out, turn);
  out += '}';
  return answer;
}

}  // namespace dhr::http
