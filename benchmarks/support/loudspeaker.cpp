#include "benchmarks/support/loudspeaker.hpp"

#include <cmath>

#include "benchmarks/support/microphone.hpp"

namespace dhr::bench {

void loudspeaker::hear(time_point now, std::span<const std::int16_t> samples) {
  if (now >= ends()) {
    if (samples_.empty()) begins_ = now;
    answer_begins_ = now;
    samples_.resize(static_cast<std::size_t>(place_of(now)));
  }
  samples_.insert(samples_.end(), samples.begin(), samples.end());
}

void loudspeaker::stop(time_point now) {
  if (now < ends()) samples_.resize(static_cast<std::size_t>(place_of(now)));
}

loudspeaker::time_point loudspeaker::ends() const {
  const std::chrono::duration<double> length{static_cast<double>(samples_.size()) /
                                             microphone_rate};
  return begins_ + std::chrono::duration_cast<std::chrono::nanoseconds>(length);
}

void loudspeaker::add_to(time_point begins, std::span<std::int16_t> piece, double gain) const {
  const auto first = place_of(begins);
  for (std::size_t i = 0; i < piece.size(); ++i) {
    const auto at = first + static_cast<std::int64_t>(i);
    if (at < 0 || at >= static_cast<std::int64_t>(samples_.size())) continue;
    piece[i] = mix(piece[i], gain * samples_[static_cast<std::size_t>(at)]);
  }
}

std::int64_t loudspeaker::place_of(time_point at) const {
  return std::llround(std::chrono::duration<double>{at - begins_}.count() * microphone_rate);
}

}  // namespace dhr::bench
