#include "actors/avatar/face_animator.hpp"

#include <algorithm>
#include <cmath>

#include "actors/avatar/face_layers.hpp"
#include "runtime/base/assert.hpp"

namespace dhr {
namespace {

// The mouth comes to rest within a third of a second after the sound, a feeling in its own time,
// but not much later.
constexpr double rest_s = 0.33;
constexpr double rest_s_max = 1.2;
// A mood at rest comes unnoticed.
constexpr double mood_s = 1.5;
// What the mouth shows does not change hands faster when a clause brings news.
constexpr double presence_s = 0.1;

constexpr double rate = static_cast<double>(speech_sample_rate);

std::shared_ptr<const expression_library> library_of(const face_config& config) {
  if (config.expressions) return config.expressions->current();
  return {std::shared_ptr<const expression_library>{}, &shipped_expressions()};
}

}  // namespace

face_animator::face_animator(face_config config)
    : config_{std::move(config)},
      lips_{{config_.fps, config_.lip_strength}},
      life_{config_.seed, config_.fps},
      player_{library_of(config_), config_.emotion_blend_speed} {}

void face_animator::begin_turn() noexcept {
  lips_.clear();
  speech_.clear();
  player_.forget_changes();
  // The first frame of the turn comes a frame after what was shown last.
  turn_began_s_ = shown_s_ + 0.5 / config_.fps;
  rest_s_ = rest_s;
  in_turn_ = true;
  next_frame_ = 0;
  sound_end_ = 0;
  last_viseme_ = 0;
}

animation face_animator::append(std::int64_t first_sample, std::int64_t sample_count,
                                std::span<const phoneme_span> phonemes, const feelings& feeling) {
  DHR_ASSERT(first_sample == sound_end_);
  take_expressions();
  animation out;
  for (const auto& phoneme : phonemes) {
    const auto id = viseme_of(phoneme.ipa).azure_id;
    if (id == last_viseme_ && first_sample + phoneme.first_sample != 0) continue;
    out.visemes.push_back({first_sample + phoneme.first_sample, id});
    last_viseme_ = id;
  }
  lips_.add(first_sample, phonemes);
  speech_.add(first_sample, sample_count, phonemes);
  if (sample_count > 0) {
    player_.change({moment_of(first_sample), player_.library().weights_of(feeling), {}});
  }
  sound_end_ += sample_count;
  // The first frame whose end is past the sound is not certain yet.
  const auto certain = ((sound_end_ + 1) * config_.fps - 1) / speech_sample_rate;
  add_frames_until(certain, out);
  return out;
}

animation face_animator::finish() {
  take_expressions();
  animation out;
  speech_.end();
  rest_s_ = std::clamp(player_.decay_s(), rest_s, rest_s_max);
  // A frame earlier, so that the last one is at rest exactly.
  come_to_rest(moment_of(sound_end_), rest_s_ - 1.0 / config_.fps);
  const auto whole = (sound_end_ * config_.fps + speech_sample_rate - 1) / speech_sample_rate;
  const auto rest = static_cast<std::int64_t>(std::ceil(rest_s_ * config_.fps - 1e-9));
  add_frames_until(whole + rest, out);
  if (last_viseme_ != 0) out.visemes.push_back({sound_end_, 0});
  last_viseme_ = 0;
  in_turn_ = false;
  return out;
}

animation face_animator::idle(std::int64_t count, const feelings& mood) {
  take_expressions();
  // A turn that was interrupted had no end.
  if (in_turn_) player_.forget_changes();
  if (in_turn_ || mood != resting_mood_) {
    resting_mood_ = mood;
    come_to_rest(shown_s_, mood_s);
  }
  in_turn_ = false;
  animation out;
  out.first_frame = idle_frame_;
  idle_frame_ += count;
  out.frames.reserve(static_cast<std::size_t>(count));
  for (std::int64_t i = 0; i < count; ++i) {
    show(shown_s_ + 1.0 / config_.fps, false, 0, {}, out.frames.emplace_back());
  }
  return out;
}

void face_animator::take_expressions() {
  if (config_.expressions) player_.use(config_.expressions->current());
}

void face_animator::come_to_rest(double at_s, double within_s) {
  player_.change({at_s, player_.library().weights_of(resting_mood_), within_s});
}

void face_animator::add_frames_until(std::int64_t frame, animation& out) {
  out.first_frame = next_frame_;
  if (frame <= next_frame_) return;
  out.frames.reserve(static_cast<std::size_t>(frame - next_frame_));
  for (; next_frame_ < frame; ++next_frame_) {
    const auto middle = (first_sample_of(next_frame_) + first_sample_of(next_frame_ + 1)) / 2;
    auto& face = out.frames.emplace_back();
    const auto touch = lips_.shape(middle, face);
    if (const auto past = static_cast<double>(middle - sound_end_); past > 0) {
      // The last frame is at rest exactly.
      const auto left = static_cast<float>(std::max(0.0, 1 - past * 1.1 / (rest_s * rate)));
      for (auto& weight : face.weights) weight *= left * left * (3 - 2 * left);
    }
    show(moment_of(middle), middle < sound_end_, speech_.at(static_cast<double>(middle)), touch,
         face);
  }
}

// Life and the expression, over a frame that holds the lips.
void face_animator::show(double moment_s, bool speaking, float presence, const lip_contacts& touch,
                         face_frame& face) {
  const auto step = static_cast<float>((moment_s - shown_s_) / presence_s);
  presence_ += std::clamp(presence - presence_, -step, step);
  shown_s_ = moment_s;
  const auto felt = player_.at(moment_s);
  life_.live(face, speaking, felt.life);
  const auto contact = 1 - (1 - touch.closed) * (1 - touch.bitten);
  add_expression(felt.pose, {presence_, contact}, face);
}

}  // namespace dhr
