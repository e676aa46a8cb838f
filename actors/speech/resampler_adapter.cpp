#include "actors/speech/resampler_adapter.hpp"

#include <soxr.h>

#include <algorithm>

#include "actors/speech/types.hpp"

namespace dhr {

result<std::vector<std::int16_t>> resample_speech(std::span<const float> samples, std::int64_t rate,
                                                  std::int64_t count) {
  std::vector<std::int16_t> out(static_cast<std::size_t>(count));
  if (samples.empty() || count == 0) return out;
  auto format = soxr_io_spec(SOXR_FLOAT32_I, SOXR_INT16_I);
  format.flags |= SOXR_NO_DITHER;  // the same sound gives the same samples
  const auto quality = soxr_quality_spec(SOXR_HQ, 0);
  std::size_t done = 0;
  const auto* problem = soxr_oneshot(
      static_cast<double>(rate), static_cast<double>(speech_sample_rate), 1, samples.data(),
      samples.size(), nullptr, out.data(), out.size(), &done, &format, &quality, nullptr);
  if (problem != nullptr)
    return fail(errc::failed, std::string{"libsoxr cannot resample: "} + problem);
  return out;
}

}  // namespace dhr
