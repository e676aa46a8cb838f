#include "net/realtime/settings_codec.hpp"

#include <algorithm>

#include "net/realtime/listening_codec.hpp"
#include "net/realtime/tool_codec.hpp"

namespace dhr::realtime {
namespace {

namespace json = boost::json;

constexpr std::size_t name_bytes_max = 256;
constexpr std::size_t metadata_max = 16;
constexpr std::size_t metadata_key_bytes_max = 64;
constexpr std::size_t metadata_value_bytes_max = 512;

// The strings of an array field; nothing if it is absent. All must be among `supported`.
checked<std::optional<std::vector<std::string_view>>> names_of(
    const object_fields& fields, std::string_view field,
    std::initializer_list<std::string_view> supported) {
  using names = std::vector<std::string_view>;
  DHR_TRY(const auto* array, fields.array(field));
  if (array == nullptr) return std::optional<names>{};
  names found;
  for (std::size_t i = 0; i < array->size(); ++i) {
    const auto path = element(fields.path(field), i);
    if (!(*array)[i].is_string()) return wrong_type(path, "a string", (*array)[i]);
    const std::string_view name{(*array)[i].get_string()};
    if (std::find(supported.begin(), supported.end(), name) == supported.end()) {
      return wrong_choice(path, name, supported);
    }
    found.push_back(name);
  }
  return std::optional{std::move(found)};
}

bool holds(const std::vector<std::string_view>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

checked<void> modality(const object_fields& fields, settings_patch& patch) {
  DHR_TRY(const auto names, names_of(fields, "output_modalities", {"text", "audio"}));
  if (names) {
    if (names->size() != 1) {
      return refuse("invalid_value",
                    "Invalid '" + fields.path("output_modalities") +
                        "'. Supported combinations are: ['text'] and ['audio'].",
                    fields.path("output_modalities"));
    }
    patch.modality = holds(*names, "audio") ? output_modality::audio : output_modality::text;
    return boost::outcome_v2::success();
  }
  // The beta names more than one: text is always there, and the face comes by `animation`.
  DHR_TRY(const auto beta,
          names_of(fields, "modalities", {"text", "audio", "animation", "avatar"}));
  if (beta && !beta->empty()) {
    patch.modality = holds(*beta, "audio") ? output_modality::audio : output_modality::text;
  }
  return boost::outcome_v2::success();
}

// A name, or an object that holds it as `id` (OpenAI) or `name` (Voice Live). Azure's own voices are
// not to be had here; for any of them, as for the names of OpenAI's, the default voice speaks.
checked<void> voice(const object_fields& fields, settings_patch& patch) {
  const auto* value = fields.find("voice");
  if (value == nullptr) return boost::outcome_v2::success();
  if (!value->is_object()) {
    if (!value->is_string()) return wrong_type(fields.path("voice"), "a string", *value);
    DHR_TRY(patch.voice, fields.text("voice", name_bytes_max));
    return boost::outcome_v2::success();
  }
  DHR_TRY(const auto object, fields.required_object("voice"));
  DHR_TRY(patch.voice, object.text("id", name_bytes_max));
  if (patch.voice) return boost::outcome_v2::success();
  if (object.find("name") == nullptr) return missing(object.path("id"));
  DHR_TRY(patch.voice, object.text("name", name_bytes_max));
  DHR_TRY(const auto type, object.text("type", name_bytes_max));
  if (type && type->starts_with("azure-")) patch.voice = std::string{};
  return boost::outcome_v2::success();
}

checked<void> speech(const object_fields& fields, settings_patch& patch) {
  DHR_TRY(voice(fields, patch));
  DHR_TRY(patch.speech_rate, fields.number("speed", 0.25, 1.5));
  DHR_TRY(const auto audio, fields.object("audio"));
  if (audio) {
    DHR_TRY(const auto output, audio->object("output"));
    if (output) {
      DHR_TRY(voice(*output, patch));
      DHR_TRY(const auto speed, output->number("speed", 0.25, 1.5));
      if (speed) patch.speech_rate = speed;
    }
  }
  return decode_output_format(fields, patch);
}

checked<void> tokens(const object_fields& fields, std::string_view name, const codec_limits& limits,
                     settings_patch& patch) {
  const auto* value = fields.find(name);
  if (value == nullptr) return boost::outcome_v2::success();
  if (value->is_string() && value->get_string() == "inf") {
    patch.tokens_max = limits.tokens_max;
    return boost::outcome_v2::success();
  }
  DHR_TRY(const auto count, fields.integer(name, 1, limits.tokens_max));
  patch.tokens_max = static_cast<int>(*count);
  return boost::outcome_v2::success();
}

checked<void> animation(const object_fields& fields, settings_patch& patch) {
  DHR_TRY(const auto animation, fields.object("animation"));
  if (animation) {
    DHR_TRY(const auto outputs, names_of(*animation, "outputs", {"blendshapes", "viseme_id"}));
    if (outputs) {
      patch.blendshapes = holds(*outputs, "blendshapes");
      patch.visemes = holds(*outputs, "viseme_id");
    }
  }
  DHR_TRY(const auto timestamps, names_of(fields, "output_audio_timestamp_types", {"word"}));
  if (timestamps) patch.word_timestamps = holds(*timestamps, "word");
  return boost::outcome_v2::success();
}

// What session.update and response.create have in common.
checked<settings_patch> common(const object_fields& fields, const codec_limits& limits) {
  settings_patch patch;
  DHR_TRY(patch.instructions, fields.text("instructions", limits.text_bytes_max));
  DHR_TRY(modality(fields, patch));
  DHR_TRY(speech(fields, patch));
  DHR_TRY(patch.temperature, fields.number("temperature", 0, 2));
  DHR_TRY(tokens(fields, "max_response_output_tokens", limits, patch));
  DHR_TRY(tokens(fields, "max_output_tokens", limits, patch));
  DHR_TRY(animation(fields, patch));
  DHR_TRY(decode_tools(fields, limits, patch));
  if (fields.find("prompt") != nullptr) {
    return unsupported(fields.path("prompt"), "write `instructions` instead");
  }
  return patch;
}

checked<void> metadata(const object_fields& response, response_wishes& wishes) {
  DHR_TRY(const auto fields, response.object("metadata"));
  if (!fields) return boost::outcome_v2::success();
  const auto& object = response.find("metadata")->get_object();
  if (object.size() > metadata_max) {
    return refuse("object_above_max_properties",
                  "Invalid '" + fields->path() +
                      "': too many properties. Expected an object with "
                      "at most " +
                      std::to_string(metadata_max) + " properties, but got " +
                      std::to_string(object.size()) + " instead.",
                  fields->path());
  }
  for (const auto& member : object) {
    const std::string key{member.key()};
    if (key.size() > metadata_key_bytes_max) {
      return refuse("invalid_value",
                    "Invalid '" + fields->path() + "': a key is longer than " +
                        std::to_string(metadata_key_bytes_max) + " bytes.",
                    fields->path());
    }
    DHR_TRY(auto text, fields->text(key, metadata_value_bytes_max));
    if (text) wishes.metadata.emplace_back(key, std::move(*text));
  }
  return boost::outcome_v2::success();
}

}  // namespace

checked<settings_patch> decode_session(const object_fields& session, const codec_limits& limits) {
  DHR_TRY(const auto type, session.text("type", name_bytes_max));
  if (type && *type != "realtime") return wrong_choice(session.path("type"), *type, {"realtime"});
  DHR_TRY(auto patch, common(session, limits));
  DHR_TRY(decode_listening(session, limits, patch));
  DHR_TRY(const auto human, session.object("digital_human"));
  if (human) {
    DHR_TRY(patch.idle_animation, human->boolean("idle_animation"));
  }
  return patch;
}

checked<response_wishes> decode_response(const object_fields& response,
                                         const codec_limits& limits) {
  response_wishes wishes;
  DHR_TRY(const auto given, response.text("conversation", name_bytes_max));
  const auto conversation = given.value_or("auto");
  if (conversation != "auto" && conversation != "none") {
    return wrong_choice(response.path("conversation"), conversation, {"auto", "none"});
  }
  wishes.out_of_band = conversation == "none";
  for (const auto* name : {"append_input_items", "pre_generated_assistant_message"}) {
    if (response.find(name) == nullptr) continue;
    return unsupported(response.path(name), "add the items with conversation.item.create first");
  }
  DHR_TRY(wishes.patch, common(response, limits));
  DHR_TRY(metadata(response, wishes));
  return wishes;
}

}  // namespace dhr::realtime
