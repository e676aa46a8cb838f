#include "net/realtime/event_objects.hpp"

#include "net/realtime/codec.hpp"

namespace dhr::realtime {
namespace {

namespace json = boost::json;

json::object pcm_format() { return {{"type", "audio/pcm"}, {"rate", speech_sample_rate}}; }

json::array modalities(const session_settings& settings) {
  return {settings.modality == output_modality::audio ? "audio" : "text"};
}

json::array animation_outputs(const session_settings& settings) {
  json::array outputs;
  if (settings.blendshapes) outputs.emplace_back("blendshapes");
  if (settings.visemes) outputs.emplace_back("viseme_id");
  return outputs;
}

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

json::object usage_object(const token_usage& usage) {
  return {{"total_tokens", usage.input_tokens + usage.output_tokens},
          {"input_tokens", usage.input_tokens},
          {"output_tokens", usage.output_tokens},
          {"input_token_details", json::object{{"cached_tokens", usage.cached_tokens},
                                               {"text_tokens", usage.input_tokens},
                                               {"audio_tokens", 0}}},
          {"output_token_details",
           json::object{{"text_tokens", usage.output_tokens}, {"audio_tokens", 0}}}};
}

std::string param_of(request_kind kind, const std::string& where) {
  if (where.empty()) return {};
  const bool settings =
      kind == request_kind::update_session || kind == request_kind::create_response;
  if (!settings) return where;
  const std::string root = kind == request_kind::update_session ? "session." : "response.";
  if (where == "voice") return root + "audio.output.voice";
  if (where == "speech_rate") return root + "audio.output.speed";
  return root + where;
}

}  // namespace

json::value text_or_null(const std::string& text) {
  return text.empty() ? json::value(nullptr) : json::value(text);
}

json::object session_object(const session_settings& settings, const conversation_id& conversation,
                            const writer_options& options) {
  json::array names;
  for (const auto name : blendshape_names) names.emplace_back(name);
  json::array timestamps;
  if (settings.word_timestamps) timestamps.emplace_back("word");
  return {
      {"type", "realtime"},
      {"object", "realtime.session"},
      {"id", conversation.value},
      {"model", options.model},
      {"output_modalities", modalities(settings)},
      {"instructions", settings.instructions},
      {"tools", json::array{}},
      {"tool_choice", "auto"},
      {"temperature", settings.sampling.temperature},
      {"max_output_tokens", settings.sampling.tokens_max},
      {"audio", json::object{{"input", json::object{{"format", pcm_format()},
                                                    {"transcription", nullptr},
                                                    {"noise_reduction", nullptr},
                                                    {"turn_detection", nullptr}}},
                             {"output", json::object{{"format", pcm_format()},
                                                     {"voice", settings.voice},
                                                     {"speed", settings.speech_rate}}}}},
      {"animation", json::object{{"outputs", animation_outputs(settings)}}},
      {"output_audio_timestamp_types", std::move(timestamps)},
      {"digital_human", json::object{{"conversation_id", conversation.value},
                                     {"idle_animation", settings.idle_animation},
                                     {"fps", options.fps},
                                     {"blendshapes", std::move(names)}}},
  };
}

json::object item_object(const conversation_item& item) {
  json::array content;
  if (item.role != item_role::assistant) {
    content.push_back(json::object{{"type", "input_text"}, {"text", item.text}});
  } else if (item.status != item_status::in_progress) {
    content.push_back(item.spoken
                          ? json::object{{"type", "output_audio"}, {"transcript", item.text}}
                          : json::object{{"type", "output_text"}, {"text", item.text}});
  }
  return {{"id", item.id},
          {"object", "realtime.item"},
          {"type", "message"},
          {"status", to_string(item.status)},
          {"role", to_string(item.role)},
          {"content", std::move(content)}};
}

json::object part_object(bool spoken, const std::string& text) {
  if (spoken) return {{"type", "audio"}, {"transcript", text}};
  return {{"type", "text"}, {"text", text}};
}

json::object response_object(const response_head& head) {
  const auto& settings = *head.settings;
  return {
      {"object", "realtime.response"},
      {"id", head.response_id},
      {"status", "in_progress"},
      {"status_details", nullptr},
      {"output", json::array{}},
      {"conversation_id", head.conversation},
      {"output_modalities", modalities(settings)},
      {"max_output_tokens", settings.sampling.tokens_max},
      {"audio",
       json::object{{"output", json::object{{"format", pcm_format()}, {"voice", settings.voice}}}}},
      {"usage", nullptr},
      {"metadata", nullptr}};
}

json::object finished_object(const response_head& head, const turn_finished& finished,
                             std::uint64_t turn_number) {
  auto response = response_object(head);
  response["status"] = to_string(finished.status);
  response["status_details"] = status_details(finished);
  response["output"] = json::array{item_object(finished.item)};
  response["usage"] = usage_object(finished.usage);
  response["digital_human"] = json::object{
      {"turn", turn_number},
      {"timings", json::object{{"first_clause_ms", finished.timings.first_clause.count()},
                               {"first_speech_ms", finished.timings.first_speech.count()},
                               {"first_audio_ms", finished.timings.first_audio.count()},
                               {"total_ms", finished.timings.total.count()}}}};
  return response;
}

json::object error_object(const event_problem& problem) {
  return {{"type", problem.type},
          {"code", text_or_null(problem.code)},
          {"message", problem.message},
          {"param", text_or_null(problem.param)},
          {"event_id", text_or_null(problem.event_id)}};
}

event_problem problem_of(const request_failed& failed) {
  const auto tag = to_tag(failed.request);
  auto problem = to_problem(failed.reason, param_of(tag.kind, failed.reason.where));
  problem.event_id = tag.event_id;
  if (tag.kind == request_kind::create_response && failed.reason.code == errc::overloaded) {
    // `where` names the response that is under way, not a field.
    problem.type = "invalid_request_error";
    problem.code = "conversation_already_has_active_response";
    problem.param.clear();
  }
  if (tag.kind == request_kind::cancel_response && failed.reason.code == errc::not_found) {
    problem.code = "response_cancel_not_active";
  }
  return problem;
}

}  // namespace dhr::realtime
