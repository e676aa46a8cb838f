#include "actors/emotion/calibration.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <random>

using namespace dhr;

namespace {

constexpr auto joy = static_cast<std::size_t>(emotion_label::joy);

judged_sentence judged(float score, bool is_true) {
  judged_sentence made;
  made.scores.values[joy] = score;
  made.labels[joy] = is_true;
  return made;
}

// Sentences whose labels are true as often as a number says that is drawn for each, and that are
// told with `overstated` times its logit.
std::vector<judged_sentence> overconfident(double overstated) {
  std::mt19937 chance{7};
  std::uniform_real_distribution<double> uniform{0, 1};
  std::vector<judged_sentence> made(300);
  for (auto& one : made) {
    for (std::size_t i = 0; i < emotion_label_count; ++i) {
      const double honest = 0.02 + 0.96 * uniform(chance);
      const double logit = std::log(honest / (1 - honest)) * overstated;
      one.scores.values[i] = static_cast<float>(1 / (1 + std::exp(-logit)));
      one.labels[i] = uniform(chance) < honest;
    }
  }
  return made;
}

}  // namespace

TEST_CASE("a temperature of 1 leaves scores as they are, a higher one makes them less certain") {
  const auto scores = judged(0.9f, true).scores;
  CHECK(with_temperature(scores, 1) == scores);
  CHECK(with_temperature(scores, 2)[emotion_label::joy] == Approx(0.75f));
  CHECK(with_temperature(scores, 0.5)[emotion_label::joy] == Approx(0.9878f).epsilon(0.001));
  CHECK(with_temperature(evenly(0.5f), 3) == evenly(0.5f));
}

TEST_CASE("scores that are twice too sure are given a temperature of two") {
  const auto sentences = overconfident(2);
  const auto fitted = fit_calibration(sentences, {});
  CHECK(fitted.temperature == Approx(2).epsilon(0.1));
  CHECK(assess(sentences, fitted).calibration_error < assess(sentences, {}).calibration_error / 2);
}

TEST_CASE("scores that are honest are left alone") {
  CHECK(fit_calibration(overconfident(1), {}).temperature == Approx(1).epsilon(0.06));
}

TEST_CASE("the threshold of a label is where its F1 is best") {
  std::vector<judged_sentence> sentences;
  for (int i = 0; i < 10; ++i) sentences.push_back(judged(0.3f, true));
  for (int i = 0; i < 10; ++i) sentences.push_back(judged(0.2f, false));
  const auto fitted = fit_calibration(sentences, {});
  const auto report = assess(sentences, fitted);
  CHECK(report.macro_f1 == 1.0);
  CHECK(report.micro_f1 == 1.0);
  CHECK(assess(sentences, {}).macro_f1 == 0.0);
}

TEST_CASE("a label with too few sentences keeps its threshold") {
  std::vector<judged_sentence> sentences(20, judged(0.1f, false));
  for (std::size_t i = 0; i + 1 < positives_min; ++i) sentences.push_back(judged(0.9f, true));
  emotion_calibration before;
  before.thresholds[emotion_label::joy] = 0.37f;
  CHECK(fit_calibration(sentences, before).thresholds[emotion_label::joy] == 0.37f);
}

TEST_CASE("accuracy is of the feeling that stands out, and none is an answer too") {
  const std::vector<judged_sentence> sentences{judged(0.9f, true), judged(0.1f, false),
                                               judged(0.1f, true), judged(0.8f, false)};
  CHECK(assess(sentences, {}).accuracy == 0.5);
}

TEST_CASE("reliability: what is said with a score is compared with how often it is true") {
  std::vector<judged_sentence> sentences;
  for (int i = 0; i < 4; ++i) sentences.push_back(judged(0.75f, i == 0));
  const auto report = assess(sentences, {});
  CHECK(report.bins[7].decisions == 4);
  CHECK(report.bins[7].said == Approx(0.75));
  CHECK(report.bins[7].was == Approx(0.25));
  CHECK(report.calibration_error == Approx(0.5 / emotion_label_count));
}

TEST_CASE("a fit is judged by sentences that it has not seen") {
  // Scores say nothing: what fits one half by chance does not fit the other.
  std::mt19937 chance{11};
  std::uniform_real_distribution<float> uniform{0, 1};
  std::vector<judged_sentence> sentences;
  for (int i = 0; i < 60; ++i) sentences.push_back(judged(uniform(chance), uniform(chance) < 0.3f));
  const auto seen = assess(sentences, fit_calibration(sentences, {}));
  const auto unseen = assess_fit(sentences, {});
  CHECK(unseen.macro_f1 < seen.macro_f1);
}
