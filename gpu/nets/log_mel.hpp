#pragma once
// Whisper's features of a sound: how loud each of 80 mel bands is in each hundredth of a second.
//
// The last 8 s of 16 kHz sound, with zeros before a shorter one; mean 0 and variance 1; windows of
// 400 samples (Hann) every 160, the sound mirrored at both ends; power spectrum; 80 triangles on
// Slaney's mel scale, each of area 1; log10, no further than 8 below the largest; (x + 4) / 4. As
// Hugging Face's WhisperFeatureExtractor does it with chunk_length 8 and do_normalize.

#include <cstddef>
#include <span>
#include <vector>

namespace dhr {

inline constexpr std::size_t log_mel_window_samples = 8 * 16'000;
inline constexpr std::size_t log_mel_bands = 80;
inline constexpr std::size_t log_mel_frames = 800;
inline constexpr std::size_t log_mel_values = log_mel_bands * log_mel_frames;

// The features of the last 8 s of this sound (16 kHz, any scale): log_mel_values of them, band
// after band, [80, 800]. Takes about 8 ms. Pure; may be called from any thread.
[[nodiscard]] std::vector<float> log_mel(std::span<const float> samples);

}  // namespace dhr
