#pragma once
// What became of a conversation's last turns that have a key (G2). A client that heard no answer
// asks for its turn again under the same key; the retry is answered from here and nothing is done
// a second time.

#include <algorithm>
#include <cstddef>
#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "actors/session/types.hpp"

namespace dhr {

// A turn that ended whole. Its words are in the conversation's items.
struct answered_turn {
  std::string key;
  std::string response_id;
  std::vector<std::string> item_ids;  // the message, if there is one, and then its calls
  turn_status status = turn_status::completed;
  std::string reason;  // see turn_finished
  friend bool operator==(const answered_turn&, const answered_turn&) = default;
};

// Lives on: the session's actor. Not thread-safe.
class turn_retry_cache {
 public:
  // `capacity` > 0.
  explicit turn_retry_cache(std::size_t capacity = 64) : capacity_{capacity} {}

  // Null for a key that was never answered, or so long ago that it is forgotten. Valid until the
  // next call.
  [[nodiscard]] const answered_turn* find(const std::string& key) const {
    const auto known = std::find_if(turns_.begin(), turns_.end(),
                                    [&](const answered_turn& turn) { return turn.key == key; });
    return known == turns_.end() ? nullptr : &*known;
  }

  // The first outcome of a key counts.
  void record(answered_turn turn) {
    if (find(turn.key) != nullptr) return;
    turns_.push_back(std::move(turn));
    if (turns_.size() > capacity_) turns_.pop_front();
  }

  // What a snapshot keeps, oldest first.
  [[nodiscard]] std::vector<answered_turn> snapshot() const {
    return {turns_.begin(), turns_.end()};
  }

  // In place of all that was; of more than the capacity the newest.
  void restore(std::vector<answered_turn> kept) {
    turns_.clear();
    for (auto& turn : kept) record(std::move(turn));
  }

 private:
  const std::size_t capacity_;
  std::deque<answered_turn> turns_;  // in the order in which they were answered
};

}  // namespace dhr
