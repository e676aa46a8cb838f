#pragma once
// Sound at a voice's own rate -> speech_sample_rate, by libsoxr. No state; any thread.

#include <cstdint>
#include <span>
#include <vector>

#include "runtime/base/result.hpp"

namespace dhr {

// `samples` in [-1, 1] at `rate` Hz, mono; what is louder is clipped. Gives exactly `count`
// samples, which is at most a few more or less than the ratio of the rates says. errc::failed if
// soxr fails.
[[nodiscard]] result<std::vector<std::int16_t>> resample_speech(std::span<const float> samples,
                                                                std::int64_t rate,
                                                                std::int64_t count);

}  // namespace dhr
