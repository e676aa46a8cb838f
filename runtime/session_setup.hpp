#pragma once
// What every session of the node has in common, from the configuration.

#include <memory>

#include "actors/avatar/face_animator.hpp"
#include "actors/session/session_actor.hpp"
#include "actors/speech/voice_catalogue.hpp"
#include "runtime/base/config.hpp"

namespace dhr {

[[nodiscard]] session_config make_session_config(const config& settings,
                                                 const voice_catalogue& catalogue);

// `seed` is of the conversation, for a configuration that has none.
[[nodiscard]] face_config make_face_config(const settings::avatar& avatar,
                                           std::shared_ptr<const expression_shelf> expressions,
                                           std::uint64_t seed);

}  // namespace dhr
