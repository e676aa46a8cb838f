#pragma once
// What a caller's loudspeaker plays, for the microphone that hears it.

#include <chrono>
#include <cstdint>
#include <span>
#include <vector>

namespace dhr::bench {

// Plays an answer from when its first sound has come, at microphone_rate. Remembers all that it
// played: the end of one answer may still be on its way when the next begins. Lives on: its owner's
// thread.
class loudspeaker {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  // The next sound; an answer begins with it where all before has been played.
  void hear(time_point now, std::span<const std::int16_t> samples);
  // Falls silent.
  void stop(time_point now);

  [[nodiscard]] time_point answer_begins() const { return answer_begins_; }
  [[nodiscard]] time_point ends() const;

  // Adds what is played from `begins` on, times `gain`.
  void add_to(time_point begins, std::span<std::int16_t> piece, double gain) const;

 private:
  [[nodiscard]] std::int64_t place_of(time_point at) const;

  time_point begins_;  // of the first sample
  time_point answer_begins_;
  std::vector<std::int16_t> samples_;
};

}  // namespace dhr::bench
