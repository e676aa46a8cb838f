#include "gpu/nets/activations.hpp"

#include <Eigen/Core>
#include <cmath>

namespace dhr::nets {
namespace {

// erf(|z|) = 1 - polynomial(1 / (1 + p |z|)) * exp(-z * z), off by 1.5e-7 at most: formula 7.1.26
// of Abramowitz and Stegun, Handbook of Mathematical Functions. Past 6 it is 1 to the last bit;
// going on would make denormal numbers, which slow down the matrix product after it many times.
template <class Values>
void gelu_of(Values& x) {
  const Values z = (x.abs() * 0.70710678f).min(6.0f);
  const Values t = (1.0f + 0.3275911f * z).inverse();
  const Values rest =
      ((((1.061405429f * t - 1.453152027f) * t + 1.421413741f) * t - 0.284496736f) * t +
       0.254829592f) *
      t * (-z.square()).exp();
  // x * (1 + erf) / 2 is x - x * rest / 2 right of zero and x * rest / 2 left of it.
  x = x.max(0.0f) - 0.5f * x.abs() * rest;
}

}  // namespace

void gelu(std::span<float> values) {
  constexpr int chunk = 32;
  using block = Eigen::Array<float, chunk, 1>;
  std::size_t done = 0;
  for (; done + chunk <= values.size(); done += chunk) {
    Eigen::Map<block> target{values.data() + done};
    block x = target;
    gelu_of(x);
    target = x;
  }
  for (; done < values.size(); ++done) {
    Eigen::Array<float, 1, 1> x{values[done]};
    gelu_of(x);
    values[done] = x[0];
  }
}

}  // namespace dhr::nets
