#pragma once
// The sound that may still be needed, addressed by its place in all that was ever heard.

#include <cstdint>
#include <span>
#include <vector>

#include "runtime/base/shared_bytes.hpp"

namespace dhr {

// Lives on: whoever owns it; not thread-safe.
class sound_memory {
 public:
  void append(std::span<const float> samples);
  // Forgets what lies before this place.
  void forget_before(std::int64_t sample);

  // [first, last) as int16, as far as it is there.
  [[nodiscard]] shared_bytes cut(std::int64_t first, std::int64_t last) const;
  // The last `count` samples as floats; fewer where there are fewer.
  [[nodiscard]] std::vector<float> newest(std::int64_t count) const;

  [[nodiscard]] std::int64_t first() const noexcept { return first_; }
  [[nodiscard]] std::int64_t last() const noexcept {
    return first_ + static_cast<std::int64_t>(samples_.size() - skipped_);
  }

 private:
  std::vector<std::int16_t> samples_;
  std::size_t skipped_ = 0;  // at the front of samples_, forgotten but not yet moved away
  std::int64_t first_ = 0;
};

}  // namespace dhr
