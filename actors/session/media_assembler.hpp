#pragma once
// Puts the sound of a turn's clauses and the frames cut from it together and hands out chunks in
// which both cover the same samples. It counts samples and frames only, so nothing can drift:
// frame i covers samples [i * rate / fps, (i + 1) * rate / fps).

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "actors/session/byte_queue.hpp"
#include "actors/session/messages.hpp"

namespace dhr {

struct assembler_config {
  int fps = 30;
  int chunk_frames_max = 6;  // at 30 frames a second: 200 ms
  bool frames_wanted = true;
};

// A chunk and the texts whose sound begins in it.
struct assembled_chunk {
  std::vector<std::string> texts;
  media_chunk media;
};

// Lives on: whoever owns it; not thread-safe.
class media_assembler {
 public:
  explicit media_assembler(assembler_config config) noexcept : config_{config} {}

  // The next clause: its text, its sound and its words (counted from the clause's first sample).
  // Returns the clause's first sample within the turn.
  std::int64_t add_clause(std::string text, const shared_bytes& pcm, std::vector<word_span> words);

  // The frames from `first_frame` on, which must follow the frames added before.
  void add_frames(std::int64_t first_frame, const shared_bytes& frames,
                  const std::vector<viseme_mark>& visemes);

  // No clause follows.
  void close_sound() noexcept { sound_closed_ = true; }
  // No frames follow; needed only if frames are wanted.
  void close_frames() noexcept { frames_closed_ = true; }

  // The next chunk of whole frames; after close the rest, with the frames past the sound. Empty
  // when nothing can be sent yet or all is sent.
  [[nodiscard]] std::optional<assembled_chunk> next();

  // The first sample of the chunk that `next` would give.
  [[nodiscard]] std::int64_t next_sample() const noexcept { return samples_out_; }
  [[nodiscard]] bool has_next() const noexcept;
  // All that was added went out and nothing can follow.
  [[nodiscard]] bool done() const noexcept;
  [[nodiscard]] std::int64_t samples_in() const noexcept { return samples_in_; }
  [[nodiscard]] std::int64_t samples_waiting() const noexcept { return samples_in_ - samples_out_; }

 private:
  struct text_mark {
    std::int64_t sample;
    std::string text;
  };

  [[nodiscard]] bool complete() const noexcept {
    return sound_closed_ && (frames_closed_ || !config_.frames_wanted);
  }
  [[nodiscard]] std::int64_t first_sample_of(std::int64_t frame) const noexcept {
    return frame * speech_sample_rate / config_.fps;
  }
  [[nodiscard]] std::int64_t certain_frames() const noexcept;
  void take(std::int64_t last_frame, std::int64_t last_sample, assembled_chunk& out);

  assembler_config config_;
  byte_queue pcm_;     // of samples [samples_out_, samples_in_)
  byte_queue frames_;  // of frames [frames_out_, frames_in_)
  std::deque<text_mark> texts_;
  std::deque<word_span> words_;
  std::deque<viseme_mark> visemes_;
  std::int64_t samples_in_ = 0;
  std::int64_t samples_out_ = 0;
  std::int64_t frames_in_ = 0;
  std::int64_t frames_out_ = 0;
  bool sound_closed_ = false;
  bool frames_closed_ = false;
};

}  // namespace dhr
