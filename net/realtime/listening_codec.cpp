#include "net/realtime/listening_codec.hpp"

#include <array>

#include "actors/ears/transcription_rules.hpp"

namespace dhr::realtime {
namespace {

namespace json = boost::json;

constexpr std::size_t name_bytes_max = 256;
constexpr std::size_t prompt_bytes_max = 4'096;
constexpr std::int64_t wait_ms_max = 600'000;
constexpr std::int64_t idle_ms_min = 100;

enum class direction : std::uint8_t { in, out };

struct named_format {
  std::string_view name;
  audio_format format;
};

constexpr std::array<named_format, 4> ga_formats{{
    {"audio/pcm", {audio_encoding::pcm16, 24'000}},
    {"audio/pcmu", {audio_encoding::pcmu, 8'000}},
    {"audio/pcma", {audio_encoding::pcma, 8'000}},
    {"audio/opus", {audio_encoding::opus, 48'000}},
}};

constexpr std::array<named_format, 5> beta_formats{{
    {"pcm16", {audio_encoding::pcm16, 24'000}},
    {"g711_ulaw", {audio_encoding::pcmu, 8'000}},
    {"g711_alaw", {audio_encoding::pcma, 8'000}},
    {"pcm16_8000hz", {audio_encoding::pcm16, 8'000}},
    {"pcm16_16000hz", {audio_encoding::pcm16, 16'000}},
}};

template <std::size_t size>
std::optional<audio_format> format_named(const std::array<named_format, size>& formats,
                                         std::string_view name, direction way) {
  for (const auto& known : formats) {
    if (known.name != name) continue;
    const bool usable =
        way == direction::in ? can_be_heard(known.format) : can_be_spoken(known.format);
    return usable ? std::optional{known.format} : std::nullopt;
  }
  return std::nullopt;
}

checked<void> set_rate(const object_fields& fields, std::string_view name, audio_format& format) {
  DHR_TRY(const auto rate, fields.integer(name, 1, 1'000'000));
  if (!rate) return boost::outcome_v2::success();
  format.sample_rate = static_cast<int>(*rate);
  if (can_be_heard(format)) return boost::outcome_v2::success();
  const auto wrong = std::to_string(*rate);
  switch (format.encoding) {
    case audio_encoding::pcm16:
      return wrong_choice(fields.path(name), wrong, {"24000", "16000", "8000", "48000"});
    case audio_encoding::opus:
      return wrong_choice(fields.path(name), wrong, {"48000"});
    case audio_encoding::pcmu:
    case audio_encoding::pcma:
      break;
  }
  return wrong_choice(fields.path(name), wrong, {"8000"});
}

// By one of the beta's names.
checked<std::optional<audio_format>> plain_format(const object_fields& fields,
                                                  std::string_view name, direction way) {
  DHR_TRY(const auto wanted, fields.text(name, name_bytes_max));
  if (!wanted) return std::optional<audio_format>{};
  auto format = format_named(beta_formats, *wanted, way);
  if (!format) {
    return wrong_choice(fields.path(name), *wanted, {"pcm16", "g711_ulaw", "g711_alaw"});
  }
  return format;
}

// `format` of GA's audio.input and audio.output: an object, or one of the beta's names.
checked<std::optional<audio_format>> decode_format(const object_fields& side, direction way) {
  const auto* value = side.find("format");
  if (value == nullptr) return std::optional<audio_format>{};
  if (value->is_string()) return plain_format(side, "format", way);
  DHR_TRY(const auto fields, side.required_object("format"));
  DHR_TRY(const auto type, fields.text("type", name_bytes_max));
  const auto asked = type.value_or("audio/pcm");
  auto format = format_named(ga_formats, asked, way);
  if (!format) {
    const auto path = fields.path("type");
    return way == direction::in
               ? wrong_choice(path, asked, {"audio/pcm", "audio/pcmu", "audio/pcma", "audio/opus"})
               : wrong_choice(path, asked, {"audio/pcm", "audio/pcmu", "audio/pcma"});
  }
  DHR_TRY(set_rate(fields, "rate", *format));
  return format;
}

checked<std::optional<milliseconds>> wait(const object_fields& fields, std::string_view name,
                                          std::int64_t least) {
  DHR_TRY(const auto ms, fields.integer(name, least, wait_ms_max));
  if (!ms) return std::optional<milliseconds>{};
  return std::optional{milliseconds{*ms}};
}

checked<turn_detection_kind> kind_of(const object_fields& fields) {
  DHR_TRY(const auto given, fields.text("type", name_bytes_max));
  const auto type = given.value_or("server_vad");
  if (type == "server_vad") return turn_detection_kind::server_vad;
  if (type == "none") return turn_detection_kind::none;
  const bool semantic = type == "semantic_vad" || type == "azure_semantic_vad" ||
                        type == "azure_semantic_vad_en" ||
                        type == "azure_semantic_vad_multilingual";
  if (semantic) return turn_detection_kind::semantic_vad;
  return wrong_choice(fields.path("type"), type, {"server_vad", "semantic_vad"});
}

checked<eagerness_kind> eagerness_of(const object_fields& fields) {
  DHR_TRY(const auto given, fields.text("eagerness", name_bytes_max));
  const auto name = given.value_or("auto");
  if (name == "auto") return eagerness_kind::automatic;
  if (name == "low") return eagerness_kind::low;
  if (name == "medium") return eagerness_kind::medium;
  if (name == "high") return eagerness_kind::high;
  return wrong_choice(fields.path("eagerness"), name, {"low", "medium", "high", "auto"});
}

template <class Value>
void set(Value& value, const std::optional<Value>& given) {
  if (given) value = *given;
}

checked<void> detection(const object_fields& side, settings_patch& patch) {
  if (side.is_null("turn_detection")) {
    patch.detection = turn_detection{turn_detection_kind::none};
    return boost::outcome_v2::success();
  }
  DHR_TRY(const auto fields, side.object("turn_detection"));
  if (!fields) return boost::outcome_v2::success();
  turn_detection wanted;
  DHR_TRY(wanted.kind, kind_of(*fields));
  DHR_TRY(const auto threshold, fields->number("threshold", 0, 1));
  DHR_TRY(const auto padding, wait(*fields, "prefix_padding_ms", 0));
  DHR_TRY(const auto silence, wait(*fields, "silence_duration_ms", 0));
  DHR_TRY(wanted.idle_timeout, wait(*fields, "idle_timeout_ms", idle_ms_min));
  DHR_TRY(wanted.eagerness, eagerness_of(*fields));
  DHR_TRY(const auto create, fields->boolean("create_response"));
  DHR_TRY(const auto interrupt, fields->boolean("interrupt_response"));
  set(wanted.threshold, threshold);
  set(wanted.prefix_padding, padding);
  set(wanted.silence_duration, silence);
  set(wanted.create_response, create);
  set(wanted.interrupt_response, interrupt);
  patch.detection = wanted;
  return boost::outcome_v2::success();
}

refusal unknown_language(const std::string& path, const std::string& asked,
                         const codec_limits& limits) {
  std::string message = "Invalid '" + path + "': speech in '" + asked +
                        "' is not transcribed here. Supported languages are:";
  for (const auto& known : limits.languages) message += " '" + known + '\'';
  return refuse("invalid_value", message + '.', path);
}

checked<void> transcription(const object_fields& side, std::string_view name,
                            const codec_limits& limits, settings_patch& patch) {
  if (side.is_null(name)) {
    patch.transcription = transcription_settings{};
    return boost::outcome_v2::success();
  }
  DHR_TRY(const auto fields, side.object(name));
  if (!fields) return boost::outcome_v2::success();
  transcription_settings wanted;
  wanted.wanted = true;
  DHR_TRY(const auto model, fields->text("model", name_bytes_max));
  DHR_TRY(const auto language, fields->text("language", name_bytes_max));
  DHR_TRY(const auto prompt, fields->text("prompt", prompt_bytes_max));
  set(wanted.model, model);
  set(wanted.language, language);
  set(wanted.prompt, prompt);
  if (!understands(limits.languages, wanted.language)) {
    return unknown_language(fields->path("language"), wanted.language, limits);
  }
  patch.transcription = std::move(wanted);
  return boost::outcome_v2::success();
}

// The beta names format and rate apart; a rate alone is of pcm16.
checked<void> beta_input_format(const object_fields& session, settings_patch& patch) {
  DHR_TRY(auto format, plain_format(session, "input_audio_format", direction::in));
  if (!format && session.find("input_audio_sampling_rate") != nullptr) format = audio_format{};
  if (!format) return boost::outcome_v2::success();
  DHR_TRY(set_rate(session, "input_audio_sampling_rate", *format));
  patch.input = format;
  return boost::outcome_v2::success();
}

}  // namespace

checked<void> decode_listening(const object_fields& session, const codec_limits& limits,
                               settings_patch& patch) {
  DHR_TRY(beta_input_format(session, patch));
  DHR_TRY(detection(session, patch));
  DHR_TRY(transcription(session, "input_audio_transcription", limits, patch));
  DHR_TRY(const auto audio, session.object("audio"));
  if (!audio) return boost::outcome_v2::success();
  DHR_TRY(const auto input, audio->object("input"));
  if (!input) return boost::outcome_v2::success();
  DHR_TRY(const auto format, decode_format(*input, direction::in));
  if (format) patch.input = format;
  DHR_TRY(detection(*input, patch));
  return transcription(*input, "transcription", limits, patch);
}

checked<void> decode_output_format(const object_fields& fields, settings_patch& patch) {
  DHR_TRY(const auto plain, plain_format(fields, "output_audio_format", direction::out));
  if (plain) patch.output = plain;
  DHR_TRY(const auto audio, fields.object("audio"));
  if (!audio) return boost::outcome_v2::success();
  DHR_TRY(const auto output, audio->object("output"));
  if (!output) return boost::outcome_v2::success();
  DHR_TRY(const auto format, decode_format(*output, direction::out));
  if (format) patch.output = format;
  return boost::outcome_v2::success();
}

}  // namespace dhr::realtime
