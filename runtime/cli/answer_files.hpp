#pragma once
// A turn as files: sound, frames and words.

#include <filesystem>

#include "actors/session/turn_collector.hpp"

namespace dhr::cli {

// Writes answer.wav (PCM16 mono), frames.csv (a row a frame: number, seconds, the 52 weights, the
// head's yaw, pitch and roll in radians) and transcript.txt (the text, then a line a word with its
// seconds) into `folder`, which is made if it is missing. errc::failed names the file that could
// not be written.
[[nodiscard]] result<void> write_answer(const collected_turn& turn, int fps,
                                        const std::filesystem::path& folder);

}  // namespace dhr::cli
