#pragma once
// What a face does without saying anything: it blinks, looks here and there but mostly at the
// listener, and its head is never quite still. What it feels changes how often and how far. A
// function of the seed, of how many frames have passed and of the moods in them, so that tests
// repeat and a conversation's face goes on smoothly through silence and speech.

#include <cstdint>

#include "actors/avatar/expression_library.hpp"
#include "actors/avatar/types.hpp"

namespace dhr {

// Not thread-safe.
class life {
 public:
  life(std::uint64_t seed, int fps) noexcept;

  // Adds the next frame's eyes, brows and head to `frame`. `speaking` moves the head more. The head
  // takes up a mood's bearing in about half a second, the eyes with the next look.
  void live(face_frame& frame, bool speaking, const mood& feeling = {}) noexcept;

 private:
  // A uniform number in [0, 1) that depends on the seed, the kind and the count alone.
  [[nodiscard]] double chance(std::uint64_t kind, std::uint64_t count) const noexcept;
  // Smooth noise in [-1, 1] with about one change per cycle.
  [[nodiscard]] double noise(std::uint64_t kind, double cycles) const noexcept;
  [[nodiscard]] float blink(const mood& feeling) noexcept;
  void turn_head(face_frame& frame, const mood& feeling) noexcept;
  void choose_target(const mood& feeling) noexcept;
  void look(face_frame& frame, float lids) noexcept;

  std::uint64_t seed_;
  double seconds_per_frame_;
  double seconds_ = 0;
  double head_seconds_ = 0;  // of the head's own motion, whose tempo changes
  double liveliness_ = 0;    // 0 at rest, 1 while speaking, eased
  std::uint64_t blinks_ = 0;
  double blink_at_ = 0;
  std::uint64_t looks_ = 0;
  double look_at_ = 0;
  double gaze_yaw_ = 0;  // radians, of the eyes in the world
  double gaze_pitch_ = 0;
  double target_yaw_ = 0;
  double target_pitch_ = 0;
  head_pose bearing_;  // what the mood adds to the head, eased
};

}  // namespace dhr
