#pragma once
// The fundamental frequency of a voice: YIN (A. de Cheveigne, H. Kawahara, "YIN, a fundamental
// frequency estimator for speech and music", J. Acoust. Soc. Am. 111(4), 2002), steps 1 to 5.

#include <span>

namespace dhr {

inline constexpr int pitch_sample_rate = 8'000;
inline constexpr double pitch_hz_min = 60;
inline constexpr double pitch_hz_max = 400;
inline constexpr std::size_t pitch_frame = 334;  // samples that one estimate looks at, 42 ms

// The pitch in Hz of exactly pitch_frame samples at pitch_sample_rate, or 0 where they have none.
// Pure; any thread. About 15 us.
[[nodiscard]] double estimate_pitch(std::span<const float> frame) noexcept;

}  // namespace dhr
