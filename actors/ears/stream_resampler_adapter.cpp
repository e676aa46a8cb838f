#include "actors/ears/stream_resampler_adapter.hpp"

#include <soxr.h>

#include <algorithm>

namespace dhr {
namespace {

error trouble(const char* what) {
  return {errc::failed, std::string{"libsoxr cannot resample: "} + what, {}, {}};
}

soxr_t resampler_of(void* handle) { return static_cast<soxr_t>(handle); }

}  // namespace

void stream_resampler::deleter::operator()(void* handle) const noexcept {
  soxr_delete(resampler_of(handle));
}

result<stream_resampler> stream_resampler::make(int in_rate, int out_rate) {
  const auto format = soxr_io_spec(SOXR_FLOAT32_I, SOXR_FLOAT32_I);
  // 16 bits of precision; soxr's own low-quality filter ends its passband at 0.68, which takes the
  // upper formants out of telephone speech.
  auto quality = soxr_quality_spec(SOXR_LQ, 0);
  quality.passband_end = 0.8;
  quality.stopband_begin = 1.0;
  // The shortest transforms: the delay is a block of them.
  auto runtime = soxr_runtime_spec(1);
  runtime.log2_min_dft_size = 8;
  runtime.log2_large_dft_size = 8;
  soxr_error_t problem = nullptr;
  auto* handle = soxr_create(in_rate, out_rate, 1, &problem, &format, &quality, &runtime);
  if (problem != nullptr) return trouble(problem);
  return stream_resampler{handle, static_cast<double>(out_rate) / in_rate};
}

result<void> stream_resampler::pull(const float* in, std::size_t count, std::vector<float>& out) {
  if (begins_anew_) {
    if (const auto* problem = soxr_clear(resampler_of(handle_.get()))) return trouble(problem);
    begins_anew_ = false;
  }
  const bool ends = in == nullptr;
  std::size_t taken = 0;
  while (true) {
    const auto before = out.size();
    const auto room = static_cast<std::size_t>(static_cast<double>(count - taken) * ratio_) + 512;
    out.resize(before + room);
    std::size_t used = 0;
    std::size_t made = 0;
    const auto* problem = soxr_process(resampler_of(handle_.get()), ends ? nullptr : in + taken,
                                       count - taken, &used, out.data() + before, room, &made);
    out.resize(before + (problem == nullptr ? made : 0));
    if (problem != nullptr) return trouble(problem);
    for (auto& sample : std::span{out}.subspan(before)) sample = std::clamp(sample, -1.0f, 1.0f);
    taken += used;
    if (made < room && taken >= count) return ok();
  }
}

result<void> stream_resampler::process(std::span<const float> in, std::vector<float>& out) {
  if (in.empty()) return ok();
  return pull(in.data(), in.size(), out);
}

result<void> stream_resampler::flush(std::vector<float>& out) {
  DHR_TRY(pull(nullptr, 0, out));
  reset();
  return ok();
}

}  // namespace dhr
