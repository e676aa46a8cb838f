#include "actors/ears/conditioner.hpp"

#include <algorithm>

namespace dhr {
namespace {

constexpr float pole = 0.98441f;  // e^(-2 pi 40 / 16000)
constexpr float gain = (1 + pole) / 2;

}  // namespace

void conditioner::process(std::span<float> samples_16k) noexcept {
  if (samples_16k.empty()) return;
  // A stream that begins with an offset begins without a click.
  if (!begun_) last_in_ = samples_16k.front();
  begun_ = true;
  for (auto& sample : samples_16k) {
    last_out_ = gain * (sample - last_in_) + pole * last_out_;
    last_in_ = sample;
    sample = std::clamp(last_out_, -1.0f, 1.0f);
  }
}

void conditioner::reset() noexcept {
  last_in_ = last_out_ = 0;
  begun_ = false;
}

}  // namespace dhr
