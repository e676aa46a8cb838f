#include "actors/avatar/expression_library.hpp"

#include <catch2/catch.hpp>

using namespace dhr;

namespace {

const expression& shipped(std::string_view name) {
  const auto& library = shipped_expressions();
  const auto place = library.find(name);
  INFO(name);
  REQUIRE(place.has_value());
  return library.all()[*place];
}

float of(const expression& one, blendshape shape) {
  return one.pose[static_cast<std::size_t>(shape)];
}

}  // namespace

TEST_CASE("the shipped expressions hold the five feelings and the ten emotions of Audio2Face") {
  for (const auto name : feeling_names) CHECK(shipped(name).name == name);
  for (const auto* name : {"amazement", "anger", "cheekiness", "disgust", "fear", "grief", "joy",
                           "outofbreath", "pain", "sadness"}) {
    CHECK(shipped(name).name == name);
  }
  CHECK_FALSE(shipped_expressions().find("hunger").has_value());
}

TEST_CASE("each feeling is found under its own name") {
  const auto& library = shipped_expressions();
  for (std::size_t i = 0; i < feeling_count; ++i) {
    CHECK(library.of(static_cast<feeling>(i)).name == feeling_names[i]);
  }
  feelings felt;
  felt[feeling::concern] = 0.4f;
  for (const auto& [index, weight] : library.weights_of(felt)) {
    CHECK(weight == (library.all()[index].name == "concern" ? 0.4f : 0.0f));
  }
}

TEST_CASE("every shipped pose is plain to see, in range, and leaves the gaze alone") {
  for (const auto& one : shipped_expressions().all()) {
    INFO(one.name);
    float most = 0;
    for (std::size_t i = 0; i < blendshape_count; ++i) {
      CHECK(one.pose[i] >= 0);
      CHECK(one.pose[i] <= 1);
      if (blendshape_names[i].starts_with("eyeLook")) CHECK(one.pose[i] == 0);
      most = std::max(most, one.pose[i]);
    }
    CHECK(most > 0.2f);
    CHECK(of(one, blendshape::mouthClose) <= of(one, blendshape::jawOpen));
  }
}

TEST_CASE("no two shipped feelings look alike") {
  for (std::size_t i = 0; i < feeling_count; ++i) {
    for (std::size_t k = 0; k < i; ++k) {
      const auto& a = shipped(feeling_names[i]).pose;
      const auto& b = shipped(feeling_names[k]).pose;
      float furthest = 0;
      for (std::size_t s = 0; s < blendshape_count; ++s) {
        furthest = std::max(furthest, std::abs(a[s] - b[s]));
      }
      INFO(feeling_names[i] << " and " << feeling_names[k]);
      CHECK(furthest > 0.3f);
    }
  }
}

TEST_CASE("the feelings show in the muscles that they are known by") {
  CHECK(of(shipped("joy"), blendshape::mouthSmileLeft) > 0.4f);
  CHECK(of(shipped("joy"), blendshape::cheekSquintRight) > 0.3f);
  CHECK(of(shipped("surprise"), blendshape::browOuterUpLeft) > 0.5f);
  CHECK(of(shipped("surprise"), blendshape::eyeWideRight) > 0.4f);
  CHECK(of(shipped("concern"), blendshape::browInnerUp) > 0.4f);
  CHECK(of(shipped("concern"), blendshape::mouthFrownLeft) > 0.1f);
  CHECK(of(shipped("thoughtfulness"), blendshape::browDownRight) > 0.1f);
  CHECK(shipped("thoughtfulness").life.gaze_up > 0);
  CHECK(shipped("thoughtfulness").life.looks_away > 1.5f);
  CHECK(shipped("surprise").life.blinks < 0.7f);
  CHECK(shipped("concern").life.head_tempo < 0.8f);
  CHECK(shipped("concern").life.head.roll > 0.03f);
  CHECK(shipped("joy").life.head_motion > 1.1f);
  CHECK(shipped("confidence").life.looks_away < 0.8f);
}

TEST_CASE("surprise is the quickest of the feelings to come and to go") {
  const auto& quick = shipped("surprise");
  for (const auto name : feeling_names) {
    if (name == "surprise") continue;
    CHECK(quick.onset_s < shipped(name).onset_s);
    CHECK(quick.hold_s < shipped(name).hold_s);
    CHECK(quick.linger < shipped(name).linger);
  }
}

TEST_CASE("a blend is made of its parts' poses, moods and times by their shares") {
  expression_set set;
  for (const auto name : feeling_names) set.expressions.push_back({.name = std::string{name}});
  auto& joy = set.expressions[0];
  joy.pose[3] = 0.8f;
  joy.onset_s = 0.2;
  joy.life.blinks = 2;
  auto& surprise = set.expressions[2];
  surprise.pose[3] = 0.4f;
  surprise.onset_s = 0.6;
  surprise.life.gaze_up = 0.1f;
  set.blends.push_back({"delight", {{"joy", 0.6f}, {"surprise", 0.2f}}});
  const expression_library library{set};
  const auto& made = library.all()[*library.find("delight")];
  CHECK(made.pose[3] == Approx(0.6 * 0.8 + 0.2 * 0.4));
  CHECK(made.onset_s == Approx(0.75 * 0.2 + 0.25 * 0.6));
  CHECK(made.life.blinks == Approx(1.6));
  CHECK(made.life.gaze_up == Approx(0.02));
}
