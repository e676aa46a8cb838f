#include "actors/ears/sound_samples.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace dhr {

std::vector<float> to_float(const shared_bytes& pcm) {
  const auto samples = pcm.as<std::int16_t>();
  std::vector<float> out(samples.size());
  std::transform(samples.begin(), samples.end(), out.begin(),
                 [](std::int16_t x) { return static_cast<float>(x) / 32'768.0F; });
  return out;
}

void append_int16(std::span<const float> samples, std::vector<std::int16_t>& out) {
  const auto before = static_cast<std::ptrdiff_t>(out.size());
  out.resize(out.size() + samples.size());  // not reserve, which would grow by just this each time
  std::transform(samples.begin(), samples.end(), out.begin() + before, [](float x) {
    const auto scaled = std::lround(std::clamp(x, -1.0F, 1.0F) * 32'768.0F);
    return static_cast<std::int16_t>(std::clamp(scaled, -32'768L, 32'767L));
  });
}

}  // namespace dhr
