#include "tests/simulation/simulated_store.hpp"

#include <algorithm>
#include <utility>

namespace dhr::simulation {
namespace {

error away() { return {errc::unavailable, "the store does not answer", "store", {}}; }

class simulated_store final : public durable_store, public lease_store {
 public:
  simulated_store(shared_store& disk, std::shared_ptr<store_way> way)
      : disk_{disk}, way_{std::move(way)} {}

  lease_store& leases() noexcept override { return *this; }

  result<std::optional<conversation_snapshot>> load(const conversation_id& id) override {
    return ask([&] { return disk_.kept.load(id); });
  }
  result<void> save(const conversation_snapshot& snapshot) override {
    return ask([&] { return save_here(snapshot); });
  }
  result<bool> erase(const conversation_id& id) override {
    return ask([&] { return disk_.kept.erase(id); });
  }
  result<std::size_t> erase_older_than(wall_time cutoff) override {
    return ask([&] { return disk_.kept.erase_older_than(cutoff); });
  }
  result<std::vector<conversation_summary>> list(std::size_t limit) override {
    return ask([&] { return disk_.kept.list(limit); });
  }
  result<store_report> check() override {
    return ask([&] { return disk_.kept.check(); });
  }

  result<void> join(const node_facts& facts, const node_report& report, milliseconds ttl) override {
    return ask([&] { return disk_.kept.join(facts, report, granted(ttl)); });
  }
  result<void> renew(const node_identity& node, const node_report& report,
                     milliseconds ttl) override {
    return ask([&] { return disk_.kept.renew(node, report, granted(ttl)); });
  }
  result<std::size_t> leave(const node_identity& node) override {
    return ask([&] { return disk_.kept.leave(node); });
  }
  result<bool> evict(const node_name& name) override {
    return ask([&] { return disk_.kept.evict(name); });
  }
  result<std::vector<node_record>> nodes() override {
    return ask([&] { return disk_.kept.nodes(); });
  }
  result<std::size_t> forget_nodes(milliseconds ended_for) override {
    return ask([&] { return disk_.kept.forget_nodes(ended_for); });
  }
  result<claim_outcome> claim(const conversation_id& id, const node_identity& node) override {
    return ask([&] { return claim_here(id, node); });
  }
  result<std::optional<conversation_claim>> find_claim(const conversation_id& id) override {
    return ask([&] { return disk_.kept.find_claim(id); });
  }
  result<bool> give_up(const conversation_id& id, session_epoch epoch,
                       const node_identity& node) override {
    return ask([&] { return disk_.kept.give_up(id, epoch, node); });
  }
  result<bool> want_drain(const node_name& name, bool wanted) override {
    return ask([&] { return disk_.kept.want_drain(name, wanted); });
  }
  result<bool> want_owner(const conversation_id& id, const node_name& wanted) override {
    return ask([&] { return disk_.kept.want_owner(id, wanted); });
  }
  result<std::vector<conversation_claim>> wishes(const node_identity& owner,
                                                 std::size_t limit) override {
    if (disk_.how_broken == sabotage::wishes_are_not_heard) limit = 0;
    return ask([&] { return disk_.kept.wishes(owner, limit); });
  }
  result<std::vector<conversation_claim>> claims(const node_name& owner,
                                                 std::size_t limit) override {
    return ask([&] { return disk_.kept.claims(owner, limit); });
  }

 private:
  // A call without an answer may have been carried out all the same.
  template <class Call>
  auto ask(Call call) -> decltype(call()) {
    if (way_->dead || way_->closed > 0) return away();
    auto outcome = call();
    if (way_->dice.per_mille(way_->lost_per_mille)) return away();
    return outcome;
  }

  milliseconds granted(milliseconds ttl) const {
    return disk_.how_broken == sabotage::leases_never_end ? 100 * ttl : ttl;
  }

  result<void> save_here(const conversation_snapshot& snapshot) {
    if (disk_.how_broken == sabotage::store_forgets_saves && disk_.dice.per_mille(300)) {
      disk_.seen.stored(snapshot, way_->node);
      return ok();
    }
    auto saved = disk_.kept.save(snapshot);
    if (!saved && disk_.how_broken == sabotage::store_takes_stale_saves) {
      saved = disk_.kept.save(raised(snapshot));
    }
    if (saved) disk_.seen.stored(snapshot, way_->node);
    return saved;
  }

  // Under an epoch that is refused by nobody.
  conversation_snapshot raised(conversation_snapshot snapshot) const {
    if (const auto claim = disk_.kept.find_claim(snapshot.id).value())
      snapshot.epoch = claim->epoch;
    const auto stored = disk_.kept.load(snapshot.id).value();
    if (stored) snapshot.epoch = std::max(snapshot.epoch, stored->epoch);
    return snapshot;
  }

  result<claim_outcome> claim_here(const conversation_id& id, const node_identity& node) {
    auto outcome = disk_.kept.claim(id, node);
    if (!outcome || !outcome.value().granted) return outcome;
    if (disk_.how_broken == sabotage::store_repeats_epochs) outcome.value().claim.epoch = {1};
    granted_claim made{disk_.seen.now(), id, outcome.value().claim.epoch, way_->node};
    if (disk_.look_around) disk_.look_around(made);
    disk_.seen.granted(std::move(made));
    return outcome;
  }

  shared_store& disk_;
  const std::shared_ptr<store_way> way_;
};

}  // namespace

std::unique_ptr<durable_store> make_simulated_store(shared_store& disk,
                                                    std::shared_ptr<store_way> way) {
  return std::make_unique<simulated_store>(disk, std::move(way));
}

}  // namespace dhr::simulation
