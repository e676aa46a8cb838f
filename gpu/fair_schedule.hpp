#pragma once
// Whose turn it is at a device: start-time fair queueing among conversations.
//
//   a: a4 a3 a2 [a1]──┐     Every conversation has a line of its own, first in, first out; only its
//   b:          [b1]──┼──▶  head can be taken. So its order holds, whatever else happens.
//   c:       c2 [c1]──┘
//
// A head's tag is the device time that its conversation has had, and the smallest tag is next:
// taking an entry moves the line on by the entry's cost. The clock is where the fairest line that
// waited was. Whoever floods stays ahead of it, so the others pass it whenever they have something;
// whoever is silent falls behind it by `credit` at most, so that nobody saves up more turns.
//
// `first` heads pass the others, unless the conversation's last entry was ahead of its share: a
// flood of first answers passes nobody twice.
//
// Entries of a lane may share a batch (gpu/batcher.hpp); a queue without batches has one lane.
// Pure. Not thread-safe. Each operation is O(log n) in the conversations that wait; removing costs
// what the conversation itself has waiting as well.

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <set>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

#include "runtime/base/clock.hpp"
#include "runtime/base/ids.hpp"

namespace dhr {

enum class work_class : std::uint8_t {
  first,  // somebody waits for the first sign of an answer
  later,  // what follows it
};

struct waiting_work {
  std::uint64_t id = 0;  // grows with the arrival
  work_class kind = work_class::later;
  std::uint8_t lane = 0;   // below fair_schedule::lanes_max
  std::uint32_t cost = 1;  // at least 1; device time, in any unit that all entries share
  mono_time hold_until{};  // a batch may be kept open for company until then
};

class fair_schedule {
 public:
  static constexpr std::size_t lanes_max = 8;
  using lane_set = std::uint32_t;  // bit i is lane i
  static constexpr lane_set all_lanes = (1u << lanes_max) - 1;

  // `credit` is in units of cost.
  explicit fair_schedule(std::uint64_t credit = 0) : credit_{credit} {}
  fair_schedule(const fair_schedule&) = delete;
  fair_schedule& operator=(const fair_schedule&) = delete;

  void add(const conversation_id& owner, const waiting_work& work);

  struct candidate {
    std::uint64_t id;
    std::uint8_t lane;
    conversation_id owner;
  };
  // The next of these lanes, or nothing.
  [[nodiscard]] std::optional<candidate> next(lane_set lanes = all_lanes) const;

  // The head of this line goes to the device: its conversation is charged for it.
  void take(const conversation_id& owner);
  // The head of this line is given up; the one behind it has its place.
  void skip(const conversation_id& owner);
  // Removes what `is_meant` and returns the ids, oldest first.
  std::vector<std::uint64_t> remove(const conversation_id& owner,
                                    const std::function<bool(std::uint64_t id)>& is_meant);

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] std::size_t size_of(const conversation_id& owner) const;

  // What a batch of this lane could hold: lines' heads and what follows them in the same lane.
  [[nodiscard]] std::size_t ready(std::size_t lane) const { return lanes_.at(lane).ready; }
  // A `first` head of the lane may pass others now.
  [[nodiscard]] bool passes(std::size_t lane) const;
  // When the first of the lane's heads shall not be held any longer; nothing if it has none.
  [[nodiscard]] std::optional<mono_time> held_until(std::size_t lane) const;

  // Conversations that are known: those with something waiting, and up to 4,096 that had some.
  [[nodiscard]] std::size_t lines() const noexcept { return lines_.size(); }

 private:
  struct line {
    const conversation_id* owner = nullptr;
    std::deque<waiting_work> waiting;
    std::uint64_t began = 0;    // tag of the last entry that was taken
    std::uint64_t ended = 0;    // that tag and the entry's cost
    std::uint64_t last_id = 0;  // of that entry
    std::uint64_t tag = 0;      // of the head, and its rank among `first` heads
    std::uint64_t rank = 0;
    std::size_t run = 0;  // entries from the head on that are of its lane
  };
  struct tag_place {
    std::uint64_t key;
    std::uint64_t then;
    std::uint64_t id;  // of two equals the older goes first
    line* of;
    friend bool operator<(const tag_place& a, const tag_place& b) {
      return std::tie(a.key, a.then, a.id) < std::tie(b.key, b.then, b.id);
    }
  };
  using tag_order = std::set<tag_place>;
  struct lane_heads {
    tag_order by_tag;
    tag_order firsts;                                       // by rank, then tag
    std::set<std::pair<mono_time, std::uint64_t>> by_hold;  // with the id
    std::size_t ready = 0;
  };

  [[nodiscard]] const tag_place* best(lane_set lanes, tag_order lane_heads::*order) const;
  [[nodiscard]] std::uint64_t clock_now() const;
  void enter(line& one);  // its head becomes a candidate, with the tag that it has
  void leave(line& one);
  void settle(line& one);  // after its head has gone: the next one, or idle
  [[nodiscard]] std::uint64_t floor() const noexcept;
  void forgive();

  const std::uint64_t credit_;
  std::array<lane_heads, lanes_max> lanes_;
  std::unordered_map<conversation_id, line> lines_;
  tag_order idle_;           // lines without entries that are ahead, by `ended`
  std::uint64_t clock_ = 0;  // the smallest tag that waited at the last `take`
  std::size_t size_ = 0;
};

}  // namespace dhr
