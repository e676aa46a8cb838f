#include "actors/emotion/feeling_map.hpp"

#include <algorithm>
#include <numeric>
#include <span>

namespace dhr {
namespace {

struct share {
  emotion_label label;
  std::uint8_t to;  // a feeling, or one of the ten
  float of;
};

constexpr std::uint8_t index_of(feeling one) { return static_cast<std::uint8_t>(one); }

using label = emotion_label;

constexpr std::array to_feelings{
    share{label::joy, index_of(feeling::joy), 1.0f},
    share{label::amusement, index_of(feeling::joy), 0.9f},
    share{label::excitement, index_of(feeling::joy), 0.9f},
    share{label::love, index_of(feeling::joy), 0.9f},
    share{label::gratitude, index_of(feeling::joy), 0.8f},
    share{label::admiration, index_of(feeling::joy), 0.7f},
    share{label::relief, index_of(feeling::joy), 0.7f},
    share{label::optimism, index_of(feeling::joy), 0.6f},
    share{label::pride, index_of(feeling::joy), 0.6f},
    share{label::caring, index_of(feeling::joy), 0.2f},
    share{label::pride, index_of(feeling::confidence), 0.9f},
    share{label::approval, index_of(feeling::confidence), 0.9f},
    share{label::optimism, index_of(feeling::confidence), 0.9f},
    share{label::admiration, index_of(feeling::confidence), 0.3f},
    share{label::relief, index_of(feeling::confidence), 0.3f},
    share{label::surprise, index_of(feeling::surprise), 1.0f},
    share{label::realization, index_of(feeling::surprise), 0.6f},
    share{label::excitement, index_of(feeling::surprise), 0.3f},
    share{label::confusion, index_of(feeling::surprise), 0.2f},
    share{label::curiosity, index_of(feeling::thoughtfulness), 1.0f},
    share{label::confusion, index_of(feeling::thoughtfulness), 0.8f},
    share{label::realization, index_of(feeling::thoughtfulness), 0.6f},
    share{label::desire, index_of(feeling::thoughtfulness), 0.3f},
    share{label::fear, index_of(feeling::concern), 1.0f},
    share{label::nervousness, index_of(feeling::concern), 1.0f},
    share{label::grief, index_of(feeling::concern), 1.0f},
    share{label::sadness, index_of(feeling::concern), 0.9f},
    share{label::remorse, index_of(feeling::concern), 0.9f},
    share{label::disappointment, index_of(feeling::concern), 0.8f},
    share{label::caring, index_of(feeling::concern), 0.5f},
    share{label::embarrassment, index_of(feeling::concern), 0.5f},
    share{label::disapproval, index_of(feeling::concern), 0.5f},
    share{label::annoyance, index_of(feeling::concern), 0.4f},
    share{label::anger, index_of(feeling::concern), 0.4f},
    share{label::disgust, index_of(feeling::concern), 0.4f},
};

enum face_emotion : std::uint8_t {
  amazement,
  anger,
  cheekiness,
  disgust,
  fear,
  grief,
  joy,
  outofbreath,
  pain,
  sadness
};

constexpr std::array to_face_emotions{
    share{label::surprise, amazement, 1.0f},
    share{label::realization, amazement, 0.5f},
    share{label::excitement, amazement, 0.4f},
    share{label::anger, anger, 1.0f},
    share{label::annoyance, anger, 0.6f},
    share{label::disapproval, anger, 0.4f},
    share{label::amusement, cheekiness, 0.7f},
    share{label::pride, cheekiness, 0.4f},
    share{label::disgust, disgust, 1.0f},
    share{label::fear, fear, 1.0f},
    share{label::nervousness, fear, 0.8f},
    share{label::embarrassment, fear, 0.3f},
    share{label::grief, grief, 1.0f},
    share{label::remorse, grief, 0.6f},
    share{label::joy, joy, 1.0f},
    share{label::amusement, joy, 0.6f},
    share{label::excitement, joy, 0.9f},
    share{label::love, joy, 0.8f},
    share{label::gratitude, joy, 0.8f},
    share{label::admiration, joy, 0.7f},
    share{label::optimism, joy, 0.5f},
    share{label::relief, joy, 0.6f},
    share{label::embarrassment, pain, 0.3f},
    share{label::remorse, pain, 0.3f},
    share{label::sadness, sadness, 1.0f},
    share{label::disappointment, sadness, 0.8f},
    share{label::remorse, sadness, 0.4f},
};

template <std::size_t count>
std::array<float, count> noisy_or(const label_scores& strengths, std::span<const share> table) {
  std::array<float, count> absent;
  absent.fill(1.0f);
  for (const auto& one : table) {
    absent[one.to] *= 1.0f - one.of * std::clamp(strengths[one.label], 0.0f, 1.0f);
  }
  for (auto& value : absent) value = 1.0f - value;
  return absent;
}

float sum_of(const feelings& of) {
  return std::accumulate(of.weights.begin(), of.weights.end(), 0.0f);
}

}  // namespace

label_scores strengths_of(const label_scores& scores, const label_scores& thresholds) noexcept {
  label_scores made;
  for (std::size_t i = 0; i < emotion_label_count; ++i) {
    const float likely = std::clamp(scores.values[i], 0.0f, 1.0f);
    const float threshold = thresholds.values[i];
    made.values[i] = likely < threshold ? likely / threshold / 2
                                        : 0.5f + (likely - threshold) / (1 - threshold) / 2;
  }
  return made;
}

feelings feelings_of(const label_scores& strengths) noexcept {
  return {noisy_or<feeling_count>(strengths, to_feelings)};
}

std::optional<feeling> standing_out(const feelings& felt) noexcept {
  constexpr float half = 0.5f;
  const auto top = std::max_element(felt.weights.begin(), felt.weights.end());
  if (*top < half) return std::nullopt;
  return static_cast<feeling>(top - felt.weights.begin());
}

face_emotions face_emotions_of(const label_scores& strengths, const feelings& raw,
                               const feelings& adjusted) noexcept {
  face_emotions made{noisy_or<face_emotion_count>(strengths, to_face_emotions)};
  const float before = sum_of(raw);
  const float left = before > 0 ? std::min(1.0f, sum_of(adjusted) / before) : 1.0f;
  for (auto& weight : made.weights) weight *= left;
  return made;
}

}  // namespace dhr
