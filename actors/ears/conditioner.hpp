#pragma once
// What a microphone adds and no voice has: a constant offset and rumble, taken out before anything
// listens.

#include <span>

namespace dhr {

// One-pole high-pass, -3 dB at 40 Hz, on 16 kHz mono samples in [-1, 1]: an offset has fallen to a
// hundredth after 20 ms. Lives on: its owner's thread.
class conditioner {
 public:
  // In place, a stream cut anywhere. The result stays in [-1, 1].
  void process(std::span<float> samples_16k) noexcept;

  // The next samples begin a stream.
  void reset() noexcept;

 private:
  float last_in_ = 0;
  float last_out_ = 0;
  bool begun_ = false;
};

}  // namespace dhr
