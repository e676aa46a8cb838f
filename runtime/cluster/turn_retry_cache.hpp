#pragma once
// What became of a conversation's last requests (G2). A client that heard no answer sends its turn
// again under the same id; the retry is answered from here and not done a second time.
//
//   begin: fresh ──▶ (done by the caller) ──record──▶ begin: answered, with the outcome
//             └── until then, begin: under_way

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dhr {

enum class turn_verdict : std::uint8_t {
  fresh,      // never seen, or so long ago that it is forgotten: do it, and record what came of it
  under_way,  // is being done; its outcome will answer the retry too
  answered,   // `outcome` is the answer
  crowded,    // so many are under way that none can be forgotten: refuse it
};

// Outcome: copyable. Lives on: the session's actor. Not thread-safe.
template <class Outcome>
class turn_retry_cache {
 public:
  struct answer {
    turn_verdict verdict = turn_verdict::fresh;
    const Outcome* outcome = nullptr;  // of `answered`; valid until the next call
  };
  struct recorded {
    std::string request;
    Outcome outcome;
    friend bool operator==(const recorded&, const recorded&) = default;
  };

  // `capacity` > 0.
  explicit turn_retry_cache(std::size_t capacity = 64) : capacity_{capacity} {}

  // `fresh` remembers the request as under way.
  [[nodiscard]] answer begin(const std::string& request) {
    if (const auto known = find(request); known != entries_.end()) {
      return known->outcome ? answer{turn_verdict::answered, &*known->outcome}
                            : answer{turn_verdict::under_way, nullptr};
    }
    if (!make_room()) return {turn_verdict::crowded, nullptr};
    entries_.push_back({request, std::nullopt});
    return {turn_verdict::fresh, nullptr};
  }

  // The first outcome counts. False, and nothing done, for a request that did not begin or has one.
  bool record(const std::string& request, Outcome outcome) {
    const auto known = find(request);
    if (known == entries_.end() || known->outcome) return false;
    known->outcome = std::move(outcome);
    return true;
  }

  // Nothing was done for it, so that a retry may be. False unless it was under way.
  bool give_up(const std::string& request) {
    const auto known = find(request);
    if (known == entries_.end() || known->outcome) return false;
    entries_.erase(known);
    return true;
  }

  // What a snapshot keeps, oldest first. What is under way is lost with its node and may be done
  // again.
  [[nodiscard]] std::vector<recorded> snapshot() const {
    std::vector<recorded> kept;
    for (const auto& known : entries_) {
      if (known.outcome) kept.push_back({known.request, *known.outcome});
    }
    return kept;
  }

  // In place of all that was; of more than the capacity the newest.
  void restore(std::vector<recorded> kept) {
    entries_.clear();
    const auto skipped = kept.size() > capacity_ ? kept.size() - capacity_ : 0;
    for (std::size_t i = skipped; i < kept.size(); ++i) {
      entries_.push_back({std::move(kept[i].request), std::move(kept[i].outcome)});
    }
  }

  [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }

 private:
  struct entry {
    std::string request;
    std::optional<Outcome> outcome;
  };
  using line = std::deque<entry>;  // in the order in which they began

  typename line::iterator find(const std::string& request) {
    return std::find_if(entries_.begin(), entries_.end(),
                        [&](const auto& known) { return known.request == request; });
  }

  // What is under way is never forgotten: a retry of it would be done twice.
  bool make_room() {
    if (entries_.size() < capacity_) return true;
    const auto oldest = std::find_if(entries_.begin(), entries_.end(),
                                     [](const auto& known) { return known.outcome.has_value(); });
    if (oldest == entries_.end()) return false;
    entries_.erase(oldest);
    return true;
  }

  const std::size_t capacity_;
  line entries_;
};

}  // namespace dhr
