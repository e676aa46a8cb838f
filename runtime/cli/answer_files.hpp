#pragma once
// Answers as files: sound, frames and words. errc::failed names the file that could not be written.

#include <filesystem>
#include <span>

#include "actors/session/turn_collector.hpp"

namespace dhr::cli {

struct timed_frame {
  double seconds = 0;
  face_frame frame;
};

// WAV, PCM16 mono at speech_sample_rate.
[[nodiscard]] result<void> write_sound(std::span<const std::int16_t> samples,
                                       const std::filesystem::path& file);

// CSV, a row a frame: number, seconds, the 52 weights, the head's yaw, pitch and roll in radians.
[[nodiscard]] result<void> write_frames(std::span<const timed_frame> frames,
                                        const std::filesystem::path& file);

// Writes answer.wav, frames.csv and transcript.txt (the text, then a line a word with its seconds)
// into `folder`, which is made if it is missing.
[[nodiscard]] result<void> write_answer(const collected_turn& turn, int fps,
                                        const std::filesystem::path& folder);

}  // namespace dhr::cli
