#include "actors/avatar/speech_presence.hpp"

#include <algorithm>
#include <limits>

namespace dhr {
namespace {

constexpr double samples_of_ms(double ms) { return ms * double(speech_sample_rate) / 1'000; }

// The lips come from rest and return to it within the first; the expression comes and goes within
// the second.
constexpr double lips_own = samples_of_ms(60);
constexpr double shared = samples_of_ms(220);

}  // namespace

void speech_presence::clear() noexcept {
  voiced_.clear();
  known_until_ = 0;
  ended_ = false;
}

void speech_presence::add(std::int64_t first_sample, std::int64_t sample_count,
                          std::span<const phoneme_span> phonemes) {
  for (const auto& phoneme : phonemes) {
    if (phoneme.ipa.empty()) continue;
    const auto begin = static_cast<double>(first_sample + phoneme.first_sample);
    const auto end = static_cast<double>(first_sample + phoneme.last_sample);
    if (!voiced_.empty() && voiced_.back().end >= begin) {
      voiced_.back().end = end;
    } else {
      voiced_.push_back({begin, end});
    }
  }
  known_until_ = static_cast<double>(first_sample + sample_count);
}

float speech_presence::at(double sample) noexcept {
  // The last stretch that has ended stays: the mouth comes from it.
  while (voiced_.size() > 1 && voiced_[1].end < sample) voiced_.pop_front();
  auto distance = std::numeric_limits<double>::infinity();
  for (const auto& [begin, end] : voiced_) {
    if (begin - sample > lips_own + shared) break;
    distance = std::min(distance, std::max({begin - sample, sample - end, 0.0}));
  }
  if (!ended_) distance = std::min(distance, std::max(known_until_ - sample, 0.0));
  const auto x = std::clamp(1 - (distance - lips_own) / shared, 0.0, 1.0);
  return static_cast<float>(x * x * (3 - 2 * x));
}

}  // namespace dhr
