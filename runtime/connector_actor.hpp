#pragma once
// Connects to other nodes without holding anybody up. CAF's middleman connects by a blocking system
// call in one actor for all, so that one address that swallows packets keeps a node from reaching
// the others for minutes. This actor tries the port first, for a limited time and on a thread of
// its own, and asks CAF only for what answers: between nodes with certificates, for what shows the
// certificate of the node that is meant (node_tls.hpp).

#include <caf/all.hpp>
#include <caf/io/middleman_actor.hpp>

#include <optional>

#include "runtime/base/clock.hpp"
#include "runtime/base/settings_runtime.hpp"

namespace dhr {

struct connector_options {
  milliseconds patience{1'500};              // less than the links wait for a connection
  std::optional<settings::cluster_tls> tls;  // nothing: the port is plain
};

// The connector of links_actor_options, in front of CAF's `middleman`. A port that has not answered
// as it should after `patience` is errc::unavailable, a certificate that is refused
// errc::invalid_argument. Ends with caf::anon_send_exit.
[[nodiscard]] caf::actor spawn_connector(caf::actor_system& system,
                                         caf::io::middleman_actor middleman,
                                         connector_options options);

// Whether the port takes a connection within `patience`. Blocks; looking a name up is not limited.
[[nodiscard]] bool takes_connections(const std::string& host, std::uint16_t port,
                                     milliseconds patience);

}  // namespace dhr
