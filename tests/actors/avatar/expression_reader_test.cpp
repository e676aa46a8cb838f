#include "actors/avatar/expression_reader.hpp"

#include <catch2/catch.hpp>

using namespace dhr;

namespace {

expression_set base() {
  expression_set set;
  set.expressions.push_back({.name = "joy"});
  set.expressions.push_back({.name = "concern"});
  set.blends.push_back({"relief", {{"joy", 0.5f}, {"concern", 0.5f}}});
  return set;
}

expression_set read(const std::string& yaml) {
  auto made = read_expressions(yaml, "faces.yml", base());
  if (!made) FAIL(made.assume_error().message);
  return std::move(made).assume_value();
}

std::string complaint(const std::string& yaml) {
  const auto made = read_expressions(yaml, "faces.yml", base());
  REQUIRE_FALSE(made.has_value());
  CHECK(made.assume_error().code == errc::invalid_argument);
  CHECK(made.assume_error().where == "faces.yml");
  return made.assume_error().message;
}

// The complaint about one line within joy.
std::string complaint_in_joy(const std::string& line) {
  return complaint("expressions:\n  joy:\n    pose: {browInnerUp: 0.5}\n    " + line + "\n");
}

float of(const expression& one, blendshape shape) {
  return one.pose[static_cast<std::size_t>(shape)];
}

}  // namespace

TEST_CASE("an expression of the file takes the place of the one of its name, others stay") {
  const auto set = read(
      "expressions:\n"
      "  joy:\n"
      "    onset_ms: 250\n"
      "    hold_ms: 900\n"
      "    decay_ms: 700\n"
      "    linger: 0.5\n"
      "    pose: {mouthSmile: 0.5, jawOpen: 0.1}\n"
      "    mood: {blinks: 1.5, gaze_up: -10, head_tilt: 3}\n"
      "  glee:\n"
      "    pose: {mouthSmileLeft: 1}\n");
  REQUIRE(set.expressions.size() == 3);
  const auto& joy = set.expressions[0];
  CHECK(joy.name == "joy");
  CHECK(joy.onset_s == Approx(0.25));
  CHECK(joy.hold_s == Approx(0.9));
  CHECK(joy.decay_s == Approx(0.7));
  CHECK(joy.linger == 0.5f);
  CHECK(of(joy, blendshape::mouthSmileLeft) == 0.5f);
  CHECK(of(joy, blendshape::mouthSmileRight) == 0.5f);
  CHECK(of(joy, blendshape::jawOpen) == 0.1f);
  CHECK(joy.life.blinks == 1.5f);
  CHECK(joy.life.gaze_up == Approx(-0.174533));
  CHECK(joy.life.head.roll == Approx(0.0523599));
  CHECK(joy.life.head_motion == 1);
  CHECK(set.expressions[1].name == "concern");
  CHECK(set.expressions[2].name == "glee");
  CHECK(of(set.expressions[2], blendshape::mouthSmileRight) == 0);
  CHECK(set.blends.size() == 1);
}

TEST_CASE("intensity scales the pose, which never leaves its range") {
  const auto set = read(
      "expressions:\n"
      "  joy:\n"
      "    pose: {mouthSmile: 0.8, browInnerUp: 0.2}\n"
      "    intensity: 1.5\n");
  CHECK(of(set.expressions[0], blendshape::mouthSmileLeft) == 1);
  CHECK(of(set.expressions[0], blendshape::browInnerUp) == Approx(0.3));
}

TEST_CASE("asymmetry makes the left side stronger by its share, where a shape was given for both") {
  const auto set = read(
      "expressions:\n"
      "  joy:\n"
      "    asymmetry: 0.2\n"
      "    pose: {mouthSmile: 0.5, browDownRight: 0.5}\n");
  CHECK(of(set.expressions[0], blendshape::mouthSmileLeft) == Approx(0.6));
  CHECK(of(set.expressions[0], blendshape::mouthSmileRight) == Approx(0.4));
  CHECK(of(set.expressions[0], blendshape::browDownRight) == Approx(0.5));
  CHECK(of(set.expressions[0], blendshape::browDownLeft) == 0);
}

TEST_CASE("a file that only adds a blend leaves the expressions as they are") {
  const auto set = read("blends:\n  pity: {concern: 0.9}\n  relief: {joy: 1}\n");
  CHECK(set.expressions.size() == 2);
  REQUIRE(set.blends.size() == 2);
  CHECK(set.blends[0].name == "pity");
  CHECK(set.blends[1].parts.front().name == "joy");
}

TEST_CASE("an unknown name is told with its place and the nearest one that exists") {
  CHECK(complaint_in_joy("pose2: {}") == "faces.yml:4:5: joy.pose2 is unknown; did you mean pose?");
  CHECK(complaint("expressions:\n  joy:\n    pose:\n      mouthSmle: 0.5\n") ==
        "faces.yml:4:7: joy.pose.mouthSmle is unknown; did you mean mouthSmile?");
  CHECK(complaint_in_joy("mood: {blink: 2}") ==
        "faces.yml:4:12: joy.mood.blink is unknown; did you mean blinks?");
  CHECK(complaint("expresions: {}\n") ==
        "faces.yml:1:1: expresions is unknown; did you mean expressions?");
  CHECK(complaint("blends:\n  relief: {consern: 0.5}\n") ==
        "faces.yml:2:12: relief.consern is unknown; did you mean concern?");
}

TEST_CASE("a value out of its range is told with what it may be") {
  CHECK(complaint_in_joy("onset_ms: 9000") ==
        "faces.yml:4:5: joy.onset_ms is 9000: must be a number from 20 to 5000");
  CHECK(complaint_in_joy("linger: -0.1") ==
        "faces.yml:4:5: joy.linger is -0.1: must be a number from 0 to 1");
  CHECK(complaint_in_joy("linger: nan") ==
        "faces.yml:4:5: joy.linger is nan: must be a number from 0 to 1");
  CHECK(complaint_in_joy("linger: much") ==
        "faces.yml:4:5: joy.linger is much: must be a number from 0 to 1");
  CHECK(complaint_in_joy("linger: [1]") ==
        "faces.yml:4:5: joy.linger must be a number from 0 to 1");
  CHECK(complaint_in_joy("mood: {head_tilt: 90}") ==
        "faces.yml:4:12: joy.mood.head_tilt is 90: must be a number from -15 to 15");
}

TEST_CASE("a pose without sense is refused with what to do instead") {
  CHECK(complaint("expressions:\n  glee:\n    onset_ms: 100\n") ==
        "faces.yml:2:3: glee needs a pose: ARKit's shapes with their weights");
  CHECK(complaint("expressions:\n  joy:\n    pose: {eyeLookUpLeft: 0.5}\n") ==
        "faces.yml:3:12: joy.pose.eyeLookUpLeft is moved by the mood: set gaze_up and gaze_aside "
        "there");
  CHECK(complaint("expressions:\n  joy:\n    pose: {mouthClose: 0.3, jawOpen: 0.2}\n")
            .find("larger than its jawOpen") != std::string::npos);
  CHECK(complaint("expressions:\n  Joy of Life:\n    pose: {jawOpen: 0.3}\n")
            .find("1 to 40 letters a to z") != std::string::npos);
}

TEST_CASE("a blend without sense is refused") {
  CHECK(complaint("blends:\n  relief: {joy: 0.7, concern: 0.7}\n").find("they sum to 1.4") !=
        std::string::npos);
  CHECK(complaint("blends:\n  relief: {}\n").find("they sum to 0") != std::string::npos);
  CHECK(complaint("blends:\n  joy: {concern: 1}\n").find("is an expression too") !=
        std::string::npos);
}

TEST_CASE("everything that is wrong is told at once, in the order of the lines") {
  const auto text = complaint(
      "expressions:\n"
      "  glee: {linger: 0.5}\n"
      "  joy:\n"
      "    pose: {jawOpen: 2}\n"
      "    hold_ms: -1\n"
      "blends:\n"
      "  relief: {glee: 1, gee: 1}\n");
  std::vector<int> lines;
  for (std::size_t at = text.find("faces.yml:"); at != text.npos;
       at = text.find("faces.yml:", at + 1)) {
    lines.push_back(std::stoi(text.substr(at + 10)));
  }
  CHECK(lines == std::vector<int>{2, 4, 5, 7});
}

TEST_CASE("text that is not YAML, and keys that stand twice, are refused with their place") {
  CHECK(complaint("expressions: {").starts_with("faces.yml:"));
  CHECK(complaint("").starts_with("faces.yml: "));
  CHECK(complaint_in_joy("linger: 0.5\n    linger: 0.6") ==
        "faces.yml:5:5: joy.linger stands in this place twice");
  CHECK(complaint("expressions: 7\n").find("must hold keys") != std::string::npos);
  CHECK(complaint("expressions:\n  joy:\n").find("must hold keys") != std::string::npos);
}

TEST_CASE("more names than a face can mind are refused") {
  std::string text = "expressions:\n";
  for (int i = 0; i < 70; ++i) text += "  n" + std::to_string(i) + ": {pose: {jawOpen: 0.1}}\n";
  CHECK(complaint(text).find("at most 64 names") != std::string::npos);
}
