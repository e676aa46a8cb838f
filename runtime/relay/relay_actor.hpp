#pragma once
// Joins a client of this node to a conversation that lives on another one.
//
//   client ◀──▶ near relay ══ pieces of at most 64 KiB, as many as were asked for ══ far relay ◀──▶
//   session
//               (a session             on the link that heartbeats            (a client
//                to the client)               use as well                      to the session)
//
// What one side says arrives at the other whole and in order. When the client or the session goes,
// its relay says so behind what was said before, then both relays end with the same reason. When
// the link breaks, both end at once. Each client has a relay of its own.

#include <memory>

#include "runtime/base/clock.hpp"
#include "runtime/relay/actors.hpp"
#include "runtime/relay/metrics.hpp"
#include "runtime/relay/transfer.hpp"

namespace dhr {

struct relay_options {
  transfer_config transfer;
  // For a near relay's client, and for a far relay's other end, to come; then it ends. An answer
  // that came too late for whoever asked leaves such a relay behind.
  milliseconds attach_patience{10'000};
  // For the session to say that it took sound in; who asked asks again.
  milliseconds sound_patience{10'000};
  // For the other end to take what was said last.
  milliseconds end_patience{10'000};
  std::shared_ptr<relay_metrics> metrics = std::make_shared<relay_metrics>();
};

// Of a request that would wait where too much waits already, the client hears request_failed with
// errc::overloaded. drain_session and leave_conversation are for the session's own node to say and
// do nothing here.
[[nodiscard]] session_actor spawn_near_relay(caf::actor_system& system, far_relay far,
                                             relay_options options);

// Ends when too much waits for a near relay that takes it too slowly: its client may then take the
// conversation up again and be sent what it missed.
[[nodiscard]] far_relay spawn_far_relay(caf::actor_system& system, session_actor session,
                                        relay_options options);

struct relay_door_options {
  conversation_door local;       // this node's
  milliseconds patience{8'000};  // for it
  relay_options relays;
};

[[nodiscard]] relay_door spawn_relay_door(caf::actor_system& system, relay_door_options options);

}  // namespace dhr
