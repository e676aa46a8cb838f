#pragma once
// A node's admission: stands before its directory, for the routers of all nodes and, without a
// cluster, for the doors.
//
//   open ──▶ a slot? ──no──▶ overloaded, with a time to come again
//              │ reserved, before the store is asked for anything
//              ▼
//           directory ──began──▶ the slot is the conversation's until its session ends
//              └──error, or no answer in time──▶ free
//
// A conversation that is wanted on nodes of a zone or with labels that this one is not of or has
// not is refused as well, unless it is here.
//
// Two routers that saw the same free slot thus cannot fill it twice. Whoever asks for a
// conversation that is here, or is on its way here, takes no slot.
//
// The load ceiling (G11) holds where `load` is given, which is in a cluster: there somebody else
// has room. A server that stands alone would turn people away because memory is in use, and nobody
// else would take them: it refuses for want of slots alone. A conversation that ended here lately
// may come back up to the sticky ceiling.

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "actors/session/actors.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/cluster/admission.hpp"

namespace dhr {

using began_atom = caf::atom_constant<caf::atom("began")>;

using gate_actor = caf::typed_actor<
    caf::replies_to<open_conversation>::with<session_actor>,  // or a dhr error: overloaded, ...
    // From whoever makes the directory's sessions, for each of them and before the directory has
    // answered. What began without being asked for here takes a slot too.
    caf::reacts_to<began_atom, conversation_id, session_actor>,
    // Both are passed to the directory; the gate refuses all from the first on, for good, or until
    // the second says that the node is drained no more.
    caf::replies_to<drain_all>::with<std::uint32_t>, caf::reacts_to<keep_drained>>;

// What a gate passes on.
using drained_directory =
    caf::typed_actor<caf::replies_to<drain_all>::with<std::uint32_t>, caf::reacts_to<keep_drained>>;

// Thread-safe.
struct gate_readings {
  std::atomic<std::uint32_t> taken = 0;  // slots, of conversations and of those on their way
  // Of all so far: see admission_counts.
  std::atomic<std::uint64_t> granted = 0;
  std::atomic<std::uint64_t> refused = 0;
  std::atomic<std::uint64_t> expired = 0;
  std::atomic<bool> drained = false;  // at somebody's wish, and until it is taken back
};

struct gate_options {
  admission_config admission;
  const clock* time = nullptr;  // not null; outlives the actor
  conversation_door directory;  // not null
  drained_directory drains;     // the same actor
  std::string zone;             // the node's, with its labels: what wishes are held against
  std::map<std::string, std::string> labels;
  std::function<node_load()> load;  // measured now, on the actor's thread; null: no ceiling
  std::shared_ptr<gate_readings> readings = std::make_shared<gate_readings>();
};

[[nodiscard]] gate_actor spawn_gate(caf::actor_system& system, gate_options options);

}  // namespace dhr
