#pragma once
// A conversation's emotion child: has each clause read and says what is felt when it is spoken.
// Never blocks: a clause that cannot be read in time is not answered, and the face stays with what
// it felt before.

#include "actors/emotion/actors.hpp"
#include "actors/emotion/adjustments.hpp"

namespace dhr {

struct emotion_options {
  feeling_limits limits;
  milliseconds budget{2'000};  // a reading that is later is of no use
};

// Lives on: the scheduler. Ends with its session.
[[nodiscard]] emotion_actor spawn_emotion(caf::actor_system& system, emotion_client session,
                                          emotion_reader_actor reader, emotion_options options);

}  // namespace dhr
