#include "net/realtime/event_objects.hpp"

namespace dhr::realtime {
namespace {

namespace json = boost::json;

json::array animation_outputs(const session_settings& settings) {
  json::array outputs;
  if (settings.blendshapes) outputs.emplace_back("blendshapes");
  if (settings.visemes) outputs.emplace_back("viseme_id");
  return outputs;
}

std::string_view name_of(eagerness_kind eagerness) {
  switch (eagerness) {
    case eagerness_kind::automatic:
      return "auto";
    case eagerness_kind::low:
      return "low";
    case eagerness_kind::medium:
      return "medium";
    case eagerness_kind::high:
      return "high";
  }
  return "auto";
}

json::value detection_object(const turn_detection& detection) {
  if (detection.kind == turn_detection_kind::none) return nullptr;
  const json::value idle =
      detection.idle_timeout ? json::value(detection.idle_timeout->count()) : json::value(nullptr);
  json::object object{{"create_response", detection.create_response},
                      {"interrupt_response", detection.interrupt_response},
                      {"idle_timeout_ms", idle}};
  if (detection.kind == turn_detection_kind::semantic_vad) {
    object["type"] = "semantic_vad";
    object["eagerness"] = name_of(detection.eagerness);
  } else {
    object["type"] = "server_vad";
    object["threshold"] = detection.threshold;
    object["prefix_padding_ms"] = detection.prefix_padding.count();
    object["silence_duration_ms"] = detection.silence_duration.count();
  }
  return object;
}

json::value transcription_object(const transcription_settings& transcription) {
  if (!transcription.wanted) return nullptr;
  return json::object{{"model", text_or_null(transcription.model)},
                      {"language", text_or_null(transcription.language)},
                      {"prompt", text_or_null(transcription.prompt)}};
}

json::array tools_array(const session_settings& settings) {
  json::array tools;
  for (const auto& tool : settings.tools) {
    json::object object{
        {"type", "function"}, {"name", tool.name}, {"description", tool.description}};
    json::error_code unparsed;
    auto parameters = json::parse(tool.parameters, unparsed);
    if (!unparsed) object["parameters"] = std::move(parameters);
    tools.push_back(std::move(object));
  }
  return tools;
}

json::value choice_value(const tool_choice& choice) {
  switch (choice.kind) {
    case tool_choice_kind::automatic:
      return "auto";
    case tool_choice_kind::none:
      return "none";
    case tool_choice_kind::required:
      return "required";
    case tool_choice_kind::function:
      return json::object{{"type", "function"}, {"name", choice.function}};
  }
  return "auto";
}

void add_ga(json::object& session, const session_settings& settings) {
  const auto& listening = settings.listening;
  session["type"] = "realtime";
  session["output_modalities"] = output_modalities(settings, event_shape::ga);
  session["max_output_tokens"] = settings.sampling.tokens_max;
  session["truncation"] = "auto";
  session["tracing"] = nullptr;
  session["prompt"] = nullptr;
  session["include"] = nullptr;
  session["audio"] = json::object{
      {"input", json::object{{"format", ga_format(listening.input)},
                             {"transcription", transcription_object(listening.transcription)},
                             {"noise_reduction", nullptr},
                             {"turn_detection", detection_object(listening.detection)}}},
      {"output", json::object{{"format", ga_format(settings.output)},
                              {"voice", settings.voice},
                              {"speed", settings.speech_rate}}}};
}

void add_beta(json::object& session, const session_settings& settings, event_shape shape) {
  const auto& listening = settings.listening;
  session["modalities"] = output_modalities(settings, shape);
  session["voice"] = settings.voice;
  session["speed"] = settings.speech_rate;
  session["input_audio_format"] = beta_format(listening.input);
  session["output_audio_format"] = beta_format(settings.output);
  session["input_audio_transcription"] = transcription_object(listening.transcription);
  session["input_audio_noise_reduction"] = nullptr;
  session["turn_detection"] = detection_object(listening.detection);
  session["max_response_output_tokens"] = settings.sampling.tokens_max;
  if (shape == event_shape::voice_live) {
    session["input_audio_sampling_rate"] = listening.input.sample_rate;
    session["input_audio_echo_cancellation"] = nullptr;
  }
}

}  // namespace

json::array output_modalities(const session_settings& settings, event_shape shape) {
  const bool audio = settings.modality == output_modality::audio;
  if (shape == event_shape::ga) return {audio ? "audio" : "text"};
  json::array names{"text"};
  if (audio) names.emplace_back("audio");
  const bool face = audio && (settings.blendshapes || settings.visemes);
  if (face && shape == event_shape::voice_live) names.emplace_back("animation");
  return names;
}

json::object ga_format(const audio_format& format) {
  switch (format.encoding) {
    case audio_encoding::pcm16:
      break;
    case audio_encoding::pcmu:
      return {{"type", "audio/pcmu"}};
    case audio_encoding::pcma:
      return {{"type", "audio/pcma"}};
    case audio_encoding::opus:
      return {{"type", "audio/opus"}};
  }
  return {{"type", "audio/pcm"}, {"rate", format.sample_rate}};
}

std::string beta_format(const audio_format& format) {
  switch (format.encoding) {
    case audio_encoding::pcm16:
      break;
    case audio_encoding::pcmu:
      return "g711_ulaw";
    case audio_encoding::pcma:
      return "g711_alaw";
    case audio_encoding::opus:
      return "opus";
  }
  if (format.sample_rate == 24'000) return "pcm16";
  return "pcm16_" + std::to_string(format.sample_rate) + "hz";
}

json::object session_object(const session_settings& settings, const session_facts& facts,
                            event_shape shape) {
  json::array names;
  for (const auto name : blendshape_names) names.emplace_back(name);
  json::array timestamps;
  if (settings.word_timestamps) timestamps.emplace_back("word");
  json::object session{
      {"object", "realtime.session"},
      {"id", facts.conversation},
      {"model", facts.model},
      {"instructions", settings.instructions},
      {"tools", tools_array(settings)},
      {"tool_choice", choice_value(settings.choice)},
      {"temperature", settings.sampling.temperature},
      {"animation", json::object{{"outputs", animation_outputs(settings)}}},
      {"output_audio_timestamp_types", std::move(timestamps)},
      {"digital_human", json::object{{"conversation_id", facts.conversation},
                                     {"idle_animation", settings.idle_animation},
                                     {"fps", facts.fps},
                                     {"blendshapes", std::move(names)}}},
  };
  if (shape == event_shape::ga) {
    add_ga(session, settings);
  } else {
    add_beta(session, settings, shape);
  }
  return session;
}

}  // namespace dhr::realtime
