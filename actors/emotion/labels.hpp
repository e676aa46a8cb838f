#pragma once
// What a sentence may express, as the readers of GoEmotions marked it: 27 emotions and neutral
// (Demszky et al., "GoEmotions: A Dataset of Fine-Grained Emotions", ACL 2020), in the order of
// that data's labels.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace dhr {

enum class emotion_label : std::uint8_t {
  admiration,
  amusement,
  anger,
  annoyance,
  approval,
  caring,
  confusion,
  curiosity,
  desire,
  disappointment,
  disapproval,
  disgust,
  embarrassment,
  excitement,
  fear,
  gratitude,
  grief,
  joy,
  love,
  nervousness,
  optimism,
  pride,
  realization,
  relief,
  remorse,
  sadness,
  surprise,
  neutral,
};

inline constexpr std::size_t emotion_label_count = 28;

// emotion_label_names[i] is the name of emotion_label{i}.
extern const std::array<std::string_view, emotion_label_count> emotion_label_names;

// How likely a reader finds each label in the sentence; each for itself, calibrated, in [0, 1].
struct label_scores {
  std::array<float, emotion_label_count> values{};

  [[nodiscard]] float operator[](emotion_label one) const noexcept {
    return values[static_cast<std::size_t>(one)];
  }
  [[nodiscard]] float& operator[](emotion_label one) noexcept {
    return values[static_cast<std::size_t>(one)];
  }
  friend bool operator==(const label_scores&, const label_scores&) = default;
};

}  // namespace dhr
