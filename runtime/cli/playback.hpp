#pragma once
// What a caller hears of the answers, on the call's own time. Pure.

#include <cstdint>
#include <vector>

#include "actors/session/messages.hpp"

namespace dhr::cli {

// Places count samples at speech_sample_rate from the call's beginning.
class playback {
 public:
  struct shown_frame {
    std::int64_t place = 0;
    face_frame frame;
  };

  explicit playback(int fps) noexcept : fps_{fps} {}

  // A chunk that comes at `now`: it sounds at once, or after what still sounds.
  void play(const media_chunk& chunk, std::int64_t now);

  // Falls silent; what was to sound later never does.
  void stop(std::int64_t now);

  // Where the last sound ends.
  [[nodiscard]] std::int64_t end() const noexcept {
    return static_cast<std::int64_t>(samples_.size());
  }
  // From the call's beginning to `end`, silent where nothing was said.
  [[nodiscard]] const std::vector<std::int16_t>& samples() const noexcept { return samples_; }
  // In order.
  [[nodiscard]] const std::vector<shown_frame>& frames() const noexcept { return frames_; }

 private:
  int fps_;
  std::vector<std::int16_t> samples_;
  std::vector<shown_frame> frames_;
};

}  // namespace dhr::cli
