#pragma once
// The pure door of the room: phonemes with their samples go in, whole frames come out.
//
// Frame i of a turn covers samples [i * rate / fps, (i + 1) * rate / fps) of the turn's sound by
// integer arithmetic, whatever the length of the clauses and however long the turn, so the face
// cannot drift from the voice. It shows the moment in the middle of what it covers. A frame comes
// out when all the sound that it covers is known; the one that straddles two clauses waits for the
// second.

#include <cstdint>
#include <span>
#include <vector>

#include "actors/avatar/life.hpp"
#include "actors/avatar/lips.hpp"
#include "actors/avatar/types.hpp"
#include "actors/speech/types.hpp"

namespace dhr {

struct face_config {
  int fps = 30;               // 10 to 120
  double lip_strength = 1.0;  // 0.2 to 1.5
  std::uint64_t seed = 1;     // of blinks, gaze and head motion
};

// Frames that are certain, and the viseme onsets of the clause that brought them.
struct animation {
  std::int64_t first_frame = 0;
  std::vector<face_frame> frames;
  std::vector<viseme_mark> visemes;
};

// Not thread-safe. One per conversation: life goes on from frame to frame through turns and
// idleness.
class face_animator {
 public:
  explicit face_animator(face_config config) noexcept;

  // A new turn: its sound begins at sample 0.
  void begin_turn() noexcept;

  // The next clause of the turn: `sample_count` samples of sound from `first_sample` on, which must
  // be where the sound before ended. The phonemes' times count from the clause's start.
  [[nodiscard]] animation append(std::int64_t first_sample, std::int64_t sample_count,
                                 std::span<const phoneme_span> phonemes);

  // No clause follows: the frames that are left and those past the sound in which the face comes to
  // rest.
  [[nodiscard]] animation finish();

  // The next frames of the resting face. They count from the animator's first frame.
  [[nodiscard]] animation idle(std::int64_t count);

 private:
  [[nodiscard]] std::int64_t first_sample_of(std::int64_t frame) const noexcept {
    return frame * speech_sample_rate / config_.fps;
  }
  void add_frames_until(std::int64_t frame, animation& out);

  face_config config_;
  lips lips_;
  life life_;
  std::int64_t next_frame_ = 0;  // of the turn
  std::int64_t sound_end_ = 0;   // samples of the turn's sound that are known
  std::int64_t idle_frame_ = 0;
  std::uint8_t last_viseme_ = 0;
};

}  // namespace dhr
