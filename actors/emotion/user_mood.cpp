#include "actors/emotion/user_mood.hpp"

#include <algorithm>

namespace dhr {
namespace {

constexpr int speech_ms_min = 500;
constexpr double neutral_range_semitones = 6;
constexpr double neutral_syllables_per_s = 4;

}  // namespace

float liveliness_of(const prosody& melody) noexcept {
  if (melody.speech_ms < speech_ms_min || melody.pitch_hz_median <= 0) return 1;
  const double range = melody.pitch_range_semitones / neutral_range_semitones;
  const double rate = melody.rate_syllables_per_s / neutral_syllables_per_s;
  return static_cast<float>(std::clamp((range + rate) / 2, 0.5, 1.5));
}

feelings mood_of_user(const feelings& words, const std::optional<prosody>& melody) noexcept {
  if (!melody) return words;
  const float lively = liveliness_of(*melody);
  auto mood = words;
  const auto scale = [&](feeling one, float by) { mood[one] = std::min(mood[one] * by, 1.0f); };
  scale(feeling::joy, lively);
  scale(feeling::surprise, lively);
  scale(feeling::confidence, lively);
  scale(feeling::concern, lively < 1 ? 2 - lively : lively);
  return mood;
}

}  // namespace dhr
