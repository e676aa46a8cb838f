#pragma once
// What a simulated node believes of its peers, in its own actors' words: what it would tell the
// log. The rest of what they say goes into the journal.

#include <memory>
#include <set>
#include <string>
#include <utility>

#include "runtime/cluster/metrics.hpp"
#include "tests/simulation/recorder.hpp"
#include "tests/simulation/simulated_store.hpp"

namespace dhr::simulation {

// Lives on: the simulation's thread. `journal` outlives it.
class node_beliefs final : public cluster_metrics {
 public:
  node_beliefs(std::string node, recorder& journal, std::shared_ptr<const store_way> way)
      : node_{std::move(node)}, journal_{journal}, way_{std::move(way)} {}

  // Those that it believes to be alive. Nobody while it has no lease.
  [[nodiscard]] const std::set<node_identity>& alive() const noexcept { return alive_; }

  void lease_begun(const node_identity&) override { has_lease_ = true; }
  void lease_lost(const node_identity&) override {
    has_lease_ = false;
    alive_.clear();
    note("has lost its lease");
  }
  // What comes between the lease's end and the end of its term is said of a term that is over.
  void peer_changed(const peer_change& change) override {
    switch (change.event) {
      case peer_event::heard:
      case peer_event::recovered:
        if (has_lease_) alive_.insert(change.peer);
        break;
      case peer_event::suspected:
        note("suspects " + change.peer.name.value + ": " + change.reason);
        [[fallthrough]];
      case peer_event::refused:
      case peer_event::gone:
        alive_.erase(change.peer);
        break;
      case peer_event::found:
      case peer_event::draining:
      case peer_event::unknown:
      case peer_event::displaced:
        break;
    }
  }

  void drain_wanted(bool wanted) override {
    note(wanted ? "is drained, as wished" : "is drained no more");
  }
  void handing_over(const conversation_id& id, const node_name& to) override {
    note("hands " + id.value + " over to " + to.value);
  }
  void wish_dropped(const conversation_id& id, const node_name& to,
                    const std::string& why) override {
    note("drops the wish for " + id.value + " on " + to.value + ": " + why);
  }
  void giving_away(std::uint32_t count, const node_name& to) override {
    note("gives " + std::to_string(count) + " away to " + to.value);
  }

 private:
  void note(const std::string& what) {
    if (!way_->dead) journal_.note(node_ + " " + what);
  }

  const std::string node_;
  recorder& journal_;
  const std::shared_ptr<const store_way> way_;
  bool has_lease_ = false;
  std::set<node_identity> alive_;
};

}  // namespace dhr::simulation
