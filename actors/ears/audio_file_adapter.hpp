#pragma once
// Whole files of recorded sound, by libsndfile.

#include <chrono>
#include <cstdint>
#include <string_view>
#include <vector>

#include "runtime/base/result.hpp"

namespace dhr {

inline constexpr std::chrono::minutes audio_file_max{10};

// For messages to people: the formats that are read.
inline constexpr std::string_view audio_files_read = "WAV, FLAC, Ogg (Opus, Vorbis) and MP3";

// The sound of a file's bytes: mono (the mean of its channels, of which there may be eight), at
// speech_sample_rate, the rates from 4 to 192 kHz brought to it. errc::invalid_argument, with what
// is wrong with it, for what is no sound in these formats, is empty or longer than audio_file_max.
// Any thread; takes a second or so for the longest files. Memory: about twice the result's;
// libsndfile 1.2.0 loses 6 KB more for each Ogg file whose Vorbis header is broken.
[[nodiscard]] result<std::vector<std::int16_t>> read_audio_file(std::string_view bytes);

}  // namespace dhr
