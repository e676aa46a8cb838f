#include "runtime/store/memory_store.hpp"

#include <algorithm>

namespace dhr {

result<std::optional<conversation_snapshot>> memory_store::load(const conversation_id& id) {
  const auto found = conversations_.find(id);
  if (found == conversations_.end()) return std::optional<conversation_snapshot>{};
  return std::optional{found->second};
}

result<void> memory_store::save(const conversation_snapshot& snapshot) {
  const auto found = conversations_.find(snapshot.id);
  const auto stored =
      found == conversations_.end() ? std::nullopt : std::optional{found->second.epoch};
  if (auto reason = refusal(snapshot, stored)) return std::move(*reason);
  conversations_.insert_or_assign(snapshot.id, snapshot);
  return ok();
}

result<bool> memory_store::erase(const conversation_id& id) { return conversations_.erase(id) > 0; }

result<std::size_t> memory_store::erase_older_than(wall_time cutoff) {
  return std::erase_if(conversations_, [limit = to_unix_ms(cutoff)](const auto& entry) {
    return entry.second.saved_at_ms < limit;
  });
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

}  // namespace dhr
