#include "actors/avatar/face_layers.hpp"

#include <catch2/catch.hpp>

#include "tests/actors/avatar/timelines.hpp"

using namespace dhr;

namespace {

constexpr speech_hold at_rest{0, 0};
constexpr speech_hold speaking{1, 0};

face_pose full() {
  face_pose pose;
  pose.fill(1);
  return pose;
}

face_pose only(blendshape shape, float weight) {
  face_pose pose{};
  pose[static_cast<std::size_t>(shape)] = weight;
  return pose;
}

bool is_corner(std::size_t shape) {
  const auto name = blendshape_names[shape];
  return name.starts_with("mouthSmile") || name.starts_with("mouthFrown");
}

}  // namespace

TEST_CASE("at rest the face follows the whole pose but for the gaze, which is life's") {
  face_frame face;
  add_expression(full(), at_rest, face);
  for (std::size_t i = 0; i < blendshape_count; ++i) {
    INFO(blendshape_names[i]);
    CHECK(face.weights[i] == (blendshape_names[i].starts_with("eyeLook") ? 0.0f : 1.0f));
  }
}

TEST_CASE("while speaking the mouth keeps its shape but for the corners, which have a limit") {
  face_frame lips;
  lips[blendshape::jawOpen] = 0.3f;
  lips[blendshape::mouthStretchLeft] = 0.2f;
  auto face = lips;
  add_expression(full(), speaking, face);
  for (std::size_t i = 0; i < blendshape_count; ++i) {
    if (!testing::is_mouth(i)) continue;
    INFO(blendshape_names[i]);
    if (is_corner(i)) {
      CHECK(face.weights[i] > 0.2f);
      CHECK(face.weights[i] <= 0.35f);
    } else {
      CHECK(face.weights[i] == lips.weights[i]);
    }
  }
  CHECK(face[blendshape::browInnerUp] == 1);
  CHECK(face[blendshape::cheekSquintLeft] == 1);
}

TEST_CASE("a round mouth leaves the corners less") {
  face_frame round;
  round[blendshape::mouthPucker] = 0.6f;
  add_expression(only(blendshape::mouthSmileLeft, 1), speaking, round);
  face_frame spread;
  add_expression(only(blendshape::mouthSmileLeft, 1), speaking, spread);
  CHECK(round[blendshape::mouthSmileLeft] < 0.7f * spread[blendshape::mouthSmileLeft]);
}

TEST_CASE("in a contact nothing of the pose moves the mouth, whether speech is heard or not") {
  face_frame closed;
  closed[blendshape::mouthPressLeft] = 0.3f;
  closed[blendshape::mouthRollLower] = 0.22f;
  for (const float presence : {0.0f, 0.5f, 1.0f}) {
    auto face = closed;
    add_expression(full(), {presence, 1}, face);
    for (std::size_t i = 0; i < blendshape_count; ++i) {
      if (!testing::is_mouth(i) || is_corner(i)) continue;
      INFO(blendshape_names[i] << " at " << presence);
      CHECK(face.weights[i] == closed.weights[i]);
    }
  }
}

TEST_CASE("lids fall in an expression as they do without it") {
  face_frame face;
  face[blendshape::eyeBlinkLeft] = face[blendshape::eyeBlinkRight] = 1;
  add_expression(only(blendshape::eyeWideLeft, 0.8f), at_rest, face);
  CHECK(face[blendshape::eyeBlinkLeft] == 1);
  CHECK(face[blendshape::eyeWideLeft] == 0);
  face_frame heavy;
  heavy[blendshape::eyeBlinkLeft] = 0.5f;
  add_expression(only(blendshape::eyeBlinkLeft, 0.4f), at_rest, heavy);
  CHECK(heavy[blendshape::eyeBlinkLeft] == Approx(0.7));
}

TEST_CASE("a neutral pose changes nothing") {
  face_frame face;
  for (std::size_t i = 0; i < blendshape_count; ++i) face.weights[i] = float(i) / 60;
  const auto before = face;
  add_expression({}, {0.3f, 0.2f}, face);
  CHECK(face == before);
}
