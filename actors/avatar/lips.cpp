#include "actors/avatar/lips.hpp"

#include <algorithm>
#include <cmath>

namespace dhr {
namespace {

constexpr double rate = static_cast<double>(speech_sample_rate);
constexpr double samples_of_ms(double ms) { return ms * rate / 1'000; }

// How far outside its phoneme a segment still counts: its dominance is below e^-9 there.
constexpr double reach = samples_of_ms(330);
// The lips approach and leave a closure within this time.
constexpr double flank = samples_of_ms(75);
// Where a diphthong's glide has its middle, as a share of its length.
constexpr double glide_at = 0.72;

float smooth(double x) {
  x = std::clamp(x, 0.0, 1.0);
  return static_cast<float>(x * x * (3 - 2 * x));
}

}  // namespace

// Shapes: the TalkingHead viseme table (MIT) brought to this head, on which jawOpen 1 parts the
// lips by 31 mm; open vowels of ordinary speech part them by about 10 mm.
lips::targets lips::targets_of(viseme v) noexcept {
  //               jaw   funnel pucker spread lower  upper  tongue
  switch (v) {
    case viseme::sil:
      return {0.00f, 0.00f, 0.00f, 0.00f, 0.00f, 0.00f, 0.00f};
    case viseme::PP:
      return {0.05f, 0.00f, 0.05f, 0.00f, 0.00f, 0.00f, 0.00f};
    case viseme::FF:
      return {0.06f, 0.00f, 0.00f, 0.10f, 0.00f, 0.05f, 0.00f};
    case viseme::TH:
      return {0.13f, 0.00f, 0.00f, 0.12f, 0.10f, 0.06f, 0.32f};
    case viseme::DD:
      return {0.11f, 0.00f, 0.00f, 0.14f, 0.16f, 0.06f, 0.00f};
    case viseme::kk:
      return {0.16f, 0.04f, 0.00f, 0.08f, 0.14f, 0.06f, 0.00f};
    case viseme::CH:
      return {0.10f, 0.42f, 0.26f, 0.00f, 0.16f, 0.12f, 0.00f};
    case viseme::SS:
      return {0.06f, 0.00f, 0.00f, 0.32f, 0.22f, 0.14f, 0.00f};
    case viseme::nn:
      return {0.12f, 0.00f, 0.00f, 0.12f, 0.14f, 0.05f, 0.08f};
    case viseme::RR:
      return {0.13f, 0.16f, 0.32f, 0.00f, 0.08f, 0.06f, 0.00f};
    case viseme::aa:
      return {0.38f, 0.00f, 0.00f, 0.10f, 0.18f, 0.10f, 0.00f};
    case viseme::E:
      return {0.25f, 0.00f, 0.00f, 0.26f, 0.16f, 0.08f, 0.00f};
    case viseme::I:
      return {0.15f, 0.00f, 0.00f, 0.42f, 0.16f, 0.08f, 0.00f};
    case viseme::O:
      return {0.27f, 0.30f, 0.36f, 0.00f, 0.06f, 0.04f, 0.00f};
    case viseme::U:
      return {0.13f, 0.26f, 0.62f, 0.00f, 0.00f, 0.00f, 0.00f};
  }
  return {};
}

void lips::add(std::int64_t first_sample, std::span<const phoneme_span> phonemes) {
  for (const auto& phoneme : phonemes) {
    const auto begin = static_cast<double>(first_sample + phoneme.first_sample);
    const auto end = static_cast<double>(first_sample + phoneme.last_sample);
    if (end <= begin) continue;
    const auto shape = viseme_of(phoneme.ipa);
    if (shape.is_glide()) {
      // The onset has its middle at a third and dominates the jaw; the glide follows.
      const auto turn = begin + (end - begin) * (2 * glide_at - 1);
      add_segment(shape.first, begin, std::max(turn, begin + 1), phoneme.stressed);
      segments_.back().dominance *= 1.3f;
      add_segment(shape.second, std::max(turn, begin + 1), end, phoneme.stressed);
    } else {
      add_segment(shape.first, begin, end, phoneme.stressed);
    }
  }
}

void lips::add_segment(viseme v, double begin, double end, bool stressed) {
  const auto length = end - begin;
  segment s{};
  s.middle = (begin + end) / 2;
  s.target = targets_of(v);
  s.dominance = 1;
  if (is_vowel(v)) {
    // Short and unstressed vowels do not reach their targets.
    const auto reached = static_cast<float>(std::clamp(length / samples_of_ms(90), 0.55, 1.0));
    const auto scale = reached * (stressed ? 1.1f : 0.85f);
    for (auto& target : s.target) target *= scale;
    s.dominance = stressed ? 1.4f : 1.1f;
  } else if (v == viseme::sil) {
    s.dominance = 0.9f;
  } else if (v == viseme::kk || v == viseme::nn || v == viseme::DD) {
    s.dominance = 0.6f;  // made inside the mouth: the lips do as their neighbours do
  }
  // Half a phoneme away the dominance has fallen to e^-0.7; a long silence reaches as far as its
  // rim.
  s.jaw_width = std::clamp(length * 0.6, samples_of_ms(38), samples_of_ms(400));
  s.lip_width = std::clamp(length * 0.75, samples_of_ms(50), samples_of_ms(400));
  s.touch = v == viseme::PP ? contact::lips : v == viseme::FF ? contact::teeth : contact::none;
  const auto half = std::max(length, rate / config_.fps) / 2;
  s.touch_begin = s.middle - half;
  s.touch_end = s.middle + half;
  segments_.push_back(s);
}

void lips::forget_before(std::int64_t sample) {
  while (!segments_.empty()) {
    const auto& s = segments_.front();
    if (s.touch_end + reach + 3 * s.jaw_width > static_cast<double>(sample)) return;
    segments_.pop_front();
  }
}

float lips::plateau(const segment& s, double sample) noexcept {
  if (sample < s.touch_begin) return smooth(1 - (s.touch_begin - sample) / flank);
  if (sample > s.touch_end) return smooth(1 - (sample - s.touch_end) / flank);
  return 1;
}

void lips::shape(std::int64_t sample, face_frame& frame) const {
  const auto t = static_cast<double>(sample);
  targets sum{};
  // A little pull towards rest everywhere, so that the mouth is at rest where nothing sounds.
  float jaw_total = 0.02f;
  float lip_total = 0.02f;
  float closed = 0;
  float bitten = 0;
  for (const auto& s : segments_) {
    const auto distance = std::abs(t - s.middle);
    if (distance > reach + 3 * s.lip_width) continue;
    const auto at_jaw = distance / s.jaw_width;
    const auto at_lips = distance / s.lip_width;
    const auto at_middle = static_cast<float>(std::exp(-at_jaw * at_jaw));
    const auto jaw_weight = s.dominance * at_middle;
    const auto lip_weight = s.dominance * static_cast<float>(std::exp(-at_lips * at_lips));
    jaw_total += jaw_weight;
    lip_total += lip_weight;
    // The target itself is highest at the middle, so that the apex is there however unlike the
    // neighbours are.
    sum[jaw] += jaw_weight * s.target[jaw] * (0.75f + 0.25f * at_middle);
    for (int i = funnel; i < control_count; ++i) sum[i] += lip_weight * s.target[i];
    if (s.touch == contact::lips) closed = std::max(closed, plateau(s, t));
    if (s.touch == contact::teeth) bitten = std::max(bitten, plateau(s, t));
  }
  const auto strength = static_cast<float>(config_.strength);
  targets mouth{};
  mouth[jaw] = std::min(sum[jaw] / jaw_total * strength, 0.7f);
  for (int i = funnel; i < control_count; ++i) {
    mouth[i] = std::min(sum[i] / lip_total * strength, 1.0f);
  }
  bitten *= 1 - closed * closed * closed;

  // A contact narrows the jaw and takes away what parts the lips.
  const auto open = (1 - closed) * (1 - bitten);
  mouth[jaw] *= (1 - 0.45f * closed) * (1 - 0.7f * bitten);
  frame[blendshape::jawOpen] = mouth[jaw];
  frame[blendshape::mouthClose] = mouth[jaw] * closed;
  frame[blendshape::mouthFunnel] = mouth[funnel] * open;
  frame[blendshape::mouthPucker] = mouth[pucker] * (1 - 0.5f * bitten);
  const auto both = [&](blendshape left, blendshape right, float weight) {
    frame[left] = weight;
    frame[right] = weight;
  };
  both(blendshape::mouthStretchLeft, blendshape::mouthStretchRight, mouth[spread] * 0.55f);
  both(blendshape::mouthDimpleLeft, blendshape::mouthDimpleRight, mouth[spread] * 0.30f);
  both(blendshape::mouthLowerDownLeft, blendshape::mouthLowerDownRight, mouth[lower_down] * open);
  both(blendshape::mouthUpperUpLeft, blendshape::mouthUpperUpRight,
       mouth[upper_up] * open + 0.12f * bitten);
  both(blendshape::mouthPressLeft, blendshape::mouthPressRight, 0.30f * closed);
  frame[blendshape::mouthRollLower] = 0.22f * closed + 0.75f * bitten;
  frame[blendshape::mouthRollUpper] = 0.18f * closed;
  frame[blendshape::tongueOut] = mouth[tongue] * open;
}

}  // namespace dhr
