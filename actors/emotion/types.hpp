#pragma once
// What a sentence expresses, in the two vocabularies that others ask for: the five emotions of the
// specification, and the ten of Audio2Face-3D in its order. Weights are in [0, 1], each for itself:
// they do not add up to 1, and all zero is a calm face.

#include <array>
#include <cstdint>
#include <string_view>

namespace dhr {

enum class emotion : std::uint8_t { joy, confidence, surprise, thoughtfulness, concern };

inline constexpr std::array<std::string_view, 5> emotion_names{"joy", "confidence", "surprise",
                                                               "thoughtfulness", "concern"};

using emotion_weights = std::array<float, emotion_names.size()>;

[[nodiscard]] constexpr float weight_of(const emotion_weights& weights, emotion of) noexcept {
  return weights[static_cast<std::size_t>(of)];
}

inline constexpr std::array<std::string_view, 10> audio2face_emotion_names{
    "amazement", "anger", "cheekiness",  "disgust", "fear",
    "grief",     "joy",   "outofbreath", "pain",    "sadness"};

using audio2face_weights = std::array<float, audio2face_emotion_names.size()>;

}  // namespace dhr
