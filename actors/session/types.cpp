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
  return settings;
}

}  // namespace dhr
