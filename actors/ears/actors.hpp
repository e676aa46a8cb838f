#pragma once
// The ears' typed interfaces.

#include "actors/ears/transcription_actors.hpp"
#include "actors/ears/wire_caf.hpp"

namespace dhr {

// Where the hearing worker's answers go: the ears.
using hearing_client =
    caf::typed_actor<caf::reacts_to<end_judged>, caf::reacts_to<melody_measured>>;

// The worker that computes on utterances; serves all conversations of the node.
using hearing_actor = caf::typed_actor<caf::reacts_to<judge_end, hearing_client>,
                                       caf::reacts_to<measure_melody, hearing_client>>;

// Where what is heard goes: the session.
using ears_client = caf::typed_actor<caf::reacts_to<ears_event>>;

// Asked behind sound, and given back once all sound before it has been taken in. Who sends sound
// bounds by it how much may be under way.
using sound_taken_atom = caf::atom_constant<caf::atom("soundtaken")>;

// The child of a session that listens.
using ears_actor = transcription_client::extend_with<hearing_client>::extend<
    caf::reacts_to<ears_request>,  // see each request
    caf::replies_to<sound_taken_atom>::with<sound_taken_atom>>;

}  // namespace dhr
