#pragma once
// The numbers of batching. Pure; any thread.

#include <cstdint>
#include <optional>
#include <vector>

#include "runtime/base/clock.hpp"
#include "runtime/base/result.hpp"

namespace dhr {

struct batch_limits {
  std::size_t batch_max = 8;  // requests
  milliseconds wait_max{10};  // that a request is kept waiting for company
  // Lengths that a batch is padded to, ascending, in any unit (tokens, frames); at most
  // fair_schedule::lanes_max of them.
  std::vector<std::uint32_t> buckets{16, 32, 64, 128};
  // Sizes that a batch is padded to, ascending, such as those that the device has graphs for. Empty
  // if a batch costs what is in it.
  std::vector<std::size_t> row_sizes{};
};

// errc::invalid_argument at the limit that makes no sense.
[[nodiscard]] result<void> check(const batch_limits& limits);

// The shortest bucket that holds this length, by its place; nothing if it is longer than all.
[[nodiscard]] std::optional<std::uint8_t> bucket_of(const batch_limits& limits,
                                                    std::uint32_t length);

// What a request of this bucket costs; one of the middle bucket is typical.
[[nodiscard]] std::uint32_t cost_of(const batch_limits& limits, std::uint8_t bucket);

// What a batch of so many requests is padded to; at least `requests`, at most batch_max.
[[nodiscard]] std::size_t rows_for(const batch_limits& limits, std::size_t requests);

// How long a request may be kept waiting for company: half of its time at most, so that it is not
// too late when it is begun.
[[nodiscard]] nanoseconds hold_for(const batch_limits& limits, mono_time now, mono_time deadline);

}  // namespace dhr
