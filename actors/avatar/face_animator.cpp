#include "actors/avatar/face_animator.hpp"

#include <algorithm>

#include "runtime/base/assert.hpp"

namespace dhr {
namespace {

// The face comes to rest within a third of a second after the sound.
constexpr std::int64_t rest_ms = 330;

}  // namespace

face_animator::face_animator(face_config config) noexcept
    : config_{config}, lips_{{config.fps, config.lip_strength}}, life_{config.seed, config.fps} {}

void face_animator::begin_turn() noexcept {
  lips_.clear();
  next_frame_ = 0;
  sound_end_ = 0;
  last_viseme_ = 0;
}

animation face_animator::append(std::int64_t first_sample, std::int64_t sample_count,
                                std::span<const phoneme_span> phonemes) {
  DHR_ASSERT(first_sample == sound_end_);
  animation out;
  for (const auto& phoneme : phonemes) {
    const auto id = viseme_of(phoneme.ipa).azure_id;
    if (id == last_viseme_ && first_sample + phoneme.first_sample != 0) continue;
    out.visemes.push_back({first_sample + phoneme.first_sample, id});
    last_viseme_ = id;
  }
  lips_.add(first_sample, phonemes);
  sound_end_ += sample_count;
  // The first frame whose end is past the sound is not certain yet.
  const auto certain = ((sound_end_ + 1) * config_.fps - 1) / speech_sample_rate;
  add_frames_until(certain, out);
  return out;
}

animation face_animator::finish() {
  animation out;
  const auto whole = (sound_end_ * config_.fps + speech_sample_rate - 1) / speech_sample_rate;
  const auto rest = (rest_ms * config_.fps + 999) / 1'000;
  add_frames_until(whole + rest, out);
  if (last_viseme_ != 0) out.visemes.push_back({sound_end_, 0});
  last_viseme_ = 0;
  return out;
}

animation face_animator::idle(std::int64_t count) {
  animation out;
  out.first_frame = idle_frame_;
  idle_frame_ += count;
  out.frames.reserve(static_cast<std::size_t>(count));
  for (std::int64_t i = 0; i < count; ++i) life_.live(out.frames.emplace_back(), false);
  return out;
}

void face_animator::add_frames_until(std::int64_t frame, animation& out) {
  out.first_frame = next_frame_;
  if (frame <= next_frame_) return;
  out.frames.reserve(static_cast<std::size_t>(frame - next_frame_));
  const auto rest_length = static_cast<double>(rest_ms * speech_sample_rate / 1'000);
  for (; next_frame_ < frame; ++next_frame_) {
    const auto middle = (first_sample_of(next_frame_) + first_sample_of(next_frame_ + 1)) / 2;
    auto& face = out.frames.emplace_back();
    lips_.shape(middle, face);
    if (const auto past = static_cast<double>(middle - sound_end_); past > 0) {
      // The last frame is at rest exactly.
      const auto left = static_cast<float>(std::max(0.0, 1 - past * 1.1 / rest_length));
      for (auto& weight : face.weights) weight *= left * left * (3 - 2 * left);
    }
    life_.live(face, middle < sound_end_);
  }
}

}  // namespace dhr
