#include "actors/emotion/calibration.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "actors/emotion/feeling_map.hpp"

namespace dhr {
namespace {

constexpr double temperature_min = 0.25;
constexpr double temperature_max = 4;

double logit(double likely) {
  const double safe = std::clamp(likely, 1e-6, 1 - 1e-6);
  return std::log(safe / (1 - safe));
}

double soften(double likely, double temperature) {
  return 1 / (1 + std::exp(-logit(likely) / temperature));
}

double mean_loss(std::span<const judged_sentence> sentences, double temperature) {
  double sum = 0;
  for (const auto& one : sentences) {
    for (std::size_t i = 0; i < emotion_label_count; ++i) {
      const double likely = soften(one.scores.values[i], temperature);
      sum -= std::log(one.labels[i] ? likely : 1 - likely);
    }
  }
  return sum / static_cast<double>(sentences.size());
}

// Golden-section search over the logarithm: the loss has one minimum.
double best_temperature(std::span<const judged_sentence> sentences) {
  constexpr double ratio = 0.6180339887498949;
  double low = std::log(temperature_min);
  double high = std::log(temperature_max);
  const auto loss = [&](double at) { return mean_loss(sentences, std::exp(at)); };
  double a = high - ratio * (high - low);
  double b = low + ratio * (high - low);
  double loss_a = loss(a);
  double loss_b = loss(b);
  while (high - low > 1e-3) {
    if (loss_a < loss_b) {
      high = std::exchange(b, a);
      loss_b = loss_a;
      a = high - ratio * (high - low);
      loss_a = loss(a);
    } else {
      low = std::exchange(a, b);
      loss_a = loss_b;
      b = low + ratio * (high - low);
      loss_b = loss(b);
    }
  }
  return std::exp((low + high) / 2);
}

// Between the score that is taken last and the next one, so that neither is on the edge.
std::optional<float> best_threshold(std::vector<std::pair<float, bool>> decisions) {
  const auto positives = static_cast<std::size_t>(std::count_if(
      decisions.begin(), decisions.end(), [](const auto& one) { return one.second; }));
  if (positives < positives_min) return std::nullopt;
  std::sort(decisions.begin(), decisions.end(),
            [](const auto& x, const auto& y) { return x.first > y.first; });
  double best = 0;
  float threshold = 0.5f;
  std::size_t right = 0;
  for (std::size_t taken = 1; taken <= decisions.size(); ++taken) {
    right += decisions[taken - 1].second ? 1 : 0;
    const float next = taken < decisions.size() ? decisions[taken].first : 0.0f;
    if (next == decisions[taken - 1].first) continue;
    const double f1 = 2.0 * static_cast<double>(right) / static_cast<double>(taken + positives);
    if (f1 <= best) continue;
    best = f1;
    threshold = (decisions[taken - 1].first + next) / 2;
  }
  return std::clamp(threshold, 0.01f, 0.99f);
}

struct tally {
  std::array<double, emotion_label_count> right{};  // said and true
  std::array<double, emotion_label_count> said{};
  std::array<double, emotion_label_count> is_true{};
  std::array<reliability_bin, 10> bins{};  // sums, until report_of
  double sentences = 0;
  double fitting = 0;

  void add(const judged_sentence& one, const emotion_calibration& calibration) {
    const auto scores = with_temperature(one.scores, calibration.temperature);
    label_scores truth;
    for (std::size_t i = 0; i < emotion_label_count; ++i) {
      const bool is_said = scores.values[i] >= calibration.thresholds.values[i];
      said[i] += is_said ? 1 : 0;
      is_true[i] += one.labels[i] ? 1 : 0;
      right[i] += is_said && one.labels[i] ? 1 : 0;
      truth.values[i] = one.labels[i] ? 1.0f : 0.0f;
      auto& bin = bins[std::min<std::size_t>(static_cast<std::size_t>(scores.values[i] * 10), 9)];
      ++bin.decisions;
      bin.said += static_cast<double>(scores.values[i]);
      bin.was += one.labels[i] ? 1 : 0;
    }
    const auto read = feelings_of(strengths_of(scores, calibration.thresholds));
    sentences += 1;
    fitting += standing_out(read) == standing_out(feelings_of(truth)) ? 1 : 0;
  }
};

calibration_report report_of(const tally& counted) {
  calibration_report report;
  report.accuracy = counted.fitting / counted.sentences;
  double right = 0;
  double parts = 0;
  double labels = 0;
  for (std::size_t i = 0; i < emotion_label_count; ++i) {
    right += counted.right[i];
    parts += counted.said[i] + counted.is_true[i];
    if (counted.is_true[i] == 0) continue;
    labels += 1;
    report.macro_f1 += 2 * counted.right[i] / (counted.said[i] + counted.is_true[i]);
  }
  if (parts > 0) report.micro_f1 = 2 * right / parts;
  if (labels > 0) report.macro_f1 /= labels;
  report.bins = counted.bins;
  const double decisions = counted.sentences * emotion_label_count;
  for (auto& bin : report.bins) {
    if (bin.decisions == 0) continue;
    const auto count = static_cast<double>(bin.decisions);
    bin.said /= count;
    bin.was /= count;
    report.calibration_error += std::abs(bin.said - bin.was) * count / decisions;
  }
  return report;
}

}  // namespace

label_scores with_temperature(const label_scores& scores, double temperature) {
  if (temperature == 1) return scores;
  label_scores made;
  std::transform(scores.values.begin(), scores.values.end(), made.values.begin(), [&](float x) {
    return static_cast<float>(soften(static_cast<double>(x), temperature));
  });
  return made;
}

calibration_report assess(std::span<const judged_sentence> sentences,
                          const emotion_calibration& calibration) {
  tally counted;
  for (const auto& one : sentences) counted.add(one, calibration);
  return report_of(counted);
}

emotion_calibration fit_calibration(std::span<const judged_sentence> sentences,
                                    const emotion_calibration& before) {
  emotion_calibration fitted = before;
  fitted.temperature = best_temperature(sentences);
  for (std::size_t i = 0; i < emotion_label_count; ++i) {
    std::vector<std::pair<float, bool>> decisions;
    for (const auto& one : sentences) {
      const double softened = soften(static_cast<double>(one.scores.values[i]), fitted.temperature);
      decisions.emplace_back(static_cast<float>(softened), one.labels[i]);
    }
    fitted.thresholds.values[i] =
        best_threshold(std::move(decisions)).value_or(before.thresholds.values[i]);
  }
  return fitted;
}

// Every second one, so that a file that is sorted by label has all of them in both halves.
calibration_report assess_fit(std::span<const judged_sentence> sentences,
                              const emotion_calibration& before) {
  std::array<std::vector<judged_sentence>, 2> halves;
  for (std::size_t i = 0; i < sentences.size(); ++i) halves[i % 2].push_back(sentences[i]);
  tally counted;
  for (const std::size_t seen : {0u, 1u}) {
    const auto fitted = fit_calibration(halves[seen], before);
    for (const auto& one : halves[1 - seen]) counted.add(one, fitted);
  }
  return report_of(counted);
}

}  // namespace dhr
