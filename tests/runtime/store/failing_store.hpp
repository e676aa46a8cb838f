#pragma once
// A store in memory that the test looks at and whose disk fails when told to.

#include <optional>
#include <vector>

#include "runtime/store/memory_store.hpp"

namespace dhr::testing {

// Outlives the stores on it.
struct disk {
  explicit disk(const clock& time) : kept{time} {}
  memory_store kept;
  bool fails = false;
  int tries = 0;  // saves and renewals
};

class store_on final : public durable_store, public lease_store {
 public:
  explicit store_on(disk& on) : on_{on} {}

  result<std::optional<conversation_snapshot>> load(const conversation_id& id) override {
    if (on_.fails) return broken();
    return on_.kept.load(id);
  }
  result<void> save(const conversation_snapshot& snapshot) override {
    ++on_.tries;
    if (on_.fails) return broken();
    return on_.kept.save(snapshot);
  }
  result<bool> erase(const conversation_id& id) override {
    if (on_.fails) return broken();
    return on_.kept.erase(id);
  }
  result<std::size_t> erase_older_than(wall_time cutoff) override {
    return on_.kept.erase_older_than(cutoff);
  }
  result<std::vector<conversation_summary>> list(std::size_t limit) override {
    return on_.kept.list(limit);
  }
  result<store_report> check() override { return on_.kept.check(); }
  lease_store& leases() noexcept override { return *this; }

  result<void> join(const node_facts& facts, const node_report& report, milliseconds ttl) override {
    if (on_.fails) return broken();
    return on_.kept.join(facts, report, ttl);
  }
  result<void> renew(const node_identity& node, const node_report& report,
                     milliseconds ttl) override {
    ++on_.tries;
    if (on_.fails) return broken();
    return on_.kept.renew(node, report, ttl);
  }
  result<std::size_t> leave(const node_identity& node) override {
    if (on_.fails) return broken();
    return on_.kept.leave(node);
  }
  result<bool> evict(const node_name& name) override { return on_.kept.evict(name); }
  result<std::vector<node_record>> nodes() override {
    if (on_.fails) return broken();
    return on_.kept.nodes();
  }
  result<std::size_t> forget_nodes(milliseconds ended_for) override {
    if (on_.fails) return broken();
    return on_.kept.forget_nodes(ended_for);
  }
  result<claim_outcome> claim(const conversation_id& id, const node_identity& node) override {
    if (on_.fails) return broken();
    return on_.kept.claim(id, node);
  }
  result<std::optional<conversation_claim>> find_claim(const conversation_id& id) override {
    if (on_.fails) return broken();
    return on_.kept.find_claim(id);
  }
  result<bool> give_up(const conversation_id& id, session_epoch epoch,
                       const node_identity& node) override {
    if (on_.fails) return broken();
    return on_.kept.give_up(id, epoch, node);
  }
  result<bool> want_drain(const node_name& name, bool wanted) override {
    if (on_.fails) return broken();
    return on_.kept.want_drain(name, wanted);
  }
  result<bool> want_owner(const conversation_id& id, const node_name& wanted) override {
    if (on_.fails) return broken();
    return on_.kept.want_owner(id, wanted);
  }
  result<std::vector<conversation_claim>> wishes(const node_identity& owner,
                                                 std::size_t limit) override {
    if (on_.fails) return broken();
    return on_.kept.wishes(owner, limit);
  }
  result<std::vector<conversation_claim>> claims(const node_name& owner,
                                                 std::size_t limit) override {
    if (on_.fails) return broken();
    return on_.kept.claims(owner, limit);
  }

 private:
  static error broken() { return {errc::unavailable, "the disk is on fire", "disk", {}}; }
  disk& on_;
};

}  // namespace dhr::testing
