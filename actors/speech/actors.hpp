#pragma once
// The speech room's typed interfaces.

#include "actors/speech/wire_caf.hpp"

namespace dhr {

// Where a voice's answers go: the session, or the voice child when the worker answers.
using speech_client = caf::typed_actor<caf::reacts_to<speech_ready>, caf::reacts_to<speech_failed>>;

// The worker that owns the voices; serves all conversations of the node.
using synthesis_actor = caf::typed_actor<caf::reacts_to<speak, speech_client>,  // see speak
                                         caf::reacts_to<cancel_speech>>;

// The child of a session that speaks.
using voice_actor = speech_client::extend<caf::reacts_to<speak>, caf::reacts_to<cancel_speech>>;

}  // namespace dhr
