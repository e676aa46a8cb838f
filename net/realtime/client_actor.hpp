#pragma once
// One per WebSocket connection: opens the conversation, turns what its session says into events and
// puts them into the connection's link.

#include <functional>
#include <optional>
#include <vector>

#include "actors/session/actors.hpp"
#include "net/door/rate_limiter.hpp"
#include "net/realtime/client_link.hpp"
#include "net/realtime/response_writer.hpp"

namespace dhr::realtime {

// From the connection: so much sound went to the session since the last of these.
struct sound_passed_on {
  std::size_t bytes = 0;
};

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, sound_passed_on& x) {
  return f(caf::meta::type_name("sound_passed_on"), x.bytes);
}

}  // namespace dhr::realtime

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(dhr::realtime::sound_passed_on)

namespace dhr::realtime {

using look_again_atom = caf::atom_constant<caf::atom("look again")>;
// From the connection: its client has spoken while the session rests.
using rouse_atom = caf::atom_constant<caf::atom("rouse")>;
using give_up_atom = caf::atom_constant<caf::atom("give up")>;

// The session's client, which its connection tells of the sound that it sends and of what ends its
// rest; the last two are its own timers.
using connected_client =
    client_actor::extend<caf::reacts_to<sound_passed_on>, caf::reacts_to<rouse_atom>,
                         caf::reacts_to<look_again_atom, std::uint64_t>,
                         caf::reacts_to<give_up_atom, std::uint64_t>>;

struct client_options {
  conversation_id conversation;      // empty: a new one
  std::string owner;                 // name of the client's key; empty: it has none
  node_wish wish;                    // for the node that gets it
  std::string redirect_label;        // see open_conversation
  milliseconds open_timeout{5'000};  // for the conversation
  writer_options writer;             // its skip_through is set by `seen`
  std::optional<event_mark> seen;    // the last event that a client saw before it came back
  // For how long a session that is lost is looked for elsewhere; zero: not at all. The client hears
  // of the answer that broke off, then nothing until its conversation goes on, and what it sends
  // meanwhile waits.
  milliseconds move_patience{0};
  milliseconds move_retry{250};
  // The same for a session that ended for the client's silence, of which the client hears nothing,
  // where move_patience is shorter.
  milliseconds rest_patience{5'000};
  // What the client's key may still use; asked after each response, on a thread of the scheduler.
  // Without it, or with no limits, the client is told nothing.
  std::function<std::vector<door::rate_limit>()> rate_limits;
  // A turn began that the client's speech brought about. If its key has no turn left, the turn is
  // cancelled and the client told why. Called as rate_limits; without it such turns are free.
  std::function<result<void>()> turn_begins;
};

// Ends when the connection sends it an exit, and closes the connection when the session is gone.
// The session goes on without its client for a while: it may come back.
connected_client spawn_client(caf::actor_system& system, conversation_door conversations,
                              std::shared_ptr<client_link> link, client_options options);

}  // namespace dhr::realtime
