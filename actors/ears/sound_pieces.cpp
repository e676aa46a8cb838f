#include "actors/ears/sound_pieces.hpp"

#include <algorithm>
#include <cmath>

#include "runtime/base/assert.hpp"

namespace dhr {
namespace {

constexpr std::size_t frame_samples = 320;  // 20 ms
constexpr double loud_power_ratio = 1e-4;   // -40 dB
constexpr double loud_power_min = 2.5e-7;   // -66 dBFS
constexpr std::size_t quiet_frames = 10;    // a pause between words is about that long

// The mean square of each 20 ms around their own mean, so that a constant offset is no sound.
std::vector<double> powers_of(std::span<const float> sound) {
  std::vector<double> powers;
  for (std::size_t at = 0; at < sound.size(); at += frame_samples) {
    const auto frame = sound.subspan(at, std::min(frame_samples, sound.size() - at));
    double sum = 0;
    double squares = 0;
    for (const float sample : frame) {
      sum += sample;
      squares += static_cast<double>(sample) * sample;
    }
    const auto count = static_cast<double>(frame.size());
    powers.push_back(std::max(squares / count - sum * sum / (count * count), 0.0));
  }
  return powers;
}

// The middle of the quietest place that lies in frames [first, last).
std::size_t quietest_frame(std::span<const double> powers, std::size_t first, std::size_t last) {
  std::size_t best = first;
  double least = -1;
  for (std::size_t at = first; at + quiet_frames <= last; ++at) {
    double power = 0;
    for (std::size_t i = at; i < at + quiet_frames; ++i) power += powers[i];
    // Of equals the last one, so that the pieces are few.
    if (least < 0 || power <= least) {
      least = power;
      best = at + quiet_frames / 2;
    }
  }
  return best;
}

}  // namespace

std::span<const float> without_silence(std::span<const float> sound, std::size_t margin) {
  const auto powers = powers_of(sound);
  if (powers.empty()) return {};
  const auto loud =
      std::max(*std::max_element(powers.begin(), powers.end()) * loud_power_ratio, loud_power_min);
  const auto is_loud = [&](double power) { return power > loud; };
  const auto first = std::find_if(powers.begin(), powers.end(), is_loud);
  if (first == powers.end()) return {};
  const auto last = std::find_if(powers.rbegin(), powers.rend(), is_loud).base();
  const auto begin = static_cast<std::size_t>(first - powers.begin()) * frame_samples;
  const auto end = static_cast<std::size_t>(last - powers.begin()) * frame_samples;
  const auto from = begin - std::min(begin, margin);
  return sound.subspan(from, std::min(sound.size(), end + margin) - from);
}

std::vector<std::span<const float>> cut_at_quiet_places(std::span<const float> sound,
                                                        std::size_t piece_max) {
  DHR_ASSERT(piece_max >= quiet_frames * frame_samples);
  const auto powers = powers_of(sound);
  const auto piece_frames = piece_max / frame_samples;
  std::vector<std::span<const float>> pieces;
  std::size_t begin = 0;
  while (sound.size() - begin > piece_max) {
    // Equal pieces are as few as long ones and leave the search more room.
    const auto frame = begin / frame_samples;
    const auto cut =
        quietest_frame(powers, frame + piece_frames / 2, frame + piece_frames) * frame_samples;
    pieces.push_back(sound.subspan(begin, cut - begin));
    begin = cut;
  }
  if (begin < sound.size()) pieces.push_back(sound.subspan(begin));
  return pieces;
}

}  // namespace dhr
