#include "gpu/batch_rules.hpp"

#include <algorithm>
#include <functional>

#include "gpu/work_queue.hpp"

namespace dhr {
namespace {

template <class Number>
bool ascends(const std::vector<Number>& numbers) {
  return std::adjacent_find(numbers.begin(), numbers.end(), std::greater_equal<>{}) ==
         numbers.end();
}

}  // namespace

result<void> check(const batch_limits& limits) {
  if (limits.batch_max == 0) {
    return fail(errc::invalid_argument, "a batch holds at least one request", "batch_max");
  }
  if (limits.wait_max < milliseconds{0}) {
    return fail(errc::invalid_argument, "nothing waits for less than no time", "wait_max");
  }
  if (limits.buckets.empty() || limits.buckets.size() > fair_schedule::lanes_max ||
      limits.buckets.front() == 0 || !ascends(limits.buckets)) {
    return fail(errc::invalid_argument,
                "there are one to " + std::to_string(fair_schedule::lanes_max) +
                    " buckets, from short to long",
                "buckets");
  }
  if (!ascends(limits.row_sizes)) {
    return fail(errc::invalid_argument, "sizes go from small to large", "row_sizes");
  }
  return ok();
}

std::optional<std::uint8_t> bucket_of(const batch_limits& limits, std::uint32_t length) {
  const auto found = std::lower_bound(limits.buckets.begin(), limits.buckets.end(), length);
  if (found == limits.buckets.end()) return std::nullopt;
  return static_cast<std::uint8_t>(found - limits.buckets.begin());
}

std::uint32_t cost_of(const batch_limits& limits, std::uint8_t bucket) {
  const std::uint64_t middle = limits.buckets[limits.buckets.size() / 2];
  const auto cost = std::uint64_t{typical_cost} * limits.buckets[bucket] / middle;
  return static_cast<std::uint32_t>(std::clamp<std::uint64_t>(cost, 1, 100 * typical_cost));
}

std::size_t rows_for(const batch_limits& limits, std::size_t requests) {
  const auto& sizes = limits.row_sizes;
  const auto found = std::lower_bound(sizes.begin(), sizes.end(), requests);
  const auto rows = found == sizes.end() ? requests : *found;
  return std::max(requests, std::min(rows, limits.batch_max));
}

nanoseconds hold_for(const batch_limits& limits, mono_time now, mono_time deadline) {
  return std::clamp<nanoseconds>((deadline - now) / 2, nanoseconds{0}, limits.wait_max);
}

}  // namespace dhr
