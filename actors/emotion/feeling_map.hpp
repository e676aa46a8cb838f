#pragma once
// From what a sentence expresses to what the face shows, in two steps.
//
// 1. How likely a label is becomes how strong it is. A rare label is never very likely, even where
//    it is true; the net's threshold tells from where on it counts as present (strengths_of).
// 2. Two tables, each a row of shares per label: the five feelings, and the ten emotions of
//    Audio2Face-3D. A feeling is there when any of the labels that speak for it is, so it is their
//    noisy or, which stays in [0, 1] and grows with every label that adds to it:
//
//        feeling = 1 - prod over labels (1 - share * strength)
//
// Pure.

#include <array>
#include <optional>
#include <string_view>

#include "actors/emotion/labels.hpp"
#include "actors/emotion/types.hpp"

namespace dhr {

// 0 stays 0, the label's threshold becomes one half, 1 stays 1, straight in between. Thresholds are
// in (0, 1).
[[nodiscard]] label_scores strengths_of(const label_scores& scores,
                                        const label_scores& thresholds) noexcept;

[[nodiscard]] feelings feelings_of(const label_scores& strengths) noexcept;

// The strongest feeling, or nothing where none is half there.
[[nodiscard]] std::optional<feeling> standing_out(const feelings& felt) noexcept;

// The emotions of Audio2Face-3D, in its order.
inline constexpr std::size_t face_emotion_count = 10;
inline constexpr std::array<std::string_view, face_emotion_count> face_emotion_names{
    "amazement", "anger", "cheekiness",  "disgust", "fear",
    "grief",     "joy",   "outofbreath", "pain",    "sadness"};

// Each in [0, 1]. "outofbreath" is no feeling and always 0.
struct face_emotions {
  std::array<float, face_emotion_count> weights{};
  friend bool operator==(const face_emotions&, const face_emotions&) = default;
};

// What the sentence expresses, and no more of it than the five feelings have left: where all of
// them were lowered to a half, the ten are halved as well.
[[nodiscard]] face_emotions face_emotions_of(const label_scores& strengths, const feelings& raw,
                                             const feelings& adjusted) noexcept;

}  // namespace dhr
