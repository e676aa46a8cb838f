#pragma once
// The pure door of the room: phonemes with their samples go in, whole frames come out.
//
// Frame i of a turn covers samples [i * rate / fps, (i + 1) * rate / fps) of the turn's sound by
// integer arithmetic, whatever the length of the clauses and however long the turn, so the face
// cannot drift from the voice. It shows the moment in the middle of what it covers. A frame comes
// out when all the sound that it covers is known; the one that straddles two clauses waits for the
// second.
//
// Four layers make a face: the lips say, the expression of what is felt lies over them where speech
// leaves room for it (face_layers.hpp), life moves eyes and head in the mood of it.

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "actors/avatar/expression_player.hpp"
#include "actors/avatar/expression_shelf.hpp"
#include "actors/avatar/life.hpp"
#include "actors/avatar/lips.hpp"
#include "actors/avatar/speech_presence.hpp"
#include "actors/avatar/types.hpp"
#include "actors/emotion/types.hpp"
#include "actors/speech/types.hpp"

namespace dhr {

struct face_config {
  int fps = 30;               // 10 to 120
  double lip_strength = 1.0;  // 0.2 to 1.5
  std::uint64_t seed = 1;     // of blinks, gaze and head motion
  // The share of the way to another expression per frame at 30 frames/s, 0.01 to 1.
  double emotion_blend_speed = 0.3;
  // Where the expressions are; without one the shipped ones. The face takes what the shelf holds
  // whenever it is called.
  std::shared_ptr<const expression_shelf> expressions;
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
  explicit face_animator(face_config config);

  // A new turn: its sound begins at sample 0.
  void begin_turn() noexcept;

  // The next clause of the turn: `sample_count` samples of sound from `first_sample` on, which must
  // be where the sound before ended. The phonemes' times count from the clause's start. It is said
  // with this feeling from its first sample on, to the next clause or the end.
  [[nodiscard]] animation append(std::int64_t first_sample, std::int64_t sample_count,
                                 std::span<const phoneme_span> phonemes,
                                 const feelings& feeling = {});

  // No clause follows: the frames that are left and those past the sound in which the face comes to
  // rest: the mouth in a third of a second, a feeling in 1.2 seconds at most. At rest it shows the
  // mood that `idle` was told last.
  [[nodiscard]] animation finish();

  // The next frames of the resting face in this mood. They count from the animator's first frame.
  [[nodiscard]] animation idle(std::int64_t count, const feelings& mood = {});

 private:
  [[nodiscard]] std::int64_t first_sample_of(std::int64_t frame) const noexcept {
    return frame * speech_sample_rate / config_.fps;
  }
  [[nodiscard]] double moment_of(std::int64_t sample) const noexcept {
    return turn_began_s_ + static_cast<double>(sample) / static_cast<double>(speech_sample_rate);
  }
  void take_expressions();
  void come_to_rest(double at_s, double within_s);
  void add_frames_until(std::int64_t frame, animation& out);
  void show(double moment_s, bool speaking, float presence, const lip_contacts& touch,
            face_frame& face);

  face_config config_;
  lips lips_;
  life life_;
  speech_presence speech_;
  expression_player player_;
  feelings resting_mood_;
  double shown_s_ = 0;       // the last moment shown, of a clock of the animator's own
  double turn_began_s_ = 0;  // on the same clock
  double rest_s_ = 0;        // in which the face comes to rest after the turn
  float presence_ = 0;       // of speech, as it was shown
  bool in_turn_ = false;
  std::int64_t next_frame_ = 0;  // of the turn
  std::int64_t sound_end_ = 0;   // samples of the turn's sound that are known
  std::int64_t idle_frame_ = 0;
  std::uint8_t last_viseme_ = 0;
};

}  // namespace dhr
