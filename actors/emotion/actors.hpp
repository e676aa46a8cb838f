#pragma once
// The emotion room's typed interfaces.

#include "actors/emotion/wire_caf.hpp"

namespace dhr {

// Where the reader's answers go: the emotion child.
using emotion_reader_client =
    caf::typed_actor<caf::reacts_to<emotion_read>, caf::reacts_to<reading_failed>>;

// The device worker that reads sentences; serves all conversations of the node.
using emotion_reader_actor =
    caf::typed_actor<caf::reacts_to<read_emotion, emotion_reader_client>,  // see read_emotion
                     caf::reacts_to<cancel_feeling>>;

// Where an emotion child's answers go: the session.
using emotion_client = caf::typed_actor<caf::reacts_to<felt>, caf::reacts_to<mood_known>>;

// The child of a session that feels.
using emotion_actor =
    emotion_reader_client::extend<caf::reacts_to<feel>, caf::reacts_to<feel_user>,
                                  caf::reacts_to<feel_melody>, caf::reacts_to<mood_known>,
                                  caf::reacts_to<outcome_known>, caf::reacts_to<cancel_feeling>>;

}  // namespace dhr
