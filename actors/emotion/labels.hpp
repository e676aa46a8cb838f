#pragma once
// What a sentence may express, as the readers of GoEmotions marked it: 27 emotions and neutral
// (Demszky et al., "GoEmotions: A Dataset of Fine-Grained Emotions", ACL 2020), in the order of
// that data's labels.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "gpu/nets/emotion_net.hpp"

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

// emotion_label_names[i] is the name of emotion_label{i}: the net's own.
inline constexpr auto& emotion_label_names = emotion_labels;
static_assert(emotion_labels.size() == emotion_label_count);
static_assert(emotion_labels[static_cast<std::size_t>(emotion_label::caring)] == "caring");
static_assert(emotion_labels[static_cast<std::size_t>(emotion_label::joy)] == "joy");
static_assert(emotion_labels[static_cast<std::size_t>(emotion_label::neutral)] == "neutral");

// A number in [0, 1] for each label: how likely a reader finds it in a sentence (each for itself,
// calibrated), how strong it is, or from where on it counts.
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

// The same for every label.
[[nodiscard]] inline label_scores evenly(float value) {
  label_scores made;
  made.values.fill(value);
  return made;
}

}  // namespace dhr
