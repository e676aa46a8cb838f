#pragma once
// Which turns were cancelled, so that a request that comes after its cancellation is known. Pure.
// Not thread-safe.

#include <cstddef>
#include <deque>
#include <unordered_map>
#include <utility>

#include "runtime/base/ids.hpp"

namespace dhr {

// Of two turns of one conversation.
[[nodiscard]] inline bool is_later(const turn_id& a, const turn_id& b) noexcept {
  return std::pair{a.epoch.value, a.number} > std::pair{b.epoch.value, b.number};
}

class cancelled_turns {
 public:
  // Of more conversations than this the one that was remembered first is forgotten.
  explicit cancelled_turns(std::size_t conversations_max = 4096)
      : conversations_max_{conversations_max} {}

  // This turn and all before it.
  void remember(const turn_id& turn) {
    const auto [found, is_new] = last_.try_emplace(turn.conversation, turn);
    if (!is_new) {
      if (is_later(turn, found->second)) found->second = turn;
      return;
    }
    order_.push_back(turn.conversation);
    if (order_.size() <= conversations_max_) return;
    last_.erase(order_.front());
    order_.pop_front();
  }

  [[nodiscard]] bool holds(const turn_id& turn) const {
    const auto found = last_.find(turn.conversation);
    return found != last_.end() && !is_later(turn, found->second);
  }

 private:
  std::size_t conversations_max_;
  std::unordered_map<conversation_id, turn_id> last_;
  std::deque<conversation_id> order_;  // oldest first
};

}  // namespace dhr
