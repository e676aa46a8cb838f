#pragma once
// Sound from one rate to another as it comes, by libsoxr: mono float, no seam between calls.

#include <memory>
#include <span>
#include <vector>

#include "runtime/base/result.hpp"

namespace dhr {

// The passband ends at 0.8 of the lower rate's Nyquist frequency, the stopband begins at it. The
// phase is linear and the delay of the filter is taken out: output sample i sounds at i / out_rate,
// but comes a little late.
// Lives on: its owner's thread. Memory: about 50 KiB.
class stream_resampler {
 public:
  // Rates in Hz. errc::failed if libsoxr refuses.
  [[nodiscard]] static result<stream_resampler> make(int in_rate, int out_rate);

  // Appends to `out` what can be said already; samples beyond [-1, 1] are clipped.
  [[nodiscard]] result<void> process(std::span<const float> in, std::vector<float>& out);
  // Appends the rest and begins anew.
  [[nodiscard]] result<void> flush(std::vector<float>& out);
  // Forgets what it holds: the next samples begin a new stream.
  void reset() noexcept { begins_anew_ = true; }

 private:
  struct deleter {
    void operator()(void* handle) const noexcept;
  };
  stream_resampler(void* handle, double ratio) : handle_{handle}, ratio_{ratio} {}
  result<void> pull(const float* in, std::size_t count, std::vector<float>& out);

  std::unique_ptr<void, deleter> handle_;
  double ratio_;              // out_rate / in_rate
  bool begins_anew_ = false;  // the handle is to forget what it holds
};

}  // namespace dhr
