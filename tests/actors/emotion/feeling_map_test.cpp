#include "actors/emotion/feeling_map.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

using namespace dhr;

namespace {

label_scores only(emotion_label label, float score = 1.0f) {
  label_scores scores;
  scores[label] = score;
  return scores;
}

feeling strongest(const feelings& of) {
  const auto top = std::max_element(of.weights.begin(), of.weights.end());
  return static_cast<feeling>(top - of.weights.begin());
}

}  // namespace

TEST_CASE("a sentence that expresses nothing is felt as nothing") {
  CHECK(feelings_of({}) == feelings{});
  CHECK(feelings_of(only(emotion_label::neutral)) == feelings{});
  CHECK(face_emotions_of({}, {}, {}) == face_emotions{});
}

TEST_CASE("each label speaks most for the feeling that people would name") {
  CHECK(strongest(feelings_of(only(emotion_label::gratitude))) == feeling::joy);
  CHECK(strongest(feelings_of(only(emotion_label::amusement))) == feeling::joy);
  CHECK(strongest(feelings_of(only(emotion_label::approval))) == feeling::confidence);
  CHECK(strongest(feelings_of(only(emotion_label::pride))) == feeling::confidence);
  CHECK(strongest(feelings_of(only(emotion_label::surprise))) == feeling::surprise);
  CHECK(strongest(feelings_of(only(emotion_label::curiosity))) == feeling::thoughtfulness);
  CHECK(strongest(feelings_of(only(emotion_label::confusion))) == feeling::thoughtfulness);
  CHECK(strongest(feelings_of(only(emotion_label::fear))) == feeling::concern);
  CHECK(strongest(feelings_of(only(emotion_label::disappointment))) == feeling::concern);
}

TEST_CASE("every label but neutral is felt and shown, and all weights stay between 0 and 1") {
  label_scores all;
  all.values.fill(1.0f);
  for (const auto weight : feelings_of(all).weights) {
    CHECK(weight > 0.9f);
    CHECK(weight <= 1.0f);
  }
  for (std::size_t i = 0; i + 1 < emotion_label_count; ++i) {
    INFO(emotion_label_names[i]);
    const auto felt = feelings_of(only(static_cast<emotion_label>(i)));
    CHECK(felt[strongest(felt)] > 0.25f);
  }
}

TEST_CASE("labels that speak for the same feeling add to each other, and never beyond 1") {
  auto scores = only(emotion_label::joy, 0.5f);
  const float joy = feelings_of(scores)[feeling::joy];
  scores[emotion_label::gratitude] = 0.5f;
  const float more = feelings_of(scores)[feeling::joy];
  CHECK(joy == Approx(0.5f));
  CHECK(more == Approx(1 - 0.5f * (1 - 0.8f * 0.5f)));
}

TEST_CASE("a label at its threshold is half there, however likely that is") {
  label_scores thresholds = evenly(0.4f);
  thresholds[emotion_label::grief] = 0.1f;
  label_scores scores;
  scores[emotion_label::grief] = 0.1f;
  scores[emotion_label::joy] = 0.1f;
  const auto strengths = strengths_of(scores, thresholds);
  CHECK(strengths[emotion_label::grief] == Approx(0.5f));
  CHECK(strengths[emotion_label::joy] == Approx(0.125f));
  CHECK(strengths[emotion_label::fear] == 0.0f);
  scores[emotion_label::joy] = 0.7f;
  scores[emotion_label::grief] = 1.0f;
  CHECK(strengths_of(scores, thresholds)[emotion_label::joy] == Approx(0.75f));
  CHECK(strengths_of(scores, thresholds)[emotion_label::grief] == 1.0f);
}

TEST_CASE("scores outside of 0 to 1 count as their limits") {
  CHECK(feelings_of(only(emotion_label::joy, 3.0f))[feeling::joy] == 1.0f);
  CHECK(feelings_of(only(emotion_label::joy, -1.0f))[feeling::joy] == 0.0f);
}

TEST_CASE("Audio2Face is told its own ten, in its order") {
  const auto scores = only(emotion_label::anger, 0.8f);
  const auto raw = feelings_of(scores);
  const auto face = face_emotions_of(scores, raw, raw);
  CHECK(face_emotion_names[1] == "anger");
  CHECK(face.weights[1] == Approx(0.8f));
  CHECK(face_emotion_names[7] == "outofbreath");
  CHECK(face.weights[7] == 0.0f);
}

TEST_CASE("what the context takes from the five is taken from the ten as well") {
  const auto scores = only(emotion_label::joy);
  const auto raw = feelings_of(scores);
  auto half = raw;
  half[feeling::joy] /= 2;
  const auto whole = face_emotions_of(scores, raw, raw);
  const auto lowered = face_emotions_of(scores, raw, half);
  CHECK(lowered.weights[6] == Approx(whole.weights[6] / 2));
}
