#include "gpu/service_pace.hpp"

#include <algorithm>
#include <cmath>

namespace dhr {
namespace {

constexpr double kept = 7.0 / 8;

}  // namespace

void service_pace::batch_finished(std::size_t requests, nanoseconds took) {
  unfinished_ += std::max(took, nanoseconds{0});
  if (requests == 0) return;
  busy_ns_ = busy_ns_ * kept + static_cast<double>(unfinished_.count());
  requests_ = requests_ * kept + static_cast<double>(requests);
  unfinished_ = nanoseconds{0};
}

std::optional<nanoseconds> service_pace::per_request() const {
  if (requests_ == 0) return std::nullopt;
  return nanoseconds{std::llround(busy_ns_ / requests_)};
}

milliseconds service_pace::wait_for(std::size_t requests) const {
  const auto each = per_request();
  if (!each) return limits_.wait_min;
  const auto longest = std::max(limits_.wait_min, limits_.wait_max);
  const auto ms = std::ceil(static_cast<double>(requests) * to_ms(*each));
  if (ms >= static_cast<double>(longest.count())) return longest;
  return std::max(limits_.wait_min, milliseconds{static_cast<std::int64_t>(ms)});
}

}  // namespace dhr
