#pragma once
// The face as numbers: the 52 ARKit blendshapes in ARKit's canonical order (which is
// Audio2Face-3D's order), and the turn of the head, which the 52 do not hold.

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace dhr {

inline constexpr std::size_t blendshape_count = 52;

enum class blendshape : std::uint8_t {
  eyeBlinkLeft,
  eyeLookDownLeft,
  eyeLookInLeft,
  eyeLookOutLeft,
  eyeLookUpLeft,
  eyeSquintLeft,
  eyeWideLeft,
  eyeBlinkRight,
  eyeLookDownRight,
  eyeLookInRight,
  eyeLookOutRight,
  eyeLookUpRight,
  eyeSquintRight,
  eyeWideRight,
  jawForward,
  jawLeft,
  jawRight,
  jawOpen,
  mouthClose,
  mouthFunnel,
  mouthPucker,
  mouthLeft,
  mouthRight,
  mouthSmileLeft,
  mouthSmileRight,
  mouthFrownLeft,
  mouthFrownRight,
  mouthDimpleLeft,
  mouthDimpleRight,
  mouthStretchLeft,
  mouthStretchRight,
  mouthRollLower,
  mouthRollUpper,
  mouthShrugLower,
  mouthShrugUpper,
  mouthPressLeft,
  mouthPressRight,
  mouthLowerDownLeft,
  mouthLowerDownRight,
  mouthUpperUpLeft,
  mouthUpperUpRight,
  browDownLeft,
  browDownRight,
  browInnerUp,
  browOuterUpLeft,
  browOuterUpRight,
  cheekPuff,
  cheekSquintLeft,
  cheekSquintRight,
  noseSneerLeft,
  noseSneerRight,
  tongueOut,
};

// blendshape_names[i] is the name of blendshape{i}.
extern const std::array<std::string_view, blendshape_count> blendshape_names;

// Radians; yaw to the person's left, pitch down and roll to the person's left shoulder are
// positive.
struct head_pose {
  float yaw = 0;
  float pitch = 0;
  float roll = 0;
  friend bool operator==(const head_pose&, const head_pose&) = default;
};

struct face_frame {
  std::array<float, blendshape_count> weights{};  // each in [0, 1]
  head_pose head;

  [[nodiscard]] float operator[](blendshape shape) const noexcept {
    return weights[static_cast<std::size_t>(shape)];
  }
  [[nodiscard]] float& operator[](blendshape shape) noexcept {
    return weights[static_cast<std::size_t>(shape)];
  }
  friend bool operator==(const face_frame&, const face_frame&) = default;
};
static_assert(sizeof(face_frame) == (blendshape_count + 3) * sizeof(float));

// The onset of a viseme in the Azure speech set (0 to 21; 0 is silence).
struct viseme_mark {
  std::int64_t sample = 0;  // of the turn's sound
  std::uint8_t id = 0;
  friend bool operator==(const viseme_mark&, const viseme_mark&) = default;
};

}  // namespace dhr
