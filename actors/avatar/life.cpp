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

double life::noise(std::uint64_t which, double hertz) const noexcept {
  const auto position = seconds_ * hertz;
  const auto step = static_cast<std::uint64_t>(position);
  const auto a = chance(which, step);
  const auto b = chance(which, step + 1);
  return 2 * (a + (b - a) * smooth(position - static_cast<double>(step))) - 1;
}

float life::blink() noexcept {
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
  const auto pause = 1.2 + 5.4 * chance(blink_pause, blinks_);
  blink_at_ = seconds_ + pause * (1 - 0.25 * liveliness_);
  return 0;
}

void life::look(face_frame& frame, float lids) noexcept {
  if (seconds_ >= look_at_) {
    ++looks_;
    const bool away = chance(look_away, looks_) < 0.22 + 0.10 * liveliness_;
    const double reach = away ? 0.22 : 0.03;
    target_yaw_ = reach * (2 * chance(look_yaw, looks_) - 1);
    target_pitch_ = 0.6 * reach * (2 * chance(look_pitch, looks_) - 1);
    look_at_ = seconds_ + (away ? 0.4 : 0.9) + (away ? 0.8 : 2.4) * chance(look_pause, looks_);
  }
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

void life::live(face_frame& frame, bool speaking) noexcept {
  liveliness_ += ((speaking ? 1.0 : 0.0) - liveliness_) * std::min(1.0, 2.5 * seconds_per_frame_);
  const auto more = 1 + 0.8 * liveliness_;
  frame.head.yaw = static_cast<float>(
      more * (0.030 * noise(head_yaw, 0.35) + 0.008 * noise(head_yaw + 100, 1.1)));
  frame.head.pitch =
      static_cast<float>(more * (0.018 * noise(head_pitch, 0.45) +
                                 0.010 * liveliness_ * noise(head_pitch + 100, 1.6)));
  frame.head.roll = static_cast<float>(more * 0.014 * noise(head_roll, 0.3));
  look(frame, blink());
  const auto lift = std::max(0.0, noise(brows, 0.6)) * (0.04 + 0.14 * liveliness_);
  frame[blendshape::browInnerUp] = static_cast<float>(lift);
  frame[blendshape::browOuterUpLeft] = frame[blendshape::browOuterUpRight] =
      static_cast<float>(0.6 * lift);
  seconds_ += seconds_per_frame_;
}

}  // namespace dhr
