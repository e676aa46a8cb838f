#include "actors/avatar/face_layers.hpp"

#include <algorithm>

namespace dhr {
namespace {

// While speaking; more makes E of every vowel.
constexpr float corner_max = 0.35f;
// How much of that a fully rounded mouth takes away: one cannot smile an O.
constexpr float rounding_takes = 0.7f;
// A lid that falls takes the wide eye with it, and half of what the lower lid does.
constexpr float squint_taken = 0.5f;

enum class region : std::uint8_t { upper, lids, wide, squint, gaze, corner, mouth };

constexpr region region_of(blendshape shape) {
  using enum blendshape;
  switch (shape) {
    case eyeBlinkLeft:
    case eyeBlinkRight:
      return region::lids;
    case eyeWideLeft:
    case eyeWideRight:
      return region::wide;
    case eyeSquintLeft:
    case eyeSquintRight:
      return region::squint;
    case mouthSmileLeft:
    case mouthSmileRight:
    case mouthFrownLeft:
    case mouthFrownRight:
      return region::corner;
    case tongueOut:
    case cheekPuff:
      return region::mouth;
    default:
      break;
  }
  if (shape >= eyeBlinkLeft && shape <= eyeWideRight) return region::gaze;
  if (shape >= jawForward && shape <= mouthUpperUpRight) return region::mouth;
  return region::upper;
}

// Both are there: of what one leaves, the other takes its part.
float both(float a, float b) { return a + b - a * b; }

}  // namespace

void add_expression(const face_pose& pose, const speech_hold& hold, face_frame& frame) noexcept {
  const auto round = std::max(frame[blendshape::mouthFunnel], frame[blendshape::mouthPucker]);
  const auto corner_limit = corner_max * (1 - rounding_takes * std::min(round, 1.0f));
  const auto free = (1 - hold.presence) * (1 - hold.contact);
  const auto lids = std::max(frame[blendshape::eyeBlinkLeft], frame[blendshape::eyeBlinkRight]);
  for (std::size_t i = 0; i < blendshape_count; ++i) {
    const auto wanted = pose[i];
    if (wanted == 0) continue;
    auto& weight = frame.weights[i];
    switch (region_of(static_cast<blendshape>(i))) {
      case region::upper:
      case region::lids:
        weight = both(weight, wanted);
        break;
      case region::wide:
        weight = both(weight, wanted * (1 - lids));
        break;
      case region::squint:
        weight = both(weight, wanted * (1 - squint_taken * lids));
        break;
      case region::corner: {
        const auto held = std::min(wanted, corner_limit);
        weight = both(weight, hold.presence * held + (1 - hold.presence) * wanted);
        break;
      }
      case region::mouth:
        weight = std::min(weight + free * wanted, 1.0f);
        break;
      case region::gaze:
        break;
    }
  }
}

}  // namespace dhr
