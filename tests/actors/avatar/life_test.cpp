#include "actors/avatar/life.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

using namespace dhr;

namespace {

std::vector<face_frame> live(std::uint64_t seed, int fps, int seconds, bool speaking,
                             const mood& feeling = {}) {
  life alive{seed, fps};
  std::vector<face_frame> frames(static_cast<std::size_t>(fps * seconds));
  for (auto& frame : frames) alive.live(frame, speaking, feeling);
  return frames;
}

// When, in seconds, the lids begin to fall.
std::vector<double> blink_onsets(const std::vector<face_frame>& frames, int fps) {
  std::vector<double> onsets;
  for (std::size_t i = 1; i < frames.size(); ++i) {
    if (frames[i][blendshape::eyeBlinkLeft] > 0 && frames[i - 1][blendshape::eyeBlinkLeft] == 0) {
      onsets.push_back(static_cast<double>(i) / fps);
    }
  }
  return onsets;
}

// Where the eyes point in the world, in radians; pitch down is positive.
double gaze_yaw(const face_frame& frame) {
  return 0.5 * double(frame[blendshape::eyeLookOutLeft] - frame[blendshape::eyeLookInLeft]) +
         double(frame.head.yaw);
}
double gaze_pitch(const face_frame& frame) {
  return 0.5 * double(frame[blendshape::eyeLookDownLeft] - frame[blendshape::eyeLookUpLeft]) +
         double(frame.head.pitch);
}

double swing(const std::vector<face_frame>& frames) {
  double sum = 0;
  for (const auto& frame : frames) sum += std::abs(double(frame.head.pitch));
  return sum;
}

}  // namespace

TEST_CASE("a face blinks every 1 to 8 seconds, with closed lids for less than half a second") {
  for (const int fps : {24, 30, 60}) {
    for (const bool speaking : {false, true}) {
      const auto frames = live(42, fps, 1'800, speaking);
      const auto onsets = blink_onsets(frames, fps);
      REQUIRE(onsets.size() > 1'800 / 8);
      for (std::size_t i = 1; i < onsets.size(); ++i) {
        CHECK(onsets[i] - onsets[i - 1] >= 1);
        CHECK(onsets[i] - onsets[i - 1] <= 8);
      }
      int shut = 0;
      for (const auto& frame : frames) {
        shut = frame[blendshape::eyeBlinkLeft] > 0.5f ? shut + 1 : 0;
        REQUIRE(shut < fps / 2);
      }
    }
  }
}

TEST_CASE("a face that speaks blinks more often and moves its head more") {
  const auto resting = live(5, 30, 1'800, false);
  const auto speaking = live(5, 30, 1'800, true);
  CHECK(blink_onsets(speaking, 30).size() > blink_onsets(resting, 30).size());
  CHECK(swing(speaking) > 1.3 * swing(resting));
}

TEST_CASE("the head moves little and smoothly, also where speech begins and ends") {
  life alive{9, 30};
  face_frame before;
  alive.live(before, false);
  for (int i = 0; i < 30 * 600; ++i) {
    face_frame frame;
    alive.live(frame, i / 100 % 2 == 1);
    REQUIRE(std::abs(frame.head.yaw) < 0.12f);
    REQUIRE(std::abs(frame.head.pitch) < 0.12f);
    REQUIRE(std::abs(frame.head.roll) < 0.12f);
    REQUIRE(std::abs(frame.head.yaw - before.head.yaw) < 0.01f);
    REQUIRE(std::abs(frame.head.pitch - before.head.pitch) < 0.01f);
    before = frame;
  }
}

TEST_CASE("the eyes look at the listener most of the time and both the same way") {
  int contact = 0;
  const auto frames = live(3, 30, 1'200, false);
  for (const auto& frame : frames) {
    REQUIRE(frame[blendshape::eyeLookOutLeft] == frame[blendshape::eyeLookInRight]);
    REQUIRE(frame[blendshape::eyeLookInLeft] == frame[blendshape::eyeLookOutRight]);
    if (std::abs(gaze_yaw(frame)) < 0.05) ++contact;
  }
  CHECK(contact > 0.75 * double(frames.size()));
  CHECK(contact < double(frames.size()));
}

TEST_CASE("the same seed gives the same life and another seed another one") {
  CHECK(live(1, 30, 20, true) == live(1, 30, 20, true));
  CHECK(live(1, 30, 20, true) != live(2, 30, 20, true));
}

TEST_CASE("a mood changes how often the face blinks") {
  mood fewer;
  fewer.blinks = 0.5f;
  const auto neutral = blink_onsets(live(4, 30, 1'200, false), 30).size();
  const auto rare = blink_onsets(live(4, 30, 1'200, false, fewer), 30).size();
  CHECK(rare < 0.65 * double(neutral));
  CHECK(rare > 0.35 * double(neutral));
}

TEST_CASE("a mood that averts the gaze upwards looks up more often and longer, to both sides") {
  mood thinking;
  thinking.looks_away = 2.4f;
  thinking.look_length = 1.5f;
  thinking.gaze_up = 0.12f;
  thinking.gaze_aside = 0.14f;
  const auto share = [](const std::vector<face_frame>& frames, auto is) {
    return double(std::count_if(frames.begin(), frames.end(), is)) / double(frames.size());
  };
  const auto away = [](const face_frame& x) { return std::abs(gaze_yaw(x)) > 0.1; };
  const auto up = [](const face_frame& x) { return gaze_pitch(x) < -0.06; };
  const auto neutral = live(11, 30, 1'200, false);
  const auto averted = live(11, 30, 1'200, false, thinking);
  CHECK(share(averted, away) > 2 * share(neutral, away));
  CHECK(share(averted, away) < 0.8);
  CHECK(share(averted, up) > 0.2);
  CHECK(share(averted, [](const face_frame& x) { return gaze_yaw(x) > 0.1; }) > 0.1);
  CHECK(share(averted, [](const face_frame& x) { return gaze_yaw(x) < -0.1; }) > 0.1);
}

TEST_CASE("a mood turns the head and moves it more or less, and comes and goes smoothly") {
  mood inclined;
  inclined.head.roll = 0.08f;
  inclined.head_motion = 0.5f;
  inclined.head_tempo = 0.5f;
  life alive{3, 30};
  face_frame before;
  alive.live(before, false);
  for (int i = 0; i < 600; ++i) {
    face_frame frame;
    alive.live(frame, false, i / 150 % 2 == 0 ? inclined : mood{});
    REQUIRE(std::abs(frame.head.roll - before.head.roll) < 0.016f);
    if (i == 149) CHECK(frame.head.roll == Approx(0.08).margin(0.015));
    if (i == 299) CHECK(frame.head.roll == Approx(0).margin(0.02));
    before = frame;
  }
  CHECK(swing(live(3, 30, 300, true, inclined)) < 0.65 * swing(live(3, 30, 300, true)));
}
