#pragma once
// How well what is read fits what people find, and making it fit better. What the net says is
// likely is brought to how often it is true by one number, the temperature of its logits (Guo et
// al., "On Calibration of Modern Neural Networks", ICML 2017); from which likelihood on a label
// counts as present is a threshold of its own. Neither changes what the net has learnt. Pure.

#include <array>
#include <span>
#include <vector>

#include "actors/emotion/labels.hpp"

namespace dhr {

struct emotion_calibration {
  double temperature = 1;  // above 0: 1 leaves the scores as they are, more makes them less certain
  label_scores thresholds = evenly(0.5f);
  friend bool operator==(const emotion_calibration&, const emotion_calibration&) = default;
};

// A sentence as it was read, and the labels that people gave it.
struct judged_sentence {
  label_scores scores;
  std::array<bool, emotion_label_count> labels{};
};

// logit' = logit / temperature, for each score.
[[nodiscard]] label_scores with_temperature(const label_scores& scores, double temperature);

// All decisions whose score was in one tenth of [0, 1].
struct reliability_bin {
  std::size_t decisions = 0;
  double said = 0;  // mean score
  double was = 0;   // share that was true
};

struct calibration_report {
  // Of sentences: the feeling that stands out (or none) is that of the people's labels.
  double accuracy = 0;
  double micro_f1 = 0;  // of labels, by their thresholds
  double macro_f1 = 0;  // over the labels that occur
  // Mean distance of said and was over the decisions (10 bins).
  double calibration_error = 0;
  std::array<reliability_bin, 10> bins{};
};

// `sentences` is not empty.
[[nodiscard]] calibration_report assess(std::span<const judged_sentence> sentences,
                                        const emotion_calibration& calibration);

// The temperature with the least negative log likelihood, from 0.25 to 4; for each label that has
// at least `positives_min` sentences the threshold with the best F1, for others the one of
// `before`.
inline constexpr std::size_t positives_min = 5;
[[nodiscard]] emotion_calibration fit_calibration(std::span<const judged_sentence> sentences,
                                                  const emotion_calibration& before);

// How a fit does on sentences that it has not seen: each half is assessed by what was fitted to the
// other one. At least two sentences.
[[nodiscard]] calibration_report assess_fit(std::span<const judged_sentence> sentences,
                                            const emotion_calibration& before);

}  // namespace dhr
