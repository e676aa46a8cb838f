#pragma once
// What every session of the node has in common, from the configuration.

#include "actors/session/session_actor.hpp"
#include "actors/speech/voice_catalogue.hpp"
#include "runtime/base/config.hpp"

namespace dhr {

[[nodiscard]] session_config make_session_config(const config& settings,
                                                 const voice_catalogue& catalogue);

}  // namespace dhr
