#pragma once
// From the 28 labels of the emotion net to what a face can show. Two tables say which label counts
// how much for which emotion (expression.cpp); everything else is the same for both:
//
//   1. A probability becomes a strength: 0 stays 0, the label's threshold becomes one half, 1 stays
//      1. So a rare label, whose probabilities are small even where it is true, is worth as much as
//      a common one.
//   2. The labels of an emotion add up like independent causes: 1 - product of (1 - share *
//      strength). Two weak signs make a stronger one, and nothing exceeds 1.
//
// Pure functions.

#include "actors/emotion/types.hpp"
#include "gpu/nets/emotion_net.hpp"

namespace dhr {

// `probability` in [0, 1], `threshold` in (0, 1).
[[nodiscard]] float label_strength(float probability, float threshold) noexcept;

// Both arguments as emotion_net gives them.
[[nodiscard]] emotion_weights expressed(const emotion_values& probabilities,
                                        const emotion_values& thresholds) noexcept;

// "outofbreath" is always 0: no sentence tells it.
[[nodiscard]] audio2face_weights expressed_for_audio2face(
    const emotion_values& probabilities, const emotion_values& thresholds) noexcept;

}  // namespace dhr
