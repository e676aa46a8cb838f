#include "actors/emotion/expression.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

using namespace dhr;

namespace {

constexpr float threshold = 0.3f;

emotion_values all(float value) {
  emotion_values made{};
  made.fill(value);
  return made;
}

std::size_t index_of(std::string_view label) {
  const auto found = std::ranges::find(emotion_labels, label);
  REQUIRE(found != emotion_labels.end());
  return static_cast<std::size_t>(found - emotion_labels.begin());
}

emotion_values only(std::string_view label, float probability = 0.9f) {
  auto made = all(0);
  made[index_of(label)] = probability;
  return made;
}

template <class Weights, class Names>
std::string_view strongest(const Weights& weights, const Names& names) {
  return names[static_cast<std::size_t>(std::ranges::max_element(weights) - weights.begin())];
}

std::string_view own(std::string_view label) {
  return strongest(expressed(only(label), all(threshold)), emotion_names);
}

std::string_view of_audio2face(std::string_view label) {
  return strongest(expressed_for_audio2face(only(label), all(threshold)), audio2face_emotion_names);
}

}  // namespace

TEST_CASE("a probability at its threshold is half a strength, the ends stay") {
  CHECK(label_strength(0, 0.2f) == 0);
  CHECK(label_strength(0.2f, 0.2f) == Approx(0.5f));
  CHECK(label_strength(1, 0.2f) == Approx(1));
  CHECK(label_strength(0.1f, 0.2f) == Approx(0.25f));
  CHECK(label_strength(0.6f, 0.2f) == Approx(0.75f));
}

TEST_CASE("probabilities below nothing or above certainty count as those") {
  CHECK(label_strength(-0.1f, 0.2f) == 0);
  CHECK(label_strength(1.1f, 0.2f) == Approx(1));
}

TEST_CASE("each label speaks most for the emotion that it is akin to") {
  for (const auto* label : {"joy", "amusement", "love", "gratitude", "admiration", "relief"}) {
    CHECK(own(label) == "joy");
  }
  for (const auto* label : {"pride", "approval", "optimism"}) CHECK(own(label) == "confidence");
  CHECK(own("surprise") == "surprise");
  for (const auto* label : {"curiosity", "confusion", "realization"}) {
    CHECK(own(label) == "thoughtfulness");
  }
  for (const auto* label : {"caring", "fear", "nervousness", "grief", "sadness", "remorse",
                            "disappointment", "anger", "disgust", "embarrassment"}) {
    CHECK(own(label) == "concern");
  }
}

TEST_CASE("labels that Audio2Face has too are its strongest emotion") {
  for (const auto* label : {"anger", "disgust", "fear", "grief", "joy", "sadness"}) {
    CHECK(of_audio2face(label) == label);
  }
  CHECK(of_audio2face("surprise") == "amazement");
  CHECK(of_audio2face("amusement") == "cheekiness");
  CHECK(of_audio2face("nervousness") == "fear");
}

TEST_CASE("Audio2Face's names are ten, in the order of the alphabet, as it sends them") {
  CHECK(std::ranges::is_sorted(audio2face_emotion_names));
  CHECK(audio2face_emotion_names.front() == "amazement");
  CHECK(audio2face_emotion_names.back() == "sadness");
}

TEST_CASE("a neutral sentence leaves the face calm") {
  for (const auto weight : expressed(only("neutral", 1), all(threshold))) CHECK(weight == 0);
  for (const auto weight : expressed_for_audio2face(only("neutral", 1), all(threshold))) {
    CHECK(weight == 0);
  }
}

TEST_CASE("nobody is out of breath by a sentence") {
  const auto weights = expressed_for_audio2face(all(1), all(threshold));
  const auto which = std::ranges::find(audio2face_emotion_names, "outofbreath");
  REQUIRE(which != audio2face_emotion_names.end());
  CHECK(weights[static_cast<std::size_t>(which - audio2face_emotion_names.begin())] == 0);
}

TEST_CASE("every label but neutral moves some emotion of both kinds") {
  for (const auto label : emotion_labels) {
    if (label == "neutral") continue;
    INFO(label);
    CHECK(std::ranges::max(expressed(only(label), all(threshold))) > 0.2f);
    CHECK(std::ranges::max(expressed_for_audio2face(only(label), all(threshold))) > 0.2f);
  }
}

TEST_CASE("more of a label is never less of an emotion, and no weight exceeds one") {
  for (const auto label : emotion_labels) {
    auto before = expressed(all(0.1f), all(threshold));
    auto raised = all(0.1f);
    for (const float probability : {0.2f, 0.3f, 0.5f, 0.8f, 1.0f}) {
      raised[index_of(label)] = probability;
      const auto now = expressed(raised, all(threshold));
      for (std::size_t i = 0; i < now.size(); ++i) CHECK(now[i] >= before[i]);
      before = now;
    }
  }
  for (const auto weight : expressed(all(1), all(threshold))) CHECK(weight <= 1);
  for (const auto weight : expressed_for_audio2face(all(1), all(threshold))) CHECK(weight <= 1);
}

TEST_CASE("two weak signs make a stronger one") {
  auto both = only("joy", threshold);
  both[index_of("love")] = threshold;
  const auto one = weight_of(expressed(only("joy", threshold), all(threshold)), emotion::joy);
  CHECK(weight_of(expressed(both, all(threshold)), emotion::joy) > one + 0.1f);
}

TEST_CASE("a rare label is worth as much at its threshold as a common one at its own") {
  auto thresholds = all(0.5f);
  thresholds[index_of("grief")] = 0.1f;
  const auto rare = expressed(only("grief", 0.1f), thresholds);
  const auto common = expressed(only("sadness", 0.5f), thresholds);
  CHECK(weight_of(rare, emotion::concern) == Approx(weight_of(common, emotion::concern)));
}
