#include "actors/session/media_assembler.hpp"

#include <algorithm>

#include "runtime/base/assert.hpp"

namespace dhr {
namespace {

constexpr std::size_t sample_bytes = sizeof(std::int16_t);

// Moves what begins before `sample` (or all, at the end) from the front of a queue.
template <class T, class Key>
void take_before(std::deque<T>& from, std::vector<T>& to, std::int64_t sample, bool all, Key key) {
  while (!from.empty() && (all || key(from.front()) < sample)) {
    to.push_back(std::move(from.front()));
    from.pop_front();
  }
}

}  // namespace

std::int64_t media_assembler::add_clause(std::string text, const shared_bytes& pcm,
                                         std::vector<word_span> words) {
  DHR_ASSERT(!sound_closed_);
  const auto first = samples_in_;
  if (!text.empty()) texts_.push_back({first, std::move(text)});
  for (auto& word : words) {
    word.first_sample += first;
    word.last_sample += first;
    words_.push_back(std::move(word));
  }
  pcm_.append(pcm.view());
  samples_in_ += static_cast<std::int64_t>(pcm.size() / sample_bytes);
  return first;
}

void media_assembler::add_frames(std::int64_t first_frame, const shared_bytes& frames,
                                 const std::vector<viseme_mark>& visemes) {
  DHR_ASSERT(first_frame == frames_in_);
  frames_.append(frames.view());
  frames_in_ += static_cast<std::int64_t>(frames.size() / sizeof(face_frame));
  visemes_.insert(visemes_.end(), visemes.begin(), visemes.end());
}

// Frames whose sound is all there and that, if wanted, are there themselves.
std::int64_t media_assembler::certain_frames() const noexcept {
  // The largest n with first_sample_of(n) <= samples_in_.
  const auto sounded = ((samples_in_ + 1) * config_.fps - 1) / speech_sample_rate;
  return config_.frames_wanted ? std::min(sounded, frames_in_) : sounded;
}

bool media_assembler::has_next() const noexcept {
  return certain_frames() > frames_out_ || (complete() && !done());
}

bool media_assembler::done() const noexcept {
  return complete() && samples_out_ == samples_in_ && texts_.empty() &&
         (!config_.frames_wanted || frames_out_ == frames_in_);
}

std::optional<assembled_chunk> media_assembler::next() {
  if (!has_next()) return std::nullopt;
  const auto certain = certain_frames();
  const auto limit = frames_out_ + config_.chunk_frames_max;
  assembled_chunk out;
  if (complete() && certain <= limit) {
    // The rest of the sound is less than a frame longer than the certain frames.
    take(std::max(frames_in_, certain), samples_in_, out);
  } else {
    const auto last = std::min(certain, limit);
    take(last, first_sample_of(last), out);
  }
  return out;
}

void media_assembler::take(std::int64_t last_frame, std::int64_t last_sample,
                           assembled_chunk& out) {
  const bool rest = complete() && last_sample == samples_in_;
  auto& media = out.media;
  media.first_sample = samples_out_;
  media.first_frame = frames_out_;

  const auto bytes = static_cast<std::size_t>(last_sample - samples_out_) * sample_bytes;
  media.pcm = shared_bytes{pcm_.take(bytes)};
  if (config_.frames_wanted) {
    const auto frame_bytes =
        static_cast<std::size_t>(last_frame - frames_out_) * sizeof(face_frame);
    media.frames = shared_bytes{frames_.take(frame_bytes)};
  }
  std::vector<text_mark> texts;
  take_before(texts_, texts, last_sample, rest, [](const text_mark& x) { return x.sample; });
  for (auto& mark : texts) out.texts.push_back(std::move(mark.text));
  take_before(words_, media.words, last_sample, rest,
              [](const word_span& x) { return x.first_sample; });
  take_before(visemes_, media.visemes, last_sample, rest,
              [](const viseme_mark& x) { return x.sample; });
  samples_out_ = last_sample;
  frames_out_ = last_frame;
}

}  // namespace dhr
