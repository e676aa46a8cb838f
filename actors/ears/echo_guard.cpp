#include "actors/ears/echo_guard.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <utility>

#include "actors/ears/echo_match.hpp"
#include "actors/ears/types.hpp"

namespace dhr {
namespace {

constexpr nanoseconds sample_duration{1'000'000'000 / echo_match_rate};
constexpr std::int64_t jitter_max = milliseconds{40} / sample_duration;
constexpr std::size_t seams_max = 2;  // that are tried; each costs as much as two judgements
constexpr std::int64_t seam_width = milliseconds{20} / sample_duration;  // its place is not exact
constexpr float bass_pole = 0.83f;  // at 4 kHz: -3 dB at 108 Hz, above rumble and hum
constexpr float faint = 1e-3f;      // -60 dBFS: what is fainter is nobody's voice

std::int64_t index_of(mono_time at) { return at.time_since_epoch() / sample_duration; }

constexpr std::int64_t samples_in(milliseconds duration) { return duration / sample_duration; }

double power_of(std::span<const float> samples) {
  return samples.empty() ? 0 : energy(samples) / static_cast<double>(samples.size());
}

std::int64_t size_of(std::span<const float> samples) {
  return static_cast<std::int64_t>(samples.size());
}

}  // namespace

void echo_guard::compared_band::process(std::span<const float> samples_16k,
                                        std::vector<float>& out) {
  const auto before = out.size();
  decimator_.process(samples_16k, out);
  for (auto& sample : std::span{out}.subspan(before)) {
    last_out_ = sample - last_in_ + bass_pole * last_out_;
    last_in_ = std::exchange(sample, last_out_);
  }
}

void echo_guard::sounded(mono_time begins, std::span<const float> samples_16k) {
  constexpr auto kept = samples_in(remembered);
  constexpr auto slack = samples_in(milliseconds{1'000});
  const auto at = index_of(begins);
  const auto end = first_ + size_of(voice_);
  if (!goes_on_ || std::abs(at - end) > jitter_max) {
    band_.reset();
    if (at <= first_ || at - end > kept) {
      voice_.clear();
      seams_.clear();
      first_ = at;
    } else {
      // Silence in between, or something else is said instead.
      voice_.resize(static_cast<std::size_t>(at - first_), 0.0f);
      seams_.push_back(at);
      if (seams_.size() > seams_max) seams_.pop_front();
    }
  }
  goes_on_ = true;
  voice_.reserve(static_cast<std::size_t>(kept + 2 * slack));
  band_.process(samples_16k, voice_);
  if (const auto old = size_of(voice_) - kept; old > slack) {
    voice_.erase(voice_.begin(), voice_.begin() + old);
    first_ += old;
  }
}

void echo_guard::silenced(mono_time at) {
  const auto left = std::max<std::int64_t>(index_of(at) - first_, 0);
  if (left < size_of(voice_)) voice_.resize(static_cast<std::size_t>(left));
  goes_on_ = false;
}

void echo_guard::heard(std::span<const float> samples_16k) {
  block_.clear();
  heard_band_.process(samples_16k, block_);
  powers_[blocks_heard_++ % noise_blocks] = static_cast<float>(power_of(block_));
}

double echo_guard::noise_power() const {
  const auto known = std::min(blocks_heard_, noise_blocks);
  return known == 0 ? 0 : *std::min_element(powers_.begin(), powers_.begin() + known);
}

// What is before a seam and what is after it are explained one by one; they overlap in no piece.
double echo_guard::share_over_seams(std::span<const float> piece, std::span<const float> reference,
                                    std::int64_t from) const {
  double most = 0;
  for (const auto seam : seams_) {
    const auto place = seam - from;
    const auto expected = static_cast<std::int64_t>(last_lag_.value_or(0));
    const auto reach = last_lag_ ? size_of(piece) : size_of(reference);
    if (place < expected - seam_width || place > expected + reach + seam_width) continue;
    if (place <= 0 || place >= size_of(reference)) continue;
    std::vector<float> before(reference.begin(), reference.end());
    std::vector<float> after = before;
    std::fill(before.begin() + place, before.end(), 0.0f);
    std::fill(after.begin(), after.begin() + place, 0.0f);
    const double share =
        match_echo(piece, before, last_lag_).share + match_echo(piece, after, last_lag_).share;
    most = std::max(most, std::min(share, 1.0));
  }
  return most;
}

bool echo_guard::is_quiet() const {
  if (blocks_heard_ == 0) return false;
  return powers_[(blocks_heard_ - 1) % noise_blocks] <= noise_margin * noise_power();
}

echo_verdict echo_guard::judge(mono_time begins, std::span<const float> samples_16k) {
  constexpr auto rate = hearing_sample_rate;
  const auto longest = static_cast<std::size_t>(piece_max.count() * rate / 1'000);
  if (samples_16k.size() > longest) {
    const auto skipped = static_cast<std::int64_t>(samples_16k.size() - longest);
    begins += nanoseconds{skipped * 1'000'000'000 / rate};
    samples_16k = samples_16k.last(longest);
  }
  std::vector<float> piece;
  compared_band{}.process(samples_16k, piece);
  if (voice_.empty() || size_of(piece) < samples_in(piece_min)) return {};
  const auto loud = [](float sample) { return std::abs(sample) >= faint; };
  if (std::none_of(piece.begin(), piece.end(), loud)) return {};

  constexpr auto back = samples_in(delay_max);
  const auto from = index_of(begins) - first_ - back;
  std::vector<float> reference(piece.size() + back + samples_in(-delay_min), 0.0f);
  for (std::size_t i = 0; i < reference.size(); ++i) {
    const auto at = from + static_cast<std::int64_t>(i);
    if (at >= 0 && at < size_of(voice_)) reference[i] = voice_[static_cast<std::size_t>(at)];
  }
  const auto match = match_echo(piece, reference, last_lag_);
  const auto lag = static_cast<std::int64_t>(match.lag);
  echo_verdict verdict;
  verdict.share = match.share;
  if (verdict.share >= echo_share) {
    last_lag_ = match.lag;
    verdict.delay = std::chrono::round<milliseconds>((back - lag) * sample_duration);
  } else {
    verdict.share = std::max(verdict.share, share_over_seams(piece, reference, from + first_));
  }
  const double left = (1 - verdict.share) * power_of(piece);
  verdict.is_echo = verdict.share >= echo_share || left <= noise_margin * noise_power();
  return verdict;
}

}  // namespace dhr
