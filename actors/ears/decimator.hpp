#pragma once
// Every n-th sample of a stream, after a low-pass: for measures that need less than 16 kHz.

#include <span>
#include <vector>

namespace dhr {

// Linear-phase FIR (sinc, Hamming window, 16 n + 1 taps, half amplitude at 0.84 of the new Nyquist
// frequency). Its delay of 8 n input samples stays in the stream. Lives on: its owner's thread.
class decimator {
 public:
  explicit decimator(std::size_t factor);  // 2 and more

  // Appends one sample for each `factor` that came in, however they are cut.
  void process(std::span<const float> in, std::vector<float>& out);
  // Forgets the stream: the next samples begin one.
  void reset();

 private:
  std::size_t factor_;
  std::vector<float> taps_;
  std::vector<float> held_;      // input that taps of outputs to come still reach
  std::size_t next_output_ = 0;  // where in `held_` the window of the next output begins
};

}  // namespace dhr
