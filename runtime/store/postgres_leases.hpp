#pragma once
// Leases and claims in the tables dhr.nodes and dhr.claims. Two questions asked at the same moment
// by two nodes are decided by the row locks of the server:
//
//   a renewal that is under way when somebody claims from the node is waited for, so that whoever
//   was told that its lease goes on keeps its conversations.

#include "runtime/store/lease_store.hpp"
#include "runtime/store/postgres_adapter.hpp"

namespace dhr {

// Lives on: the thread of the store that owns it.
class postgres_leases final : public lease_store {
 public:
  // `on` outlives it; the tables are there.
  explicit postgres_leases(postgres::connection& on) noexcept : connection_{&on} {}

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
  [[nodiscard]] result<claim_outcome> claim_from_another(const conversation_id& id,
                                                         const node_identity& node);
  postgres::connection* connection_;
};

}  // namespace dhr
