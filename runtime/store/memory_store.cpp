#include "runtime/store/memory_store.hpp"

#include <algorithm>

namespace dhr {

result<std::optional<conversation_snapshot>> memory_store::load(const conversation_id& id) {
  const auto found = conversations_.find(id);
  if (found == conversations_.end()) return std::optional<conversation_snapshot>{};
  return std::optional{found->second};
}

result<void> memory_store::save(const conversation_snapshot& snapshot) {
  if (auto reason = refusal(snapshot, epoch_of(snapshot.id))) return std::move(*reason);
  conversations_.insert_or_assign(snapshot.id, snapshot);
  return ok();
}

result<bool> memory_store::erase(const conversation_id& id) { return conversations_.erase(id) > 0; }

result<std::size_t> memory_store::erase_older_than(wall_time cutoff) {
  const auto erased = std::erase_if(
      conversations_,
      [limit = to_unix_ms(cutoff)](const auto& entry) { return entry.second.saved_at_ms < limit; });
  std::erase_if(claims_, [&](const auto& entry) {
    return !told(entry.first, entry.second).owner && entry.second.changed_at < cutoff &&
           !conversations_.contains(entry.first);
  });
  return erased;
}

result<std::vector<conversation_summary>> memory_store::list(std::size_t limit) {
  std::vector<conversation_summary> found;
  for (const auto& [id, kept] : conversations_) {
    found.push_back({id, kept.epoch, kept.turn_number, kept.items.size(), kept.saved_at_ms});
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const auto& a, const auto& b) { return a.saved_at_ms > b.saved_at_ms; });
  if (found.size() > limit) found.resize(limit);
  return found;
}

result<store_report> memory_store::check() {
  store_report report;
  report.conversations = conversations_.size();
  for (const auto& [id, kept] : conversations_) {
    report.items += kept.items.size();
    report.bytes += kept.settings.size();
    for (const auto& item : kept.items) report.bytes += sizeof item + item.text.size();
  }
  return report;
}

result<void> memory_store::join(const node_facts& facts, const node_report& report,
                                milliseconds ttl) {
  if (auto reason = refusal(facts)) return std::move(*reason);
  const auto& identity = facts.identity;
  const auto known = members_.find(identity.name);
  if (known != members_.end() && known->second.facts.identity != identity) {
    const auto left = known->second.lease_ends - time_.now();
    if (left > nanoseconds{0}) {
      return name_is_taken(known->second.facts.identity, std::chrono::ceil<milliseconds>(left));
    }
  }
  const bool drain_wanted = known != members_.end() && known->second.drain_wanted &&
                            known->second.facts.identity == identity;
  members_.insert_or_assign(identity.name, member{facts, report, time_.now() + ttl, drain_wanted});
  return ok();
}

result<void> memory_store::renew(const node_identity& node, const node_report& report,
                                 milliseconds ttl) {
  if (!has_lease(node)) return has_no_lease(node);
  auto& kept = members_.at(node.name);
  kept.report = report;
  kept.lease_ends = time_.now() + ttl;
  return ok();
}

result<std::size_t> memory_store::leave(const node_identity& node) {
  if (!has_lease(node)) return std::size_t{0};
  std::size_t given_up = 0;
  for (auto& [id, kept] : claims_) {
    if (kept.owner != node) continue;
    kept.owner.reset();
    kept.changed_at = time_.wall_now();
    ++given_up;
  }
  members_.erase(node.name);
  return given_up;
}

result<bool> memory_store::evict(const node_name& name) {
  const auto known = members_.find(name);
  if (known == members_.end() || known->second.lease_ends <= time_.now()) return false;
  known->second.lease_ends = time_.now();
  return true;
}

result<std::vector<node_record>> memory_store::nodes() {
  std::vector<node_record> found;
  for (const auto& [name, kept] : members_) {
    found.push_back({kept.facts, kept.report,
                     std::chrono::floor<milliseconds>(kept.lease_ends - time_.now()),
                     kept.drain_wanted});
  }
  return found;
}

result<std::size_t> memory_store::forget_nodes(milliseconds ended_for) {
  return std::erase_if(members_, [&](const auto& entry) {
    return entry.second.lease_ends + ended_for < time_.now();
  });
}

result<claim_outcome> memory_store::claim(const conversation_id& id, const node_identity& node) {
  if (auto reason = refusal(id)) return std::move(*reason);
  if (!has_lease(node)) return has_no_lease(node);
  const auto known = claims_.find(id);
  if (known != claims_.end()) {
    const auto standing = told(id, known->second);
    if (standing.owner && *standing.owner != node) return claim_outcome{false, standing};
  }
  const auto last = epoch_of(id).value_or(session_epoch{});
  const kept_claim granted{{last.value + 1}, node, node.name, time_.wall_now()};
  claims_.insert_or_assign(id, granted);
  return claim_outcome{true, told(id, granted)};
}

result<std::optional<conversation_claim>> memory_store::find_claim(const conversation_id& id) {
  const auto known = claims_.find(id);
  if (known == claims_.end()) return std::optional<conversation_claim>{};
  return std::optional{told(id, known->second)};
}

result<bool> memory_store::give_up(const conversation_id& id, session_epoch epoch,
                                   const node_identity& node) {
  const auto known = claims_.find(id);
  if (known == claims_.end() || known->second.epoch != epoch || known->second.owner != node) {
    return false;
  }
  known->second.owner.reset();
  known->second.changed_at = time_.wall_now();
  return true;
}

result<bool> memory_store::want_drain(const node_name& name, bool wanted) {
  const auto known = members_.find(name);
  if (known == members_.end() || known->second.lease_ends <= time_.now()) return false;
  known->second.drain_wanted = wanted;
  return true;
}

result<bool> memory_store::want_owner(const conversation_id& id, const node_name& wanted) {
  const auto known = claims_.find(id);
  if (known == claims_.end()) return false;
  known->second.wanted_node = wanted;
  return true;
}

result<std::vector<conversation_claim>> memory_store::wishes(const node_identity& owner,
                                                             std::size_t limit) {
  std::vector<conversation_claim> found;
  for (const auto& [id, kept] : claims_) {
    if (found.size() == limit) break;
    if (kept.wanted_node.value.empty() || kept.wanted_node == owner.name) continue;
    auto standing = told(id, kept);
    if (standing.owner == owner) found.push_back(std::move(standing));
  }
  return found;
}

result<std::vector<conversation_claim>> memory_store::claims(const node_name& owner,
                                                             std::size_t limit) {
  std::vector<conversation_claim> found;
  for (const auto& [id, kept] : claims_) {
    if (found.size() == limit) break;
    auto standing = told(id, kept);
    if (!standing.owner) continue;
    if (owner.value.empty() || standing.owner->name == owner) found.push_back(std::move(standing));
  }
  return found;
}

bool memory_store::has_lease(const node_identity& node) const {
  const auto known = members_.find(node.name);
  return known != members_.end() && known->second.facts.identity == node &&
         time_.now() < known->second.lease_ends;
}

std::optional<session_epoch> memory_store::epoch_of(const conversation_id& id) const {
  std::optional<session_epoch> last;
  if (const auto saved = conversations_.find(id); saved != conversations_.end()) {
    last = saved->second.epoch;
  }
  if (const auto known = claims_.find(id); known != claims_.end()) {
    last = std::max(last.value_or(session_epoch{}), known->second.epoch);
  }
  return last;
}

conversation_claim memory_store::told(const conversation_id& id, const kept_claim& kept) const {
  const bool stands = kept.owner && has_lease(*kept.owner);
  return {id, kept.epoch, stands ? kept.owner : std::nullopt, kept.last_owner, kept.wanted_node};
}

}  // namespace dhr
