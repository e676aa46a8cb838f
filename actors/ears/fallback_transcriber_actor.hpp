#pragma once
// Transcription by a server with a stand-in: what the server cannot answer the stand-in does.

#include "actors/ears/transcription_actors.hpp"

namespace dhr {

// Owns both and ends them when it ends. An attempt that the server fails for any other reason than
// its cancellation goes to the stand-in with its whole budget, and its answer says why.
[[nodiscard]] transcription_actor spawn_fallback_transcriber(caf::actor_system& system,
                                                             transcription_actor server,
                                                             transcription_actor stand_in);

}  // namespace dhr
