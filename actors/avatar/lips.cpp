#include "actors/avatar/lips.hpp"

#include <algorithm>
#include <cmath>

namespace dhr {
namespace {

constexpr double rate = static_cast<double>(speech_sample_rate);
constexpr double samples_of_ms(double ms) { return ms * rate / 1'000; }

// A segment pulls no more than this many widths away: its dominance is below e^-9 there.
constexpr double reach_widths = 3;
// The lips approach and leave a closure or contact within this time.
constexpr double flank = samples_of_ms(65);
// A difference from what was shown has faded after this time.
constexpr double fade = samples_of_ms(80);
// In a pause the jaw comes to rest, and leaves it, this far from the pause's rims.
constexpr double rest_rim = samples_of_ms(80);
// Where a diphthong has its open part and its glide, as shares of its length. The jaw is widest
// close to the middle; the lips begin the glide earlier.
constexpr double jaw_open_at = 0.45;
constexpr double jaw_glide_at = 0.88;
constexpr double lips_turn_at = 0.5;

float smooth(double x) {
  x = std::clamp(x, 0.0, 1.0);
  return static_cast<float>(x * x * (3 - 2 * x));
}

// Short and unstressed vowels do not reach their targets.
float vowel_scale(double length, bool stressed) {
  const auto reached = std::clamp(length / samples_of_ms(90), 0.55, 1.0);
  return static_cast<float>(reached * (stressed ? 1.1 : 0.85));
}

// How much of its own jaw a phoneme gives up to its neighbours.
float jaw_yield(viseme v, double length) {
  if (v == viseme::sil) return static_cast<float>(0.6 * (1 - length / (2 * rest_rim)));
  double own = 0.4;  // made inside the mouth: the jaw does as its neighbours do
  if (is_vowel(v)) own = 0.12;
  if (v == viseme::PP || v == viseme::FF || v == viseme::SS || v == viseme::CH) own = 0.1;
  const auto haste = std::clamp(1 - length / samples_of_ms(70), 0.0, 1.0);
  return static_cast<float>(own + (1 - own) * 0.6 * haste);
}

}  // namespace

// Shapes: the TalkingHead viseme table (MIT) brought to this head, on which jawOpen 1 parts the
// lips by 31 mm; open vowels of ordinary speech part them by about 10 mm.
lips::controls lips::targets_of(viseme v) noexcept {
  //               jaw   funnel pucker spread lower  upper  tongue
  switch (v) {
    case viseme::sil:
      return {0.00f, 0.00f, 0.00f, 0.00f, 0.00f, 0.00f, 0.00f};
    case viseme::PP:
      return {0.04f, 0.00f, 0.05f, 0.00f, 0.00f, 0.00f, 0.00f};
    case viseme::FF:
      return {0.04f, 0.00f, 0.00f, 0.10f, 0.00f, 0.05f, 0.00f};
    case viseme::TH:
      return {0.12f, 0.00f, 0.00f, 0.12f, 0.10f, 0.06f, 0.32f};
    case viseme::DD:
      return {0.10f, 0.00f, 0.00f, 0.14f, 0.16f, 0.06f, 0.00f};
    case viseme::kk:
      return {0.15f, 0.04f, 0.00f, 0.08f, 0.14f, 0.06f, 0.00f};
    case viseme::CH:
      return {0.08f, 0.42f, 0.26f, 0.00f, 0.16f, 0.12f, 0.00f};
    case viseme::SS:
      return {0.05f, 0.00f, 0.00f, 0.32f, 0.22f, 0.14f, 0.00f};
    case viseme::nn:
      return {0.11f, 0.00f, 0.00f, 0.12f, 0.14f, 0.05f, 0.08f};
    case viseme::RR:
      return {0.12f, 0.16f, 0.32f, 0.00f, 0.08f, 0.06f, 0.00f};
    case viseme::aa:
      return {0.35f, 0.00f, 0.00f, 0.10f, 0.18f, 0.10f, 0.00f};
    case viseme::E:
      return {0.23f, 0.00f, 0.00f, 0.26f, 0.16f, 0.08f, 0.00f};
    case viseme::I:
      return {0.14f, 0.00f, 0.00f, 0.42f, 0.16f, 0.08f, 0.00f};
    case viseme::O:
      return {0.26f, 0.30f, 0.36f, 0.00f, 0.06f, 0.04f, 0.00f};
    case viseme::U:
      return {0.12f, 0.26f, 0.62f, 0.00f, 0.00f, 0.00f, 0.00f};
  }
  return {};
}

void lips::clear() noexcept {
  jaw_.clear();
  segments_.clear();
  sound_end_ = shown_at_ = difference_at_ = 0;
  difference_ = {};
}

void lips::add(std::int64_t first_sample, std::span<const phoneme_span> phonemes) {
  const auto shown = smoothed(shown_at_);
  for (const auto& phoneme : phonemes) {
    const span_of_sound sound{static_cast<double>(first_sample + phoneme.first_sample),
                              static_cast<double>(first_sample + phoneme.last_sample),
                              phoneme.stressed};
    if (sound.end <= sound.begin) continue;
    if (sound.begin > sound_end_) add_phoneme({}, {sound_end_, sound.begin, false});
    add_phoneme(viseme_of(phoneme.ipa), sound);
    sound_end_ = sound.end;
  }
  const auto now = blend(shown_at_);
  for (int i = 0; i < control_count; ++i) difference_[i] = shown[i] - now[i];
  difference_at_ = shown_at_;
}

void lips::add_phoneme(const viseme_shape& shape, const span_of_sound& sound) {
  add_jaw_keys(shape, sound);
  if (!shape.is_glide()) return add_segment(shape.first, sound);
  const auto turn = sound.at(lips_turn_at);
  add_segment(shape.first, {sound.begin, turn, sound.stressed});
  add_segment(shape.second, {turn, sound.end, sound.stressed});
}

void lips::add_jaw_keys(const viseme_shape& shape, const span_of_sound& sound) {
  const auto length = sound.end - sound.begin;
  const auto key = [&](viseme v, double sample) {
    const auto scale = is_vowel(v) ? vowel_scale(length, sound.stressed) : 1.0f;
    jaw_.add({sample, targets_of(v)[jaw] * scale, jaw_yield(v, length)});
  };
  if (shape.is_glide()) {
    key(shape.first, sound.at(jaw_open_at));
    key(shape.second, sound.at(jaw_glide_at));
  } else if (shape.first == viseme::sil && length > 2 * rest_rim) {
    jaw_.add({sound.begin + rest_rim, 0, 0});
    jaw_.add({sound.end - rest_rim, 0, 0});
  } else if (shape.first == viseme::FF) {
    // The jaw stays up while the teeth are on the lip.
    key(shape.first, sound.at(0.3));
    key(shape.first, sound.at(0.7));
  } else {
    key(shape.first, sound.at(0.5));
  }
}

void lips::add_segment(viseme v, const span_of_sound& sound) {
  const auto length = sound.end - sound.begin;
  segment s{};
  s.middle = sound.at(0.5);
  s.target = targets_of(v);
  s.dominance = 1;
  if (is_vowel(v)) {
    const auto scale = vowel_scale(length, sound.stressed);
    for (auto& target : s.target) target *= scale;
    s.dominance = sound.stressed ? 1.4f : 1.1f;
  } else if (v == viseme::sil) {
    s.dominance = 0.9f;
  } else if (v == viseme::kk || v == viseme::nn || v == viseme::DD) {
    s.dominance = 0.6f;  // made inside the mouth: the lips do as their neighbours do
  }
  // At a phoneme's rim its dominance has fallen to e^-0.44; a long silence reaches as far as its
  // rim.
  s.width = std::clamp(length * 0.75, samples_of_ms(50), samples_of_ms(400));
  s.touch = v == viseme::PP ? contact::lips : v == viseme::FF ? contact::teeth : contact::none;
  const auto half = std::max(length, rate / config_.fps) / 2;
  s.touch_begin = s.middle - half;
  s.touch_end = s.middle + half;
  s.approach = std::clamp(s.touch_begin - shown_at_, 1.0, flank);
  segments_.push_back(s);
}

void lips::forget_before(double sample) {
  jaw_.forget_before(sample);
  while (!segments_.empty()) {
    const auto& s = segments_.front();
    if (std::max(s.touch_end + flank, s.middle + reach_widths * s.width) > sample) return;
    segments_.pop_front();
  }
}

lips::controls lips::blend(double sample) const noexcept {
  controls sum{};
  // A little pull towards rest everywhere, so that the lips are at rest where nothing sounds.
  float total = 0.02f;
  for (const auto& s : segments_) {
    const auto distance = std::abs(sample - s.middle) / s.width;
    if (distance > reach_widths) continue;
    const auto weight = s.dominance * static_cast<float>(std::exp(-distance * distance));
    total += weight;
    for (int i = funnel; i < control_count; ++i) sum[i] += weight * s.target[i];
  }
  const auto strength = static_cast<float>(config_.strength);
  controls mouth{};
  mouth[jaw] = std::min(jaw_.at(sample) * strength, 0.7f);
  for (int i = funnel; i < control_count; ++i) {
    mouth[i] = std::min(sum[i] / total * strength, 1.0f);
  }
  return mouth;
}

lips::controls lips::smoothed(double sample) const noexcept {
  auto mouth = blend(sample);
  const auto left = smooth(1 - (sample - difference_at_) / fade);
  if (left == 0) return mouth;
  for (int i = 0; i < control_count; ++i) {
    mouth[i] = std::clamp(mouth[i] + left * difference_[i], 0.0f, 1.0f);
  }
  return mouth;
}

lip_contacts lips::contacts_at(double sample) const noexcept {
  lip_contacts touch;
  for (const auto& s : segments_) {
    if (s.touch == contact::none) continue;
    const auto outside =
        std::max({(s.touch_begin - sample) / s.approach, (sample - s.touch_end) / flank, 0.0});
    auto& reached = s.touch == contact::lips ? touch.closed : touch.bitten;
    reached = std::max(reached, smooth(1 - outside));
  }
  touch.bitten *= 1 - touch.closed * touch.closed * touch.closed;
  return touch;
}

lip_contacts lips::shape(std::int64_t sample, face_frame& frame) {
  shown_at_ = static_cast<double>(sample);
  const auto touch = contacts_at(shown_at_);
  write(smoothed(shown_at_), touch, frame);
  forget_before(shown_at_);
  return touch;
}

// A contact takes away what parts the lips.
void lips::write(const controls& mouth, const lip_contacts& touch, face_frame& frame) noexcept {
  const auto [closed, bitten] = touch;
  const auto open = (1 - closed) * (1 - bitten);
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
  frame[blendshape::mouthRollLower] = 0.22f * closed + 0.70f * bitten;
  frame[blendshape::mouthRollUpper] = 0.18f * closed;
  frame[blendshape::tongueOut] = mouth[tongue] * open;
}

}  // namespace dhr
