#pragma once
// The queue of a device worker: requests of all conversations meet here.
//
//   push ──▶ [ a line for each conversation, in turn with the others ] ──▶ pop
//
// Each conversation is first in, first out, and has its fair share of the device; `first` entries
// pass `later` ones of others (gpu/fair_schedule.hpp). Bounded, and no conversation may fill it: it
// is refused when it has as much waiting as there are places left, so one alone can use half of the
// queue and there is always room for another. What was cancelled is dropped before it costs
// anything, also when it arrives after its cancellation; what is past its deadline is given back as
// expired. Who is refused is told when to come again, by the pace at which the worker says that it
// gets on (gpu/service_pace.hpp). Pure: now is an argument. Not thread-safe; owned by one worker.

#include <algorithm>
#include <unordered_map>
#include <utility>
#include <vector>

#include "gpu/cancelled_turns.hpp"
#include "gpu/fair_schedule.hpp"
#include "gpu/service_pace.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/base/ids.hpp"
#include "runtime/base/result.hpp"

namespace dhr {

struct work_queue_options {
  std::size_t depth_max = 256;
  // Told to who is refused before anything was measured, and at least.
  milliseconds retry_after{200};
  std::size_t cancellations_max = 4096;  // conversations whose last cancellation is remembered
  std::uint32_t credit_requests = 8;     // typical ones that a conversation may save up by silence
  milliseconds retry_after_max{30'000};
};

struct work_counts {
  std::uint64_t accepted = 0;
  std::uint64_t refused = 0;    // overloaded
  std::uint64_t cancelled = 0;  // dropped from the queue or refused as already cancelled
  std::uint64_t expired = 0;
};

// Of the device time of a request that is neither long nor short.
inline constexpr std::uint32_t typical_cost = 100;

// What the queue has to know of a request.
struct work_terms {
  turn_id turn;  // a cancellation of its conversation's turns up to this one ends it
  work_class kind = work_class::later;
  mono_time deadline{};               // from then on nobody wants it
  std::uint32_t cost = typical_cost;  // at least 1
  std::uint8_t lane = 0;              // below fair_schedule::lanes_max; see gpu/batcher.hpp
  nanoseconds hold{0};                // how long it may wait for company; see gpu/batcher.hpp
  // In whose line it stands and whose share it uses. Empty: the turn's conversation.
  conversation_id owner{};
};

template <class Work>
class work_queue {
 public:
  struct entry {
    work_terms terms;
    mono_time queued_at{};
    nanoseconds waited{0};  // until it was popped
    Work work;
  };

  explicit work_queue(work_queue_options options = {})
      : options_{options},
        schedule_{options.credit_requests * std::uint64_t{typical_cost}},
        pace_{{options.retry_after, options.retry_after_max}},
        cancelled_{options.cancellations_max} {}

  // errc::cancelled for a turn that was cancelled before; errc::overloaded when the queue, or the
  // conversation's part of it, is full, with the time in which what waits now is worked off as its
  // retry_after; `work` is moved from only when it is accepted.
  [[nodiscard]] result<void> push(work_terms terms, mono_time now, Work&& work) {
    if (terms.owner.value.empty()) terms.owner = terms.turn.conversation;
    if (cancelled_.holds(terms.turn)) {
      ++counts_.cancelled;
      return fail(errc::cancelled, "the turn was cancelled");
    }
    const auto left = options_.depth_max - std::min(size(), options_.depth_max);
    if (schedule_.size_of(terms.owner) >= left) {
      ++counts_.refused;
      return error{errc::overloaded,
                   left == 0 ? "too many requests wait for this device"
                             : "too many requests of this conversation wait for this device",
                   {},
                   pace_.wait_for(size())};
    }
    const auto id = ++last_id_;
    schedule_.add(terms.owner, {id, terms.kind, terms.lane, terms.cost, now + terms.hold});
    entries_.emplace(id, entry{std::move(terms), now, {}, std::move(work)});
    ++counts_.accepted;
    return ok();
  }

  struct popped {
    std::vector<entry> next;     // one entry, or none if these lanes are empty
    std::vector<entry> expired;  // what was past its deadline before it
  };

  [[nodiscard]] popped pop(mono_time now,
                           fair_schedule::lane_set lanes = fair_schedule::all_lanes) {
    popped out;
    while (const auto head = schedule_.next(lanes)) {
      auto taken = remove(head->id);
      taken.waited = now - taken.queued_at;
      if (now < taken.terms.deadline) {
        schedule_.take(head->owner);
        out.next.push_back(std::move(taken));
        break;
      }
      schedule_.skip(head->owner);
      ++counts_.expired;
      out.expired.push_back(std::move(taken));
    }
    return out;
  }

  // Drops the conversation's entries up to this turn and refuses those that come yet; the dropped
  // ones are returned so that their askers can be told. `owner` is the one that they were pushed
  // with.
  std::vector<entry> cancel(const turn_id& turn, const conversation_id& owner) {
    cancelled_.remember(turn);
    const auto ids = schedule_.remove(owner, [&](std::uint64_t id) {
      const auto& other = entries_.at(id).terms.turn;
      return other.conversation == turn.conversation && !is_later(other, turn);
    });
    std::vector<entry> dropped;
    for (const auto id : ids) dropped.push_back(remove(id));
    counts_.cancelled += dropped.size();
    return dropped;
  }
  std::vector<entry> cancel(const turn_id& turn) { return cancel(turn, turn.conversation); }

  // As service_pace::batch_finished.
  void batch_finished(std::size_t requests, nanoseconds took) {
    pace_.batch_finished(requests, took);
  }

  [[nodiscard]] std::size_t size() const noexcept { return schedule_.size(); }
  [[nodiscard]] bool empty() const noexcept { return size() == 0; }
  [[nodiscard]] const work_counts& counts() const noexcept { return counts_; }
  [[nodiscard]] const fair_schedule& schedule() const noexcept { return schedule_; }

 private:
  entry remove(std::uint64_t id) {
    auto node = entries_.extract(id);
    return std::move(node.mapped());
  }

  const work_queue_options options_;
  fair_schedule schedule_;
  std::unordered_map<std::uint64_t, entry> entries_;  // by the schedule's ids
  std::uint64_t last_id_ = 0;
  service_pace pace_;
  cancelled_turns cancelled_;
  work_counts counts_;
};

}  // namespace dhr
