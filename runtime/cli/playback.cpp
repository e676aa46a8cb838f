#include "runtime/cli/playback.hpp"

#include <algorithm>

namespace dhr::cli {

void playback::play(const media_chunk& chunk, std::int64_t now) {
  const auto begin = std::max(now, end());
  const auto frames = chunk.frames.as<face_frame>();
  for (std::size_t i = 0; i < frames.size(); ++i) {
    const auto number = chunk.first_frame + static_cast<std::int64_t>(i);
    const auto in_turn = number * speech_sample_rate / fps_;
    frames_.push_back({begin + in_turn - chunk.first_sample, frames[i]});
  }
  const auto samples = chunk.pcm.as<std::int16_t>();
  if (samples.empty()) return;
  samples_.resize(static_cast<std::size_t>(begin));
  samples_.insert(samples_.end(), samples.begin(), samples.end());
}

void playback::stop(std::int64_t now) {
  if (now < end()) samples_.resize(static_cast<std::size_t>(now));
  std::erase_if(frames_, [&](const shown_frame& shown) { return shown.place >= now; });
}

}  // namespace dhr::cli
