#pragma once
// The typed interfaces of transcription.

#include "actors/ears/transcription_wire_caf.hpp"

namespace dhr {

// Where the answers go: the ears of a conversation.
using transcription_client =
    caf::typed_actor<caf::reacts_to<transcript_ready>,    // the words
                     caf::reacts_to<transcript_failed>>;  // there will be none

// Whoever writes down what was said; serves all conversations of the node.
using transcription_actor =
    caf::typed_actor<caf::reacts_to<transcribe, transcription_client>,  // see transcribe
                     caf::reacts_to<cancel_transcription>>;  // forget attempts of an utterance

}  // namespace dhr
