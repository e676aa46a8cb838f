#pragma once
// One run of a node's process: the actors that the program starts, put together as host.cpp and
// clustering.cpp do it, on CAF's testing scheduler. Real are the store's actor, the registry, the
// lease, the links, the relays, the router, the gate, the wishes, the directory, the sessions and
// their children. Simulated are the disk, the network, the clock and the connector; the engine
// recites and the voice is the tone. There are no ears.
//
// Lives on: the simulation's thread.

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "runtime/router_actor.hpp"
#include "tests/simulation/clocks.hpp"
#include "tests/simulation/simulated_store.hpp"
#include "tests/simulation/wire.hpp"

namespace dhr::simulation {

inline constexpr milliseconds lease_ttl{6'000};
inline constexpr milliseconds drain_grace{5'000};

struct node_setup {
  std::string name;
  std::uint16_t port = 0;  // of its address; the same for each run of the node
  std::uint32_t sessions_max = 8;
  bool balances = false;  // gives conversations away that others have fewer of
  nanoseconds clock_origin{0};
  std::int64_t clock_drift_ppm = 0;
  true_time begun{0};
  std::uint64_t seed = 0;
  shared_store* disk = nullptr;
  std::shared_ptr<store_way> way;
  // The node of that port's links as a handle of the caller's own, when a connection can be made;
  // else null. Asked some time after the attempt began.
  std::function<caf::strong_actor_ptr(std::uint16_t port)> reach;
};

enum class node_state {
  running,
  draining,  // was told to end
  ended,     // has ended by itself; its connections are to be closed
  dead,
};

class simulated_node {
 public:
  explicit simulated_node(node_setup setup);
  // Ends its actors; the network must not reach it any more.
  ~simulated_node();
  simulated_node(const simulated_node&) = delete;
  simulated_node& operator=(const simulated_node&) = delete;

  void turn_to(true_time now);
  // Lets its actors run, in an order of chance, until none has anything to do; true when one had.
  bool run();
  // When turn_to() brings something.
  [[nodiscard]] std::optional<true_time> due() const;

  // Its calls of the store take as long as this.
  void hang_store(bool hangs);
  // SIGTERM.
  void drain();
  // SIGKILL. Nothing of it has any effect any more.
  void die();

  [[nodiscard]] const std::string& name() const noexcept;
  [[nodiscard]] node_state state() const noexcept;
  [[nodiscard]] caf::actor_system& system() noexcept;
  [[nodiscard]] const clock& time() const noexcept;
  [[nodiscard]] conversation_door door() const;
  [[nodiscard]] caf::strong_actor_ptr links() const;
  [[nodiscard]] bool has_lease() const;
  // Those that live.
  [[nodiscard]] std::vector<conversation_id> conversations() const;
  // Whether an activation of it lives here that the lease lets act, if the process goes on at this
  // time. For one that stands still it is the time of its clock that counts, not what it saw last.
  [[nodiscard]] bool could_act(const conversation_id& id, true_time now) const;
  // The names of the peers that it believes to be alive; none while it has no lease.
  [[nodiscard]] std::set<std::string> believed_alive() const;

 private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

}  // namespace dhr::simulation
