#include "actors/emotion/expression.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace dhr {
namespace {

// How much of an emotion a label is: 1 is the same thing, less is akin to it.
struct share {
  std::size_t label;
  float size;
};

// A name that is no label does not compile.
consteval std::size_t label(std::string_view name) {
  for (std::size_t i = 0; i < emotion_labels.size(); ++i) {
    if (emotion_labels[i] == name) return i;
  }
  throw "no label of the emotion net has this name";
}

constexpr std::array joy{
    share{label("joy"), 1.0f},    share{label("amusement"), 0.9f}, share{label("excitement"), 0.9f},
    share{label("love"), 0.8f},   share{label("gratitude"), 0.7f}, share{label("admiration"), 0.6f},
    share{label("relief"), 0.6f}, share{label("pride"), 0.6f},     share{label("optimism"), 0.5f}};
constexpr std::array confidence{share{label("pride"), 0.9f}, share{label("approval"), 0.9f},
                                share{label("optimism"), 0.7f}, share{label("admiration"), 0.4f},
                                share{label("excitement"), 0.3f}};
constexpr std::array surprise{share{label("surprise"), 1.0f}, share{label("realization"), 0.5f},
                              share{label("excitement"), 0.3f}};
constexpr std::array thoughtfulness{
    share{label("curiosity"), 0.9f}, share{label("confusion"), 0.8f},
    share{label("realization"), 0.8f}, share{label("desire"), 0.3f}};
constexpr std::array concern{
    share{label("caring"), 0.9f},         share{label("fear"), 0.9f},
    share{label("nervousness"), 0.9f},    share{label("grief"), 0.9f},
    share{label("sadness"), 0.9f},        share{label("remorse"), 0.8f},
    share{label("disappointment"), 0.7f}, share{label("disapproval"), 0.5f},
    share{label("annoyance"), 0.4f},      share{label("anger"), 0.4f},
    share{label("embarrassment"), 0.4f},  share{label("disgust"), 0.4f}};

// In the order of enum emotion.
constexpr std::array<std::span<const share>, 5> own_table{joy, confidence, surprise, thoughtfulness,
                                                          concern};

namespace audio2face {

constexpr std::array amazement{share{label("surprise"), 1.0f},    share{label("excitement"), 0.5f},
                               share{label("realization"), 0.4f}, share{label("admiration"), 0.4f},
                               share{label("curiosity"), 0.3f},   share{label("confusion"), 0.3f}};
constexpr std::array anger{share{label("anger"), 1.0f}, share{label("annoyance"), 0.7f},
                           share{label("disapproval"), 0.4f}};
constexpr std::array cheekiness{share{label("amusement"), 0.7f}, share{label("pride"), 0.4f},
                                share{label("desire"), 0.3f}};
constexpr std::array disgust{share{label("disgust"), 1.0f}, share{label("disapproval"), 0.2f}};
constexpr std::array fear{share{label("fear"), 1.0f}, share{label("nervousness"), 0.8f},
                          share{label("embarrassment"), 0.3f}};
constexpr std::array grief{share{label("grief"), 1.0f}, share{label("remorse"), 0.5f}};
constexpr std::array joy_of_face{share{label("joy"), 1.0f},        share{label("love"), 0.8f},
                                 share{label("excitement"), 0.7f}, share{label("gratitude"), 0.7f},
                                 share{label("amusement"), 0.6f},  share{label("relief"), 0.6f},
                                 share{label("admiration"), 0.5f}, share{label("optimism"), 0.5f},
                                 share{label("pride"), 0.5f},      share{label("caring"), 0.3f},
                                 share{label("approval"), 0.3f}};
constexpr std::array pain{share{label("grief"), 0.5f}, share{label("sadness"), 0.2f}};
constexpr std::array sadness{share{label("sadness"), 1.0f}, share{label("disappointment"), 0.7f},
                             share{label("grief"), 0.7f},   share{label("remorse"), 0.6f},
                             share{label("caring"), 0.2f},  share{label("embarrassment"), 0.2f}};

// In the order of audio2face_emotion_names.
constexpr std::array<std::span<const share>, 10> table{
    amazement, anger, cheekiness, disgust, fear, grief, joy_of_face, {}, pain, sadness};

}  // namespace audio2face

template <std::size_t Count>
std::array<float, Count> combined(const std::array<std::span<const share>, Count>& table,
                                  const emotion_values& probabilities,
                                  const emotion_values& thresholds) noexcept {
  std::array<float, Count> weights{};
  for (std::size_t i = 0; i < Count; ++i) {
    float absent = 1;
    for (const auto& [which, size] : table[i]) {
      absent *= 1 - size * label_strength(probabilities[which], thresholds[which]);
    }
    weights[i] = 1 - absent;
  }
  return weights;
}

}  // namespace

float label_strength(float probability, float threshold) noexcept {
  const auto p = std::clamp(probability, 0.0f, 1.0f);
  return p < threshold ? 0.5f * p / threshold : 0.5f + 0.5f * (p - threshold) / (1 - threshold);
}

emotion_weights expressed(const emotion_values& probabilities,
                          const emotion_values& thresholds) noexcept {
  return combined(own_table, probabilities, thresholds);
}

audio2face_weights expressed_for_audio2face(const emotion_values& probabilities,
                                            const emotion_values& thresholds) noexcept {
  return combined(audio2face::table, probabilities, thresholds);
}

}  // namespace dhr
