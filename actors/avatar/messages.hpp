#pragma once
// What crosses the threshold of the avatar room.

#include <cstdint>
#include <vector>

#include "actors/avatar/types.hpp"
#include "actors/emotion/types.hpp"
#include "actors/speech/types.hpp"
#include "runtime/base/ids.hpp"
#include "runtime/base/shared_bytes.hpp"

namespace dhr {

// From a session to its avatar child, one per clause in order. Answered by one `frames_ready`.
// A turn number higher than the one before begins a new turn (its sound starts at sample 0); a
// lower one is stale and not answered.
struct animate {
  turn_id turn;
  std::uint32_t index = 0;
  std::int64_t first_sample = 0;  // where the clause's sound begins in the turn's sound
  std::int64_t sample_count = 0;
  std::vector<phoneme_span> phonemes;  // as the voice gave them, counted from the clause's start
  bool last = false;  // no clause follows: the frames of the return to rest come with these
  feelings feeling;   // of the clause; with `last` and no sound it is not looked at
  friend bool operator==(const animate&, const animate&) = default;
};

// The frames that are certain now: [first_frame, first_frame + frame_count) of the turn. With
// `last` they go on past the end of the sound until the face is at rest.
struct frames_ready {
  turn_id turn;
  std::uint32_t index = 0;
  std::int64_t first_frame = 0;
  shared_bytes frames;  // face_frame values (52 weights and the head's three angles, float32)
  std::vector<viseme_mark> visemes;
  friend bool operator==(const frames_ready&, const frames_ready&) = default;
};

// From a session to its avatar child: the face rests and somebody watches; answered by `idle_ready`
// with the next `frame_count` frames of the resting face's life (blinks, gaze, small head motion).
struct idle_request {
  std::uint32_t frame_count = 30;
  feelings mood;  // what the face shows at rest; turns end in it too, until another one comes
  friend bool operator==(const idle_request&, const idle_request&) = default;
};

struct idle_ready {
  std::int64_t first_frame = 0;  // grows by what was sent; its clock is the conversation's own
  shared_bytes frames;
  friend bool operator==(const idle_ready&, const idle_ready&) = default;
};

}  // namespace dhr
