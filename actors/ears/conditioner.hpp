#pragma once
// What a microphone adds and no voice has: a constant offset and rumble, taken out before anything
// listens; and clipping, counted.

#include <cstdint>
#include <span>

namespace dhr {

// One-pole high-pass, -3 dB at 40 Hz, on 16 kHz mono samples in [-1, 1]: an offset has fallen to a
// hundredth after 20 ms. Lives on: its owner's thread.
class conditioner {
 public:
  // In place, a stream cut anywhere. The result stays in [-1, 1].
  void process(std::span<float> samples_16k) noexcept;

  // Samples within 2 % of full scale so far (the loudest G.711 code is at 98 %).
  [[nodiscard]] std::int64_t clipped_samples() const noexcept { return clipped_; }

  // The next samples begin a stream; the count stays.
  void reset() noexcept;

 private:
  float last_in_ = 0;
  float last_out_ = 0;
  bool begun_ = false;
  std::int64_t clipped_ = 0;
};

}  // namespace dhr
