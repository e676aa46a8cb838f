#pragma once
// What crosses the threshold of the emotion room.

#include <cstdint>
#include <string>
#include <vector>

#include "actors/ears/prosody.hpp"
#include "actors/emotion/feeling_map.hpp"
#include "actors/emotion/labels.hpp"
#include "actors/emotion/types.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/base/ids.hpp"
#include "runtime/base/result.hpp"

namespace dhr {

// ---- session -> its emotion child

// A clause of the answer, in order. Answered by `felt`, in the order of the indices within a turn,
// or not at all: when it is cancelled, or when nothing can be read from it now.
struct feel {
  turn_id turn;
  std::uint32_t index = 0;  // of the clause within the turn
  std::string text;
  friend bool operator==(const feel&, const feel&) = default;
};

// What the user wrote or said, before the turn that answers it. Of two that follow each other fast
// only the later one may be read. Answered by `mood_known`, if the mood changes.
struct feel_user {
  turn_id turn;         // that turn, or an earlier one
  std::string item_id;  // of the words; the same words may come again, and others under this id
  std::string text;
  friend bool operator==(const feel_user&, const feel_user&) = default;
};

// How the words of this item were said. May come before them or after.
struct feel_melody {
  std::string item_id;
  prosody melody;
  friend bool operator==(const feel_melody&, const feel_melody&) = default;
};

// What the answer has to tell of the user's money: see feeling_context::outcome. Holds for the
// clauses of this turn that are read from now on.
struct outcome_known {
  turn_id turn;
  double outcome = 0;
  friend bool operator==(const outcome_known&, const outcome_known&) = default;
};

// On to the reader as well: forget what waits of this conversation up to this turn.
struct cancel_feeling {
  turn_id turn;
  friend bool operator==(const cancel_feeling&, const cancel_feeling&) = default;
};

// What the user feels. Told by the child when it changes; and to a new child by the session, in
// whose memory it is.
struct mood_known {
  feelings mood;
  friend bool operator==(const mood_known&, const mood_known&) = default;
};

// ---- emotion child -> session
struct felt {
  turn_id turn;
  std::uint32_t index = 0;
  feelings weights;                // what is felt when it is said
  feelings raw;                    // what the clause itself expresses
  face_emotions face;              // the same for Audio2Face
  label_scores scores;             // as they were read
  std::vector<std::string> rules;  // that made `weights` of `raw`: see adjustments.hpp
  // Of the turn's sound, where the clause begins; the session knows it and tells its client.
  std::int64_t first_sample = 0;
  // The face has these weights from there on. Not so where they came when the clause's face was
  // made already, or where no face was asked for. The session knows this too.
  bool shown = false;
  friend bool operator==(const felt&, const felt&) = default;
};

// ---- emotion child -> reader, the device worker

// Answered by exactly one of the next two, in order for each conversation.
struct read_emotion {
  turn_id turn;
  std::uint32_t index = 0;  // of the clause; 0 goes before all others' later ones
  std::string text;
  milliseconds budget{2'000};
  friend bool operator==(const read_emotion&, const read_emotion&) = default;
};
// The index of what the user said.
inline constexpr std::uint32_t users_words = 0xffff'ffff;

struct emotion_read {
  turn_id turn;
  std::uint32_t index = 0;
  label_scores scores;
  label_scores thresholds = evenly(0.5f);  // of the net that read it: see strengths_of
  friend bool operator==(const emotion_read&, const emotion_read&) = default;
};

// errc::cancelled, errc::deadline, errc::overloaded with a time to come again, errc::failed,
// errc::unavailable while no device can read.
struct reading_failed {
  turn_id turn;
  std::uint32_t index = 0;
  error reason;
};

}  // namespace dhr
