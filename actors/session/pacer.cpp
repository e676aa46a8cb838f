#include "actors/session/pacer.hpp"

#include "actors/speech/types.hpp"

namespace dhr {
namespace {

nanoseconds duration_of(std::int64_t samples) noexcept {
  return nanoseconds{samples * 1'000'000'000 / speech_sample_rate};
}

}  // namespace

mono_time pacer::due(std::int64_t first_sample) const noexcept {
  if (!paced_ || !started_) return mono_time{};
  return start_ + duration_of(first_sample) - run_ahead_;
}

nanoseconds pacer::sent(std::int64_t first_sample, mono_time now) noexcept {
  const auto offset = duration_of(first_sample);
  if (!started_) {
    started_ = true;
    start_ = now - offset;
    return nanoseconds{0};
  }
  const auto late = now - (start_ + offset);
  if (late <= nanoseconds{0}) return nanoseconds{0};
  start_ += late;
  return late;
}

std::int64_t pacer::sample_at(mono_time now) const noexcept {
  if (!started_ || now <= start_) return 0;
  return (now - start_).count() * speech_sample_rate / 1'000'000'000;
}

mono_time pacer::heard(std::int64_t last_sample) const noexcept {
  return started_ ? start_ + duration_of(last_sample) : mono_time{};
}

}  // namespace dhr
