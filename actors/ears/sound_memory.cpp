#include "actors/ears/sound_memory.hpp"

#include <algorithm>

#include "actors/ears/sound_samples.hpp"

namespace dhr {

void sound_memory::append(std::span<const float> samples) { append_int16(samples, samples_); }

void sound_memory::forget_before(std::int64_t sample) {
  const auto there = std::min(sample, last()) - first_;
  if (there <= 0) return;
  first_ += there;
  skipped_ += static_cast<std::size_t>(there);
  if (skipped_ * 2 < samples_.size()) return;  // each sample is moved at most once on average
  samples_.erase(samples_.begin(), samples_.begin() + static_cast<std::ptrdiff_t>(skipped_));
  skipped_ = 0;
  if (samples_.capacity() > 4 * samples_.size() + 16'384) samples_.shrink_to_fit();
}

shared_bytes sound_memory::cut(std::int64_t first, std::int64_t last_wanted) const {
  first = std::max(first, first_);
  const auto end = std::min(last_wanted, last());
  if (end <= first) return {};
  const auto* begin = samples_.data() + skipped_ + (first - first_);
  return shared_bytes::of(
      std::span<const std::int16_t>{begin, static_cast<std::size_t>(end - first)});
}

std::vector<float> sound_memory::newest(std::int64_t count) const {
  return to_float(cut(last() - count, last()));
}

}  // namespace dhr
