#include "actors/session/types.hpp"

namespace dhr {

session_settings apply(session_settings settings, const settings_patch& patch) {
  const auto set = [](auto& field, const auto& change) {
    if (change) field = *change;
  };
  set(settings.instructions, patch.instructions);
  set(settings.voice, patch.voice);
  set(settings.speech_rate, patch.speech_rate);
  set(settings.modality, patch.modality);
  set(settings.blendshapes, patch.blendshapes);
  set(settings.visemes, patch.visemes);
  set(settings.word_timestamps, patch.word_timestamps);
  set(settings.idle_animation, patch.idle_animation);
  set(settings.sampling.temperature, patch.temperature);
  set(settings.sampling.top_p, patch.top_p);
  set(settings.sampling.tokens_max, patch.tokens_max);
  set(settings.listening.input, patch.input);
  set(settings.listening.detection, patch.detection);
  set(settings.listening.transcription, patch.transcription);
  set(settings.output, patch.output);
  set(settings.tools, patch.tools);
  set(settings.choice, patch.choice);
  return settings;
}

const char* to_string(item_kind kind) noexcept {
  switch (kind) {
    case item_kind::message:
      return "message";
    case item_kind::function_call:
      return "function_call";
    case item_kind::function_call_output:
      return "function_call_output";
  }
  return "message";
}

const char* to_string(item_role role) noexcept {
  switch (role) {
    case item_role::system:
      return "system";
    case item_role::user:
      return "user";
    case item_role::assistant:
      return "assistant";
  }
  return "user";
}

const char* to_string(item_status status) noexcept {
  switch (status) {
    case item_status::in_progress:
      return "in_progress";
    case item_status::completed:
      return "completed";
    case item_status::incomplete:
      return "incomplete";
  }
  return "completed";
}

const char* to_string(turn_status status) noexcept {
  switch (status) {
    case turn_status::completed:
      return "completed";
    case turn_status::cancelled:
      return "cancelled";
    case turn_status::failed:
      return "failed";
    case turn_status::incomplete:
      return "incomplete";
  }
  return "failed";
}

}  // namespace dhr
