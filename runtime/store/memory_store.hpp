#pragma once
// The store without a disk: for tests and simulations, and for a node that shall forget everything
// when it ends.

#include <map>
#include <string>

#include "runtime/base/clock.hpp"
#include "runtime/store/lease_store.hpp"

namespace dhr {

// Lives on: the thread of whoever calls it. Holds everything in memory, without a bound.
class memory_store final : public durable_store, public lease_store {
 public:
  // `time` outlives the store; leases end by it.
  explicit memory_store(const clock& time = system_clock()) noexcept : time_{time} {}

  [[nodiscard]] result<std::optional<conversation_snapshot>> load(
      const conversation_id& id) override;
  [[nodiscard]] result<void> save(const conversation_snapshot& snapshot) override;
  [[nodiscard]] result<bool> erase(const conversation_id& id) override;
  [[nodiscard]] result<std::size_t> erase_older_than(wall_time cutoff) override;
  [[nodiscard]] result<std::vector<conversation_summary>> list(std::size_t limit) override;
  [[nodiscard]] result<store_report> check() override;

  [[nodiscard]] lease_store& leases() noexcept override { return *this; }
  [[nodiscard]] result<void> join(const node_facts& facts, const node_report& report,
                                  milliseconds ttl) override;
  [[nodiscard]] result<void> renew(const node_identity& node, const node_report& report,
                                   milliseconds ttl) override;
  [[nodiscard]] result<std::size_t> leave(const node_identity& node) override;
  [[nodiscard]] result<bool> evict(const node_name& name) override;
  [[nodiscard]] result<std::vector<node_record>> nodes() override;
  [[nodiscard]] result<std::size_t> forget_nodes(milliseconds ended_for) override;
  [[nodiscard]] result<claim_outcome> claim(const conversation_id& id,
                                            const node_identity& node) override;
  [[nodiscard]] result<std::optional<conversation_claim>> find_claim(
      const conversation_id& id) override;
  [[nodiscard]] result<bool> give_up(const conversation_id& id, session_epoch epoch,
                                     const node_identity& node) override;
  [[nodiscard]] result<bool> want_drain(const node_name& name, bool wanted) override;
  [[nodiscard]] result<bool> want_owner(const conversation_id& id,
                                        const node_name& wanted) override;
  [[nodiscard]] result<std::vector<conversation_claim>> wishes(const node_identity& owner,
                                                               std::size_t limit) override;
  [[nodiscard]] result<std::vector<conversation_claim>> claims(const node_name& owner,
                                                               std::size_t limit) override;

 private:
  struct member {
    node_facts facts;
    node_report report;
    mono_time lease_ends{};
    bool drain_wanted = false;
  };
  struct kept_claim {
    session_epoch epoch;
    std::optional<node_identity> owner;
    node_name last_owner;
    wall_time changed_at{};
    node_name wanted_node{};
  };

  [[nodiscard]] bool has_lease(const node_identity& node) const;
  [[nodiscard]] std::optional<session_epoch> epoch_of(const conversation_id& id) const;
  [[nodiscard]] conversation_claim told(const conversation_id& id, const kept_claim& kept) const;

  const clock& time_;
  std::map<conversation_id, conversation_snapshot> conversations_;
  std::map<node_name, member> members_;
  std::map<conversation_id, kept_claim> claims_;
};

}  // namespace dhr
