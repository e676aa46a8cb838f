#include "actors/avatar/life.hpp"

#include <algorithm>
#include <cmath>

namespace dhr {
namespace {

enum kind : std::uint64_t {
  blink_pause = 1,
  blink_hold,
  look_pause,
  look_yaw,
  look_pitch,
  look_away,
  head_yaw,
  head_pitch,
  head_roll,
  brows
};

constexpr double close_s = 0.05;  // a lid falls in 50 ms and rises in 100 ms
constexpr double open_s = 0.10;

// How far the eyes turn at weight 1 of a look shape.
constexpr double radians_per_weight = 0.5;

// Nobody looks away always.
constexpr double looks_away_max = 0.85;

// How slowly the head takes up a mood's bearing: it is heavier than the face.
constexpr double bearing_s = 0.3;

double smooth(double x) { return x * x * (3 - 2 * x); }

}  // namespace

life::life(std::uint64_t seed, int fps) noexcept : seed_{seed}, seconds_per_frame_{1.0 / fps} {
  blink_at_ = 0.8 + 2 * chance(blink_pause, 0);
  look_at_ = 0.5 + chance(look_pause, 0);
}

// SplitMix64 (Steele, Lea and Flood 2014) of the seed and two counters: the same on every machine.
double life::chance(std::uint64_t which, std::uint64_t count) const noexcept {
  auto x = seed_ + 0x9e3779b97f4a7c15u * (which * 1'000'003u + count + 1);
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  x ^= x >> 31;
  return static_cast<double>(x >> 11) * 0x1.0p-53;
}

double life::noise(std::uint64_t which, double cycles) const noexcept {
  const auto step = static_cast<std::uint64_t>(cycles);
  const auto a = chance(which, step);
  const auto b = chance(which, step + 1);
  return 2 * (a + (b - a) * smooth(cycles - static_cast<double>(step))) - 1;
}

float life::blink(const mood& feeling) noexcept {
  const auto hold = 0.10 + 0.08 * chance(blink_hold, blinks_);
  const auto since = seconds_ - blink_at_;
  if (since < 0) return 0;
  if (since < close_s) return static_cast<float>(smooth(since / close_s));
  if (since < close_s + hold) return 1;
  if (since < close_s + hold + open_s) {
    return static_cast<float>(1 - smooth((since - close_s - hold) / open_s));
  }
  ++blinks_;
  // Who speaks blinks more often.
  const auto pause = (1.2 + 5.4 * chance(blink_pause, blinks_)) / double(feeling.blinks);
  blink_at_ = seconds_ + pause * (1 - 0.25 * liveliness_);
  return 0;
}

void life::choose_target(const mood& feeling) noexcept {
  ++looks_;
  const auto often = (0.22 + 0.10 * liveliness_) * double(feeling.looks_away);
  const bool away = chance(look_away, looks_) < std::min(often, looks_away_max);
  const double reach = away ? 0.22 : 0.03;
  target_yaw_ = reach * (2 * chance(look_yaw, looks_) - 1);
  target_pitch_ = 0.6 * reach * (2 * chance(look_pitch, looks_) - 1);
  if (away) {
    target_yaw_ += std::copysign(double(feeling.gaze_aside), target_yaw_);
    target_pitch_ -= double(feeling.gaze_up);
  }
  const auto length = (away ? 0.4 : 0.9) + (away ? 0.8 : 2.4) * chance(look_pause, looks_);
  look_at_ = seconds_ + length * double(feeling.look_length);
}

void life::look(face_frame& frame, float lids) noexcept {
  // A saccade is over within about 50 ms.
  const auto share = std::min(1.0, seconds_per_frame_ / 0.025);
  gaze_yaw_ += (target_yaw_ - gaze_yaw_) * share;
  gaze_pitch_ += (target_pitch_ - gaze_pitch_) * share;
  // The eyes turn against the head and so stay on what they look at.
  const auto yaw = (gaze_yaw_ - static_cast<double>(frame.head.yaw)) / radians_per_weight;
  const auto pitch = (gaze_pitch_ - static_cast<double>(frame.head.pitch)) / radians_per_weight;
  const auto part = [](double x) { return static_cast<float>(std::clamp(x, 0.0, 1.0)); };
  frame[blendshape::eyeLookOutLeft] = part(yaw);  // to the person's left
  frame[blendshape::eyeLookInRight] = part(yaw);
  frame[blendshape::eyeLookInLeft] = part(-yaw);
  frame[blendshape::eyeLookOutRight] = part(-yaw);
  frame[blendshape::eyeLookDownLeft] = frame[blendshape::eyeLookDownRight] = part(pitch);
  frame[blendshape::eyeLookUpLeft] = frame[blendshape::eyeLookUpRight] = part(-pitch);
  frame[blendshape::eyeBlinkLeft] = frame[blendshape::eyeBlinkRight] = lids;
}

void life::turn_head(face_frame& frame, const mood& feeling) noexcept {
  const auto more = (1 + 0.8 * liveliness_) * double(feeling.head_motion);
  const auto wave = [this](std::uint64_t which, double hertz) {
    return noise(which, head_seconds_ * hertz);
  };
  const auto yaw = more * (0.030 * wave(head_yaw, 0.35) + 0.008 * wave(head_yaw + 100, 1.1));
  const auto pitch =
      more * (0.018 * wave(head_pitch, 0.45) + 0.010 * liveliness_ * wave(head_pitch + 100, 1.6));
  const auto roll = more * 0.014 * wave(head_roll, 0.3);
  const auto share = static_cast<float>(1 - std::exp(-seconds_per_frame_ / bearing_s));
  bearing_.yaw += (feeling.head.yaw - bearing_.yaw) * share;
  bearing_.pitch += (feeling.head.pitch - bearing_.pitch) * share;
  bearing_.roll += (feeling.head.roll - bearing_.roll) * share;
  frame.head = {static_cast<float>(yaw) + bearing_.yaw, static_cast<float>(pitch) + bearing_.pitch,
                static_cast<float>(roll) + bearing_.roll};
  head_seconds_ += seconds_per_frame_ * double(feeling.head_tempo);
}

void life::live(face_frame& frame, bool speaking, const mood& feeling) noexcept {
  liveliness_ += ((speaking ? 1.0 : 0.0) - liveliness_) * std::min(1.0, 2.5 * seconds_per_frame_);
  turn_head(frame, feeling);
  if (seconds_ >= look_at_) choose_target(feeling);
  look(frame, blink(feeling));
  const auto lift = std::max(0.0, noise(brows, seconds_ * 0.6)) * (0.04 + 0.14 * liveliness_);
  frame[blendshape::browInnerUp] = static_cast<float>(lift);
  frame[blendshape::browOuterUpLeft] = frame[blendshape::browOuterUpRight] =
      static_cast<float>(0.6 * lift);
  seconds_ += seconds_per_frame_;
}

}  // namespace dhr
