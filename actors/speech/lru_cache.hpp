#pragma once
// A map that keeps the entries which were used last. Not thread-safe.

#include <list>
#include <unordered_map>
#include <utility>

namespace dhr {

template <class Key, class Value>
class lru_cache {
 public:
  explicit lru_cache(std::size_t size_max) : size_max_{size_max} {}

  // The value, or nullptr; valid until the next `put`.
  const Value* find(const Key& key) {
    const auto found = index_.find(key);
    if (found == index_.end()) return nullptr;
    entries_.splice(entries_.begin(), entries_, found->second);
    return &found->second->second;
  }

  void put(const Key& key, Value value) {
    if (const auto found = index_.find(key); found != index_.end()) {
      found->second->second = std::move(value);
      return;
    }
    entries_.emplace_front(key, std::move(value));
    index_.emplace(key, entries_.begin());
    if (entries_.size() <= size_max_) return;
    index_.erase(entries_.back().first);
    entries_.pop_back();
  }

  [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }

 private:
  const std::size_t size_max_;
  std::list<std::pair<Key, Value>> entries_;  // used last in front
  std::unordered_map<Key, typename std::list<std::pair<Key, Value>>::iterator> index_;
};

}  // namespace dhr
