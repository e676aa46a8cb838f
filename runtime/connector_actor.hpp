#pragma once
// Connects to other nodes without holding anybody up. CAF's middleman connects by a blocking system
// call in one actor for all, so that one address that swallows packets keeps a node from reaching
// the others for minutes. This actor tries the port first, for a limited time and on a thread of
// its own, and asks CAF only for what answers.

#include <caf/all.hpp>
#include <caf/io/middleman_actor.hpp>

#include "runtime/base/clock.hpp"

namespace dhr {

// Answers (connect_atom, host, port) as `middleman` does, or with sec::cannot_connect_to_node after
// `patience` without a word from the port. Ends with caf::anon_send_exit.
[[nodiscard]] caf::actor spawn_connector(caf::actor_system& system,
                                         caf::io::middleman_actor middleman, milliseconds patience);

// Whether the port takes a connection within `patience`. Blocks; looking a name up is not limited.
[[nodiscard]] bool takes_connections(const std::string& host, std::uint16_t port,
                                     milliseconds patience);

}  // namespace dhr
