#pragma once
// The speech room's typed interfaces.

#include "actors/speech/wire_caf.hpp"

namespace dhr {

// Where the synthesis worker's answers go: the voice child.
using synthesis_client = caf::typed_actor<caf::reacts_to<speech_ready>,    // the clause's sound
                                          caf::reacts_to<speech_failed>>;  // there will be none

// The worker that owns the voices; serves all conversations of the node.
using synthesis_actor =
    caf::typed_actor<caf::reacts_to<speak, synthesis_client>,  // see speak
                     caf::reacts_to<cancel_speech>>;           // forget a conversation's clauses

// Where a voice child's answers go: the session.
using speech_client = synthesis_client::extend<caf::reacts_to<voice_changed>>;

// The child of a session that speaks.
using voice_actor =
    synthesis_client::extend<caf::reacts_to<speak>,           // answered in the order of indices
                             caf::reacts_to<cancel_speech>>;  // the turn was interrupted

}  // namespace dhr
