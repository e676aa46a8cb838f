#include "net/realtime/settings_codec.hpp"

#include <cmath>

namespace dhr::realtime {
namespace {

namespace json = boost::json;

constexpr std::size_t name_bytes_max = 256;

boost::outcome_v2::failure_type<event_problem> unsupported(const std::string& path,
                                                           const std::string& why) {
  return refuse("unsupported_value", "'" + path + "' is not supported: " + why, path);
}

std::string element(const std::string& path, std::size_t index) {
  return path + '[' + std::to_string(index) + ']';
}

// Calls `known(name)` for each string of an array field; false means that the name is unknown.
template <class Known>
checked<bool> each_name(const object_fields& fields, std::string_view field,
                        std::string_view allowed, Known known) {
  DHR_TRY(const auto* array, fields.array(field));
  if (array == nullptr) return false;
  for (std::size_t i = 0; i < array->size(); ++i) {
    const auto path = element(fields.path(field), i);
    if (!(*array)[i].is_string()) {
      return refuse("invalid_type", "'" + path + "' must be a string", path);
    }
    const std::string_view name{(*array)[i].get_string()};
    if (!known(name)) {
      return refuse(
          "invalid_value",
          "'" + path + "' is '" + std::string{name} + "'; it may be " + std::string{allowed}, path);
    }
  }
  return true;
}

checked<void> modality(const object_fields& fields, settings_patch& patch) {
  bool audio = false;
  std::size_t count = 0;
  const auto known = [&](std::string_view name) {
    ++count;
    audio = audio || name == "audio";
    return name == "audio" || name == "text";
  };
  DHR_TRY(const bool given, each_name(fields, "output_modalities", "\"audio\" or \"text\"", known));
  if (given && count != 1) {
    return refuse("invalid_value",
                  "'" + fields.path("output_modalities") +
                      "' must be [\"audio\"] (sound with its transcript) or [\"text\"]",
                  fields.path("output_modalities"));
  }
  if (given) {
    patch.modality = audio ? output_modality::audio : output_modality::text;
    return boost::outcome_v2::success();
  }
  // The beta names more than one: text is always there, and the face comes by `animation`.
  DHR_TRY(const bool beta,
          each_name(fields, "modalities", "\"audio\", \"text\" or \"animation\"",
                    [&](std::string_view name) { return known(name) || name == "animation"; }));
  if (beta && count > 0) patch.modality = audio ? output_modality::audio : output_modality::text;
  return boost::outcome_v2::success();
}

// A name, or an object that holds it as `id` (OpenAI) or `name` (Azure).
checked<void> voice(const object_fields& fields, settings_patch& patch) {
  const auto* value = fields.find("voice");
  if (value == nullptr) return boost::outcome_v2::success();
  if (!value->is_object()) {
    if (!value->is_string()) {
      return refuse("invalid_type",
                    "'" + fields.path("voice") + "' must be a string or an object with an id",
                    fields.path("voice"));
    }
    DHR_TRY(patch.voice, fields.text("voice", name_bytes_max));
    return boost::outcome_v2::success();
  }
  DHR_TRY(const auto object, fields.required_object("voice"));
  DHR_TRY(patch.voice, object.text("id", name_bytes_max));
  if (patch.voice) return boost::outcome_v2::success();
  if (object.find("name") == nullptr) {
    return refuse("missing_required_parameter", "'" + object.path("id") + "' is missing",
                  object.path("id"));
  }
  DHR_TRY(patch.voice, object.text("name", name_bytes_max));
  return boost::outcome_v2::success();
}

checked<void> format(const object_fields& output) {
  DHR_TRY(const auto format, output.object("format"));
  if (!format) return boost::outcome_v2::success();
  DHR_TRY(const auto type, format->text("type", name_bytes_max));
  if (type && *type != "audio/pcm") {
    return unsupported(format->path("type"), "sound is sent as \"audio/pcm\"");
  }
  DHR_TRY(const auto rate, format->number("rate", 1, 1e6));
  if (rate && *rate != 24'000) return unsupported(format->path("rate"), "the rate is 24000");
  return boost::outcome_v2::success();
}

checked<void> audio(const object_fields& fields, settings_patch& patch) {
  DHR_TRY(const auto audio, fields.object("audio"));
  if (!audio) return boost::outcome_v2::success();
  DHR_TRY(const auto input, audio->object("input"));
  if (input && input->find("turn_detection") != nullptr) {
    return unsupported(input->path("turn_detection"),
                       "this version takes text and detects no turns; leave it out or null");
  }
  DHR_TRY(const auto output, audio->object("output"));
  if (!output) return boost::outcome_v2::success();
  DHR_TRY(voice(*output, patch));
  DHR_TRY(patch.speech_rate, output->number("speed", 0.25, 1.5));
  return format(*output);
}

checked<void> tokens(const object_fields& fields, std::string_view name, const codec_limits& limits,
                     settings_patch& patch) {
  const auto* value = fields.find(name);
  if (value == nullptr) return boost::outcome_v2::success();
  if (value->is_string() && value->get_string() == "inf") {
    patch.tokens_max = limits.tokens_max;
    return boost::outcome_v2::success();
  }
  DHR_TRY(const auto count, fields.number(name, 1, limits.tokens_max));
  if (*count != std::floor(*count)) {
    return refuse("invalid_type", "'" + fields.path(name) + "' must be a whole number or \"inf\"",
                  fields.path(name));
  }
  patch.tokens_max = static_cast<int>(*count);
  return boost::outcome_v2::success();
}

checked<void> animation(const object_fields& fields, settings_patch& patch) {
  DHR_TRY(const auto animation, fields.object("animation"));
  if (animation) {
    bool blendshapes = false;
    bool visemes = false;
    DHR_TRY(const bool given, each_name(*animation, "outputs", "\"blendshapes\" or \"viseme_id\"",
                                        [&](std::string_view name) {
                                          blendshapes = blendshapes || name == "blendshapes";
                                          visemes = visemes || name == "viseme_id";
                                          return name == "blendshapes" || name == "viseme_id";
                                        }));
    if (given) {
      patch.blendshapes = blendshapes;
      patch.visemes = visemes;
    }
  }
  bool words = false;
  DHR_TRY(const bool given,
          each_name(fields, "output_audio_timestamp_types", "\"word\"",
                    [&](std::string_view name) { return words = name == "word"; }));
  if (given) patch.word_timestamps = words;
  return boost::outcome_v2::success();
}

checked<void> no_tools(const object_fields& fields) {
  DHR_TRY(const auto* tools, fields.array("tools"));
  if (tools != nullptr && !tools->empty()) {
    return unsupported(fields.path("tools"),
                       "this version calls no tools; send [] or leave it out");
  }
  const auto* choice = fields.find("tool_choice");
  if (choice != nullptr && *choice != "auto" && *choice != "none") {
    return unsupported(fields.path("tool_choice"), "it may be \"auto\" or \"none\"");
  }
  if (fields.find("prompt") != nullptr) {
    return unsupported(fields.path("prompt"), "write `instructions` instead");
  }
  return boost::outcome_v2::success();
}

// What session.update and response.create have in common.
checked<settings_patch> common(const object_fields& fields, const codec_limits& limits) {
  settings_patch patch;
  DHR_TRY(patch.instructions, fields.text("instructions", limits.text_bytes_max));
  DHR_TRY(modality(fields, patch));
  DHR_TRY(voice(fields, patch));
  DHR_TRY(audio(fields, patch));
  DHR_TRY(patch.temperature, fields.number("temperature", 0, 2));
  DHR_TRY(tokens(fields, "max_response_output_tokens", limits, patch));
  DHR_TRY(tokens(fields, "max_output_tokens", limits, patch));
  DHR_TRY(animation(fields, patch));
  DHR_TRY(no_tools(fields));
  DHR_TRY(const auto beta_format, fields.text("output_audio_format", name_bytes_max));
  if (beta_format && *beta_format != "pcm16") {
    return unsupported(fields.path("output_audio_format"), "sound is sent as \"pcm16\"");
  }
  return patch;
}

}  // namespace

checked<settings_patch> decode_session(const object_fields& session, const codec_limits& limits) {
  DHR_TRY(const auto type, session.text("type", name_bytes_max));
  if (type && *type != "realtime") {
    return unsupported(session.path("type"), "it must be \"realtime\"");
  }
  if (session.find("turn_detection") != nullptr) {
    return unsupported(session.path("turn_detection"),
                       "this version takes text and detects no turns; leave it out or null");
  }
  DHR_TRY(auto patch, common(session, limits));
  DHR_TRY(const auto human, session.object("digital_human"));
  if (human) {
    DHR_TRY(patch.idle_animation, human->boolean("idle_animation"));
  }
  return patch;
}

checked<settings_patch> decode_response(const object_fields& response, const codec_limits& limits) {
  DHR_TRY(const auto conversation, response.text("conversation", name_bytes_max));
  if (conversation && *conversation != "auto") {
    return unsupported(response.path("conversation"),
                       "a response belongs to the session's conversation (\"auto\")");
  }
  DHR_TRY(const auto* input, response.array("input"));
  if (input != nullptr) {
    return unsupported(response.path("input"), "add the items with conversation.item.create first");
  }
  return common(response, limits);
}

}  // namespace dhr::realtime
