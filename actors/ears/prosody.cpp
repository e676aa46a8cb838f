#include "actors/ears/prosody.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "actors/ears/decimator.hpp"
#include "actors/ears/pitch.hpp"

namespace dhr {
namespace {

constexpr std::size_t hop = pitch_sample_rate / 100;  // 10 ms
constexpr int hop_ms = 10;
constexpr std::size_t level_window = 200;  // 25 ms, in the middle of what the pitch looks at
constexpr std::size_t level_margin = (pitch_frame - level_window) / 2;
constexpr std::size_t pause_min = 15;  // frames
constexpr std::size_t voiced_min = 3;  // frames that belong together; fewer are an accident
constexpr double silence_db = -100;
constexpr double speech_db_min = -65;  // fainter is no speech, however quiet the room
constexpr double speech_below_peak_db = 30;
constexpr double speech_above_floor_db = 6;
constexpr double steady_db = 12;     // a sound that varies by less has no floor
constexpr std::size_t smoothed = 1;  // frames before and after
constexpr double nucleus_dip_db = 2;
constexpr double nucleus_below_peak_db = 20;

struct frame {
  double level_db = silence_db;
  double bright_db = silence_db;  // of the first difference
  double pitch_hz = 0;            // 0: not voiced
  bool speech = false;
};

double percentile(std::vector<double> values, double share) {
  const auto at = static_cast<std::size_t>(share * static_cast<double>(values.size() - 1) + 0.5);
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(at), values.end());
  return values[at];
}

double level_of(std::span<const float> samples) {
  double energy = 0;
  for (const float sample : samples) energy += double{sample} * sample;
  const double power = energy / static_cast<double>(samples.size());
  return std::max(silence_db, 10 * std::log10(power + 1e-20));
}

// Rumble below a voice would be its longest period.
void cut_rumble(std::span<float> samples) {
  // Second-order Butterworth high-pass, 60 Hz at 8 kHz, transposed direct form II.
  float first = 0;
  float second = 0;
  for (auto& sample : samples) {
    const float passed = 0.96723f * sample + first;
    first = -1.93446f * sample + 1.93338f * passed + second;
    second = 0.96723f * sample - 0.93553f * passed;
    sample = passed;
  }
}

// The first difference. It weakens 100 Hz by 22 dB and 1 kHz by 2 dB: nasals and glides between two
// vowels are as loud as they are, but darker.
std::vector<float> brightened(std::span<const float> samples) {
  std::vector<float> bright(samples.begin(), samples.end());
  for (std::size_t i = bright.size() - 1; i > 0; --i) bright[i] -= bright[i - 1];
  return bright;
}

// Calls `seen(first, last, value)` for each run of equal `key` in [first, last).
void each_run(std::span<const frame> frames, auto key, auto seen) {
  for (std::size_t first = 0; first < frames.size();) {
    auto last = first + 1;
    while (last < frames.size() && key(frames[last]) == key(frames[first])) ++last;
    seen(first, last, key(frames[first]));
    first = last;
  }
}

// Speech is what stands out of the silence around it, where rumble does not reach.
void mark_speech(std::vector<frame>& frames) {
  std::vector<double> levels;
  for (const auto& each : frames) levels.push_back(each.bright_db);
  const double peak = percentile(levels, 0.95);
  const double floor = percentile(levels, 0.10);
  const double threshold = std::max({speech_db_min, peak - speech_below_peak_db,
                                     std::min(floor + speech_above_floor_db, peak - steady_db)});
  for (auto& each : frames) each.speech = each.bright_db >= threshold;
}

void mark_pitch(std::vector<frame>& frames, std::span<const float> samples) {
  for (std::size_t i = 0; i < frames.size(); ++i) {
    if (frames[i].speech)
      frames[i].pitch_hz = estimate_pitch(samples.subspan(i * hop, pitch_frame));
  }
  each_run(
      frames, [](const frame& each) { return each.pitch_hz > 0; },
      [&](std::size_t first, std::size_t last, bool voiced) {
        if (!voiced || last - first >= voiced_min) return;
        for (auto i = first; i < last; ++i) frames[i].pitch_hz = 0;
      });
}

// Peaks of the smoothed loudness that are voiced, with a dip between each two.
int count_nuclei(std::span<const frame> frames) {
  std::vector<double> smooth;
  for (std::size_t i = 0; i < frames.size(); ++i) {
    const auto from = i - std::min<std::size_t>(i, smoothed);
    const auto to = std::min(i + smoothed + 1, frames.size());
    double sum = 0;
    for (auto k = from; k < to; ++k) sum += frames[k].bright_db;
    smooth.push_back(sum / static_cast<double>(to - from));
  }
  const double threshold = *std::max_element(smooth.begin(), smooth.end()) - nucleus_below_peak_db;
  int nuclei = 0;
  double lowest = silence_db;   // since the last peak
  double highest = silence_db;  // since that
  bool voiced = false;          // at the highest
  for (std::size_t i = 0; i < frames.size(); ++i) {
    if (smooth[i] > highest) {
      highest = smooth[i];
      voiced = frames[i].pitch_hz > 0;
    }
    const bool ends = i + 1 == frames.size();
    if (!ends && smooth[i] > highest - nucleus_dip_db) continue;
    // A dip: what went before was a peak if it rose out of the last dip.
    if (voiced && highest >= threshold && highest - lowest >= nucleus_dip_db) ++nuclei;
    lowest = highest = smooth[i];
    voiced = false;
    while (i + 1 < frames.size() && smooth[i + 1] <= smooth[i]) lowest = highest = smooth[++i];
  }
  return nuclei;
}

std::span<const frame> from_first_to_last_speech(const std::vector<frame>& frames) {
  const auto speech = [](const frame& each) { return each.speech; };
  const auto first = std::find_if(frames.begin(), frames.end(), speech);
  const auto last = std::find_if(frames.rbegin(), frames.rend(), speech).base();
  return first < last ? std::span{first, last} : std::span<const frame>{};
}

}  // namespace

prosody measure_prosody(std::span<const float> samples_16k) {
  std::vector<float> samples;
  decimator{2}.process(samples_16k, samples);
  cut_rumble(samples);
  if (samples.size() < pitch_frame + hop) return {};
  std::vector<frame> all((samples.size() - pitch_frame) / hop + 1);
  const auto bright = brightened(samples);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto from = i * hop + level_margin;
    all[i].level_db = level_of(std::span{samples}.subspan(from, level_window));
    all[i].bright_db = level_of(std::span{bright}.subspan(from, level_window));
  }
  mark_speech(all);
  mark_pitch(all, samples);
  const auto frames = from_first_to_last_speech(all);
  if (frames.empty()) return {};

  prosody measured;
  std::size_t paused = 0;
  each_run(
      frames, [](const frame& each) { return each.speech; },
      [&](std::size_t first, std::size_t last, bool speech) {
        if (speech || last - first < pause_min) return;
        ++measured.pauses;
        paused += last - first;
      });
  const auto total = static_cast<double>(frames.size());
  measured.pause_share = static_cast<double>(paused) / total;
  measured.speech_ms = static_cast<int>(frames.size() - paused) * hop_ms;
  measured.rate_syllables_per_s = count_nuclei(frames) * 1'000.0 / measured.speech_ms;

  std::vector<double> pitches;
  double power = 0;
  for (const auto& each : frames) {
    if (each.pitch_hz == 0) continue;
    pitches.push_back(each.pitch_hz);
    power += std::pow(10.0, each.level_db / 10);
  }
  if (pitches.empty()) return measured;
  const auto voiced = static_cast<double>(pitches.size());
  measured.voiced_share = voiced * hop_ms / measured.speech_ms;
  measured.energy_db = 10 * std::log10(power / voiced);
  measured.pitch_hz_median = percentile(pitches, 0.5);
  measured.pitch_range_semitones =
      12 * std::log2(percentile(pitches, 0.9) / percentile(pitches, 0.1));
  return measured;
}

}  // namespace dhr
