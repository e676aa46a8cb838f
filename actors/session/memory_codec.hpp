#pragma once
// What outlives the process, between the session's form and the store's. Pure.

#include "actors/session/session_actor.hpp"
#include "runtime/store/types.hpp"

namespace dhr {

// The texts of what is handed over go into the snapshot without being copied.
[[nodiscard]] conversation_snapshot snapshot_of(const turn_id& conversation, session_memory memory,
                                                std::int64_t now_ms);

// What a setting's document does not tell keeps the value of `defaults`, so that an older or newer
// program's documents can be read.
[[nodiscard]] session_memory memory_of(const conversation_snapshot& snapshot,
                                       const session_settings& defaults = {});

}  // namespace dhr
