#pragma once
// The network between the actor systems of one process. Each simulated node is an actor system of
// its own on CAF's testing scheduler; messages to another one's actors become bytes and arrive, in
// order, when the network says so. Handles in them become proxies, requests are answered over the
// wire, and a monitor fires when its actor ends or the link is lost: what CAF's middleman does,
// less its sockets, so that messages can be lost and doubled.
//
// Lives on: the simulation's thread, as everything here.

#include <caf/all.hpp>
#include <caf/proxy_registry.hpp>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "runtime/base/clock.hpp"

namespace dhr::simulation {

using node_index = std::size_t;

// What becomes of one message.
struct passage {
  nanoseconds delay{0};  // it never overtakes what was sent before it
  int copies = 1;        // 0: lost
};

// An actor system that can join a network. CAF names a node only when its middleman is there, which
// is therefore loaded, on its testing multiplexer, and never asked for anything.
struct node_config : caf::actor_system_config {
  node_config();
};

class network final {
 public:
  // Asked for every message, not for the news that an actor has ended.
  using weather = std::function<passage(node_index from, node_index to, const caf::message&)>;

  explicit network(weather decide);
  ~network();
  network(const network&) = delete;
  network& operator=(const network&) = delete;

  // `system` outlives what is still on the way; see leave().
  node_index join(caf::actor_system& system);
  // The node's actors are reached no more, and nothing that it sends arrives. To be called before
  // its system ends.
  void leave(node_index node);

  // A handle in node `at` for an actor of node `of`.
  [[nodiscard]] caf::strong_actor_ptr proxy(node_index at, node_index of,
                                            const caf::strong_actor_ptr& actor);
  // What was sent in this direction waits, and so does what is sent from now on.
  void hold(node_index from, node_index to, bool held);
  // The link is lost at both ends: what is on the way is gone, and each side's proxies of the other
  // end as unreachable.
  void cut(node_index one, node_index other);

  // Lets everything arrive that is due; true when something did.
  bool deliver(nanoseconds now);
  // When deliver() has something to do, unless something is sent or let go before.
  [[nodiscard]] std::optional<nanoseconds> due_at() const;
  [[nodiscard]] std::size_t on_the_way() const noexcept;
  // When a message last arrived in this direction; nothing: none did.
  [[nodiscard]] std::optional<nanoseconds> heard_at(node_index from, node_index to) const;

 private:
  struct station;
  struct parcel;
  class remote;
  struct direction {
    std::deque<parcel> parcels;
    bool held = false;
    std::optional<nanoseconds> heard;
  };
  void send(node_index from, node_index to, parcel what, passage how);
  void arrive(node_index from, node_index to, parcel& what);
  void watch(node_index from, node_index to, caf::actor_id actor);

  const weather decide_;
  nanoseconds now_{0};
  std::vector<std::unique_ptr<station>> stations_;  // null: left
  std::map<std::pair<node_index, node_index>, direction> ways_;
};

}  // namespace dhr::simulation
