#pragma once
// The queue of a device worker: requests of all conversations meet here.
//
//   push ──▶ [ first: c7.0  c2.0 ] ──┐
//            [ later: c1.3  c2.1  c1.4 ] ──▶ pop: all `first` before all `later`
//
// Bounded. First in, first out inside a class, and for each conversation as a whole: a `first`
// entry whose conversation still has older entries waits among `later`. What was cancelled is
// dropped before it costs anything, also when it arrives after its cancellation; what is past its
// deadline is given back as expired. Pure: now is an argument. Not thread-safe; owned by one
// worker.

#include <chrono>
#include <cstdint>
#include <deque>
#include <unordered_map>
#include <utility>
#include <vector>

#include "runtime/base/clock.hpp"
#include "runtime/base/ids.hpp"
#include "runtime/base/result.hpp"

namespace dhr {

enum class work_class : std::uint8_t {
  first,  // somebody waits for the first sign of an answer
  later,  // what follows it
};

struct work_queue_options {
  std::size_t depth_max = 256;
  milliseconds retry_after{200};         // told to who is refused
  std::size_t cancellations_max = 4096;  // conversations whose last cancellation is remembered
};

struct work_counts {
  std::uint64_t accepted = 0;
  std::uint64_t refused = 0;    // overloaded
  std::uint64_t cancelled = 0;  // dropped from the queue or refused as already cancelled
  std::uint64_t expired = 0;
};

template <class Work>
class work_queue {
 public:
  struct entry {
    turn_id turn;
    work_class kind = work_class::later;
    mono_time queued_at{};
    mono_time deadline{};
    Work work;
  };

  explicit work_queue(work_queue_options options = {}) : options_{options} {}

  // errc::cancelled for a turn that was cancelled before, errc::overloaded with a retry_after when
  // the queue is full; `work` is moved from only when it is accepted.
  [[nodiscard]] result<void> push(const turn_id& turn, work_class kind, mono_time now,
                                  mono_time deadline, Work&& work) {
    if (is_cancelled(turn)) {
      ++counts_.cancelled;
      return fail(errc::cancelled, "the turn was cancelled");
    }
    if (size() >= options_.depth_max) {
      ++counts_.refused;
      return error{
          errc::overloaded, "too many requests wait for this device", {}, options_.retry_after};
    }
    const auto waiting = later_of_.find(turn.conversation);
    const bool overtakes_own = waiting != later_of_.end();
    auto& queue = kind == work_class::first && !overtakes_own ? first_ : later_;
    if (&queue == &later_) ++later_of_[turn.conversation];
    queue.push_back({turn, kind, now, deadline, std::move(work)});
    ++counts_.accepted;
    return ok();
  }

  struct popped {
    std::vector<entry> next;     // one entry, or none if the queue is empty
    std::vector<entry> expired;  // what was past its deadline before it
  };

  [[nodiscard]] popped pop(mono_time now) {
    popped out;
    while (out.next.empty() && size() > 0) {
      auto& queue = first_.empty() ? later_ : first_;
      entry taken = std::move(queue.front());
      queue.pop_front();
      if (&queue == &later_) forget_later(taken.turn.conversation);
      if (now >= taken.deadline) {
        ++counts_.expired;
        out.expired.push_back(std::move(taken));
      } else {
        out.next.push_back(std::move(taken));
      }
    }
    return out;
  }

  // Drops the conversation's entries up to this turn and refuses those that come yet; the dropped
  // ones are returned so that their askers can be told.
  std::vector<entry> cancel(const turn_id& turn) {
    remember(turn);
    std::vector<entry> dropped;
    for (auto* queue : {&first_, &later_}) {
      std::deque<entry> kept;
      for (auto& one : *queue) {
        if (one.turn.conversation == turn.conversation && !is_after(one.turn, turn)) {
          if (queue == &later_) forget_later(turn.conversation);
          dropped.push_back(std::move(one));
        } else {
          kept.push_back(std::move(one));
        }
      }
      queue->swap(kept);
    }
    counts_.cancelled += dropped.size();
    return dropped;
  }

  [[nodiscard]] std::size_t size() const noexcept { return first_.size() + later_.size(); }
  [[nodiscard]] bool empty() const noexcept { return size() == 0; }
  [[nodiscard]] const work_counts& counts() const noexcept { return counts_; }

 private:
  static bool is_after(const turn_id& a, const turn_id& b) noexcept {
    return std::pair{a.epoch.value, a.number} > std::pair{b.epoch.value, b.number};
  }

  bool is_cancelled(const turn_id& turn) const {
    const auto found = cancelled_.find(turn.conversation);
    return found != cancelled_.end() && !is_after(turn, found->second);
  }

  void remember(const turn_id& turn) {
    const auto [found, is_new] = cancelled_.try_emplace(turn.conversation, turn);
    if (!is_new) {
      if (is_after(turn, found->second)) found->second = turn;
      return;
    }
    cancelled_order_.push_back(turn.conversation);
    if (cancelled_order_.size() <= options_.cancellations_max) return;
    cancelled_.erase(cancelled_order_.front());
    cancelled_order_.pop_front();
  }

  void forget_later(const conversation_id& conversation) {
    const auto found = later_of_.find(conversation);
    if (--found->second == 0) later_of_.erase(found);
  }

  const work_queue_options options_;
  std::deque<entry> first_;
  std::deque<entry> later_;
  std::unordered_map<conversation_id, std::size_t> later_of_;  // entries in later_
  std::unordered_map<conversation_id, turn_id> cancelled_;
  std::deque<conversation_id> cancelled_order_;  // oldest first
  work_counts counts_;
};

}  // namespace dhr
