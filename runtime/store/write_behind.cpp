#include "runtime/store/write_behind.hpp"

#include <algorithm>
#include <utility>

#include "runtime/base/assert.hpp"

namespace dhr {

bool write_behind::put(conversation_snapshot snapshot, mono_time now) {
  const auto place = places_.find(snapshot.id);
  if (place == places_.end()) {
    line_.push_back({std::move(snapshot), now + options_.delay});
    places_.emplace(line_.back().snapshot.id, std::prev(line_.end()));
    return true;
  }
  auto& waiting = place->second->snapshot;
  if (snapshot.epoch < waiting.epoch) return false;
  waiting = std::move(snapshot);
  return true;
}

const conversation_snapshot* write_behind::find(const conversation_id& id) const {
  const auto place = places_.find(id);
  return place == places_.end() ? nullptr : &place->second->snapshot;
}

void write_behind::hasten(const conversation_id& id) {
  line_.splice(line_.begin(), line_, places_.at(id));
}

bool write_behind::forget(const conversation_id& id) {
  const auto place = places_.find(id);
  if (place == places_.end()) return false;
  line_.erase(place->second);
  places_.erase(place);
  return true;
}

const conversation_snapshot* write_behind::due(mono_time now) const {
  const auto at = due_at();
  return at && *at <= now ? head() : nullptr;
}

const conversation_snapshot* write_behind::head() const {
  return line_.empty() ? nullptr : &line_.front().snapshot;
}

std::optional<mono_time> write_behind::due_at() const {
  if (line_.empty()) return std::nullopt;
  return std::max(line_.front().due, not_before_);
}

void write_behind::written() {
  give_up();
  not_before_ = {};
  next_retry_ = options_.retry_first;
}

void write_behind::give_up() {
  DHR_ASSERT(!line_.empty());
  places_.erase(line_.front().snapshot.id);
  line_.pop_front();
}

void write_behind::failed(mono_time now) {
  DHR_ASSERT(!line_.empty());
  not_before_ = now + next_retry_;
  next_retry_ = std::min(next_retry_ * 2, options_.retry_max);
  line_.front().due = not_before_;
  line_.splice(line_.end(), line_, line_.begin());
}

}  // namespace dhr
