#include "net/realtime/event_objects.hpp"

#include <array>
#include <cmath>

namespace dhr::realtime {
namespace {

namespace json = boost::json;

json::value status_details(const turn_finished& finished) {
  if (finished.status == turn_status::completed) return nullptr;
  json::object details{{"type", to_string(finished.status)}};
  if (!finished.reason.empty()) details["reason"] = finished.reason;
  if (finished.problem) {
    const auto problem = to_problem(*finished.problem, {});
    details["error"] =
        json::object{{"type", problem.type}, {"code", problem.code}, {"message", problem.message}};
  }
  return details;
}

// The model reads and writes text; what is spoken is counted by its words' tokens.
json::object usage_object(const token_usage& usage) {
  return {{"total_tokens", usage.input_tokens + usage.output_tokens},
          {"input_tokens", usage.input_tokens},
          {"output_tokens", usage.output_tokens},
          {"input_token_details",
           json::object{{"cached_tokens", usage.cached_tokens},
                        {"text_tokens", usage.input_tokens},
                        {"audio_tokens", 0},
                        {"image_tokens", 0},
                        {"cached_tokens_details", json::object{{"text_tokens", usage.cached_tokens},
                                                               {"audio_tokens", 0},
                                                               {"image_tokens", 0}}}}},
          {"output_token_details",
           json::object{{"text_tokens", usage.output_tokens}, {"audio_tokens", 0}}}};
}

json::value metadata_object(const response_head& head) {
  if (head.metadata.empty()) return nullptr;
  json::object metadata;
  for (const auto& [key, value] : head.metadata) metadata[key] = value;
  return metadata;
}

json::array content_of(const conversation_item& item, event_shape shape) {
  const bool ga = shape == event_shape::ga;
  if (item.role != item_role::assistant) {
    if (!item.spoken) return {json::object{{"type", "input_text"}, {"text", item.text}}};
    return {json::object{{"type", "input_audio"}, {"transcript", text_or_null(item.text)}}};
  }
  if (item.status == item_status::in_progress) return {};
  if (item.spoken) {
    return {json::object{{"type", ga ? "output_audio" : "audio"}, {"transcript", item.text}}};
  }
  return {json::object{{"type", ga ? "output_text" : "text"}, {"text", item.text}}};
}

json::object timings_object(const turn_timings& timings) {
  return {{"first_clause_ms", timings.first_clause.count()},
          {"first_speech_ms", timings.first_speech.count()},
          {"first_audio_ms", timings.first_audio.count()},
          {"total_ms", timings.total.count()},
          {"hearing", json::object{{"endpointing_ms", timings.hearing.endpointing.count()},
                                   {"transcription_ms", timings.hearing.transcription.count()}}}};
}

// To three places: more says nothing of a feeling.
template <std::size_t count>
json::object by_name(const std::array<std::string_view, count>& names,
                     const std::array<float, count>& weights) {
  json::object made;
  for (std::size_t i = 0; i < count; ++i) {
    made.emplace(names[i], std::round(static_cast<double>(weights[i]) * 1'000) / 1'000);
  }
  return made;
}

}  // namespace

json::value text_or_null(const std::string& text) {
  return text.empty() ? json::value(nullptr) : json::value(text);
}

void add(std::string& text, std::string_view member, const json::value& value) {
  text += ",\"";
  text += member;
  text += "\":";
  text += json::serialize(value);
}

void put(event_sink& sink, std::string_view type, event_members members) {
  auto text = sink.begin(type);
  for (const auto& [member, value] : members) add(text, member, value);
  sink.end(std::move(text));
}

json::object item_object(const conversation_item& item, event_shape shape) {
  json::object object{{"id", item.id},
                      {"object", "realtime.item"},
                      {"type", to_string(item.kind)},
                      {"status", to_string(item.status)}};
  switch (item.kind) {
    case item_kind::message:
      object["role"] = to_string(item.role);
      object["content"] = content_of(item, shape);
      break;
    case item_kind::function_call:
      object["call_id"] = item.call_id;
      object["name"] = item.name;
      object["arguments"] = item.text;
      break;
    case item_kind::function_call_output:
      object["call_id"] = item.call_id;
      object["output"] = item.text;
      break;
  }
  return object;
}

json::object part_object(bool spoken, const std::string& text) {
  if (spoken) return {{"type", "audio"}, {"transcript", text}};
  return {{"type", "text"}, {"text", text}};
}

json::object response_object(const response_head& head, event_shape shape) {
  const auto& settings = *head.settings;
  json::object response{{"object", "realtime.response"},
                        {"id", head.response_id},
                        {"status", "in_progress"},
                        {"status_details", nullptr},
                        {"output", json::array{}},
                        {"conversation_id", text_or_null(head.conversation)},
                        {"max_output_tokens", settings.sampling.tokens_max},
                        {"usage", nullptr},
                        {"metadata", metadata_object(head)}};
  if (shape == event_shape::ga) {
    response["output_modalities"] = output_modalities(settings, shape);
    response["audio"] = json::object{{"output", json::object{{"format", ga_format(settings.output)},
                                                             {"voice", settings.voice}}}};
  } else {
    response["modalities"] = output_modalities(settings, shape);
    response["voice"] = settings.voice;
    response["output_audio_format"] = beta_format(settings.output);
    response["temperature"] = settings.sampling.temperature;
  }
  return response;
}

json::object finished_object(const response_head& head, const turn_finished& finished,
                             json::array output, std::uint64_t turn_number, event_shape shape) {
  auto response = response_object(head, shape);
  response["status"] = to_string(finished.status);
  response["status_details"] = status_details(finished);
  response["output"] = std::move(output);
  response["usage"] = usage_object(finished.usage);
  response["digital_human"] =
      json::object{{"turn", turn_number}, {"timings", timings_object(finished.timings)}};
  return response;
}

json::object feeling_object(const felt& payload) {
  json::array rules;
  for (const auto& rule : payload.rules) rules.emplace_back(rule);
  return {{"clause_index", payload.index},
          {"audio_offset_ms", payload.first_sample * 1'000 / speech_sample_rate},
          {"emotions", by_name(feeling_names, payload.weights.weights)},
          {"shown", payload.shown},
          {"expressed", by_name(feeling_names, payload.raw.weights)},
          {"audio2face", by_name(face_emotion_names, payload.face.weights)},
          {"labels", by_name(emotion_label_names, payload.scores.values)},
          {"adjustments", std::move(rules)}};
}

json::object error_object(const event_problem& problem) {
  return {{"type", problem.type},
          {"code", text_or_null(problem.code)},
          {"message", problem.message},
          {"param", text_or_null(problem.param)},
          {"event_id", text_or_null(problem.event_id)}};
}

}  // namespace dhr::realtime
