#pragma once
// Requests of all conversations on their way into batches of one device.
//
//   push(length) ──▶ work_queue, a lane for each bucket of lengths ──▶ take(now): the next batch
//
// When. The worker asks when the device is free. A batch of a bucket closes
//   - at once, if it is full, or if a `first` request waits that may pass others: somebody waits
//     for it, and a device that stands idle loses nothing by a small batch. When the device is busy
//     this costs nothing either, since company gathers while it runs;
//   - when its oldest request has been held for `wait_max`, or for half of the time that the
//     request has: `later` work may wait for company, since nobody notices, and a larger batch
//     saves device time for all.
// Of several buckets that may close, the one with the fairest next request does, so no bucket
// starves another.
//
// What. Requests of one bucket, in the fair order of the queue. A shorter one rides along only in a
// row that would be padding otherwise (`row_sizes`), since any other row costs as much as the
// longest one; it is taken only if nothing of its conversation is before it.
//
// Order. Only heads of conversations are taken, so a conversation's requests are in one batch in
// their order, or in an earlier and a later one. A worker has one stream, on which batches end as
// they began, and answers in the order of a batch; so results keep the order of requests with any
// number of batches under way on that stream. A worker with two streams would be two workers.
//
// How long. While the device keeps up with what comes, a request is begun after at most `wait_max`,
// the batch that runs then, and one batch for each other bucket.
//
// Pure: now is an argument. Not thread-safe; owned by one worker.

#include <utility>
#include <vector>

#include "gpu/batch_rules.hpp"
#include "gpu/work_queue.hpp"
#include "runtime/base/assert.hpp"

namespace dhr {

struct batch_counts {
  std::uint64_t batches = 0;
  std::uint64_t requests = 0;
  std::uint64_t riders = 0;   // of these, in a batch of longer ones
  std::uint64_t padding = 0;  // rows without a request
};

template <class Work>
class batcher {
 public:
  using entry = typename work_queue<Work>::entry;

  // `limits` make sense: check() has nothing against them.
  explicit batcher(batch_limits limits, work_queue_options queue = {})
      : limits_{std::move(limits)}, queue_{queue} {
    DHR_ASSERT(check(limits_).has_value());
  }

  // As work_queue::push; errc::invalid_argument at "length" for what no bucket holds. The terms'
  // lane, cost (as the bucket's length) and hold are set here.
  [[nodiscard]] result<void> push(work_terms terms, std::uint32_t length, mono_time now,
                                  Work&& work) {
    const auto bucket = bucket_of(limits_, length);
    if (!bucket)
      return fail(errc::invalid_argument, "it is longer than the device takes", "length");
    terms.lane = *bucket;
    terms.cost = cost_of(limits_, *bucket);
    terms.hold = hold_for(limits_, now, terms.deadline);
    return queue_.push(std::move(terms), now, std::move(work));
  }

  struct batch {
    std::vector<entry> entries;  // none: nothing is due. Each knows how long it waited
    std::vector<entry> expired;  // what was past its deadline
    std::uint32_t length = 0;    // that all entries are padded to
    std::size_t rows = 0;        // with those that are padding
  };

  // For a device that is free now.
  [[nodiscard]] batch take(mono_time now) {
    batch out;
    while (out.entries.empty()) {
      const auto anchor = queue_.schedule().next(due_lanes(now));
      if (!anchor) return out;
      fill(out, fair_schedule::lane_set{1} << anchor->lane, limits_.batch_max, now);
      out.length = limits_.buckets[anchor->lane];
      if (out.entries.empty()) continue;
      out.rows = rows_for(limits_, out.entries.size());
      const auto own = out.entries.size();
      fill(out, (fair_schedule::lane_set{1} << anchor->lane) - 1, out.rows, now);
      ++counts_.batches;
      counts_.requests += out.entries.size();
      counts_.riders += out.entries.size() - own;
      counts_.padding += out.rows - out.entries.size();
    }
    return out;
  }

  // When to ask again, if nothing else happens: mono_time::min() stands for now, nothing for never.
  [[nodiscard]] std::optional<mono_time> due_at() const {
    std::optional<mono_time> soonest;
    for (std::size_t lane = 0; lane < limits_.buckets.size(); ++lane) {
      const auto due = due_at(lane);
      if (due && (!soonest || *due < *soonest)) soonest = due;
    }
    return soonest;
  }

  // As work_queue::cancel. What is on the device already goes on.
  std::vector<entry> cancel(const turn_id& turn, const conversation_id& owner) {
    return queue_.cancel(turn, owner);
  }
  std::vector<entry> cancel(const turn_id& turn) { return queue_.cancel(turn); }

  // As work_queue::batch_finished.
  void batch_finished(std::size_t requests, nanoseconds took) {
    queue_.batch_finished(requests, took);
  }

  [[nodiscard]] std::size_t size() const noexcept { return queue_.size(); }
  [[nodiscard]] bool empty() const noexcept { return queue_.empty(); }
  [[nodiscard]] const work_counts& counts() const noexcept { return queue_.counts(); }
  [[nodiscard]] const batch_counts& batches() const noexcept { return counts_; }

 private:
  [[nodiscard]] std::optional<mono_time> due_at(std::size_t lane) const {
    const auto& schedule = queue_.schedule();
    if (schedule.ready(lane) >= limits_.batch_max || schedule.passes(lane)) {
      return mono_time::min();
    }
    return schedule.held_until(lane);
  }

  [[nodiscard]] fair_schedule::lane_set due_lanes(mono_time now) const {
    fair_schedule::lane_set due = 0;
    for (std::size_t lane = 0; lane < limits_.buckets.size(); ++lane) {
      const auto when = due_at(lane);
      if (when && *when <= now) due |= fair_schedule::lane_set{1} << lane;
    }
    return due;
  }

  // Until the batch has `size_max` entries or these lanes have no more.
  void fill(batch& out, fair_schedule::lane_set lanes, std::size_t size_max, mono_time now) {
    while (out.entries.size() < size_max) {
      auto popped = queue_.pop(now, lanes);
      for (auto& late : popped.expired) out.expired.push_back(std::move(late));
      if (popped.next.empty()) return;
      out.entries.push_back(std::move(popped.next.front()));
    }
  }

  const batch_limits limits_;
  work_queue<Work> queue_;
  batch_counts counts_;
};

}  // namespace dhr
