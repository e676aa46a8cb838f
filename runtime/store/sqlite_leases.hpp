#pragma once
// Leases and claims in the tables `nodes` and `claims` of a SQLite store. One machine has the file,
// so its wall clock is the store's clock.

#include "runtime/store/lease_store.hpp"
#include "runtime/store/sqlite_adapter.hpp"

namespace dhr {

// Lives on: the thread of the store that owns it.
class sqlite_leases final : public lease_store {
 public:
  // `on` and `time` outlive it; the tables are there.
  [[nodiscard]] static result<sqlite_leases> open(sqlite::database& on, const clock& time);
  sqlite_leases(sqlite_leases&&) noexcept;
  sqlite_leases& operator=(sqlite_leases&&) = delete;
  ~sqlite_leases() override;

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

  // The epoch of the conversation's claim, if it was ever claimed.
  [[nodiscard]] result<std::optional<session_epoch>> epoch_of(const conversation_id& id);
  // Forgets claims without an owner and without a stored conversation, given up before `cutoff`.
  [[nodiscard]] result<void> forget_claims(wall_time cutoff);

 private:
  struct statements;

  sqlite_leases(sqlite::database& on, const clock& time, std::unique_ptr<statements> sql);
  [[nodiscard]] std::int64_t now_ms() const { return to_unix_ms(time_->wall_now()); }
  [[nodiscard]] result<bool> has_lease(const node_identity& node);

  sqlite::database* database_;
  const clock* time_;
  std::unique_ptr<statements> sql_;
};

}  // namespace dhr
