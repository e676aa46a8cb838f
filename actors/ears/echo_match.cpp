#include "actors/ears/echo_match.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <numeric>
#include <vector>

#include "actors/ears/fourier.hpp"
#include "runtime/base/assert.hpp"

namespace dhr {
namespace {

constexpr std::size_t taps = 64;
constexpr std::size_t taps_before = 10;  // the correlation's peak is not the first of the filter
constexpr int places = 3;                // that are tried
constexpr std::size_t place_width = 8;   // neighbours of a place that are the same one
// Of the reference's mean power; keeps the filter from turning a pause into a shout.
constexpr double ridge = 1e-3;
constexpr double silence = 1e-10;  // mean square, -100 dBFS

// sum over n of sound[n] reference[n + lag], half flattened, for each lag.
std::vector<float> correlate(std::span<const float> sound, std::span<const float> reference) {
  const auto size = std::bit_ceil(reference.size());
  // Both in one transform, at one level so that neither loses digits to the other.
  const auto level = static_cast<float>(std::sqrt(energy(reference) / energy(sound)));
  std::vector<float> re(size);
  std::vector<float> im(size);
  for (std::size_t i = 0; i < sound.size(); ++i) re[i] = level * sound[i];
  std::copy(reference.begin(), reference.end(), im.begin());
  fourier_transform(re, im);
  // Taken apart by symmetry (times two each), multiplied, and conjugated as a whole, so that the
  // forward transform turns the product back into time.
  std::vector<float> cross_re(size);
  std::vector<float> cross_im(size);
  std::vector<float> magnitude(size);
  for (std::size_t k = 0; k < size; ++k) {
    const auto mirror = (size - k) % size;
    const float sound_re = re[k] + re[mirror];
    const float sound_im = im[k] - im[mirror];
    const float reference_re = im[k] + im[mirror];
    const float reference_im = re[mirror] - re[k];
    cross_re[k] = sound_re * reference_re + sound_im * reference_im;
    cross_im[k] = sound_im * reference_re - sound_re * reference_im;
    magnitude[k] = std::sqrt(cross_re[k] * cross_re[k] + cross_im[k] * cross_im[k]);
  }
  const float floor = 1e-3f * std::sqrt(*std::max_element(magnitude.begin(), magnitude.end()));
  for (std::size_t k = 0; k < size; ++k) {
    const float flattened = std::sqrt(magnitude[k]) + floor;
    cross_re[k] /= flattened;
    cross_im[k] /= flattened;
  }
  fourier_transform(cross_re, cross_im);
  cross_re.resize(reference.size() - sound.size() + 1);
  return cross_re;
}

// Makes loud and soft stretches of the reference comparable.
void normalise(std::span<float> lags, std::span<const float> reference, std::size_t length) {
  std::vector<double> power(lags.size());
  double sum = energy(reference.first(length));
  for (std::size_t lag = 0; lag < lags.size(); ++lag) {
    power[lag] = std::max(sum, 0.0);
    if (lag + length < reference.size()) {
      sum += double{reference[lag + length]} * reference[lag + length] -
             double{reference[lag]} * reference[lag];
    }
  }
  const double floor = 0.05 * *std::max_element(power.begin(), power.end());
  for (std::size_t lag = 0; lag < lags.size(); ++lag)
    lags[lag] = std::abs(lags[lag]) / static_cast<float>(std::sqrt(power[lag] + floor));
}

// The normal equations of one place: matrix * filter = target.
struct equations {
  std::array<std::array<double, taps>, taps> matrix;
  std::array<double, taps> target;
};

// `window` is the reference from `taps` - 1 samples before the place on; filter tap j weighs the
// reference j samples back.
void set_up(equations& made, std::span<const float> sound, std::span<const float> window) {
  std::array<double, taps> target{};
  std::array<double, taps> products{};  // with the newest sample
  for (std::size_t n = 0; n < sound.size(); ++n) {
    const float* from = window.data() + n;
    const double heard = sound[n];
    const double newest = from[taps - 1];
    for (std::size_t i = 0; i < taps; ++i) {
      target[i] += heard * from[i];
      products[i] += newest * from[i];
    }
  }
  std::reverse_copy(target.begin(), target.end(), made.target.begin());
  auto& matrix = made.matrix;
  std::reverse_copy(products.begin(), products.end(), matrix[0].begin());
  // One further down the diagonal is the same sum a sample earlier.
  const auto at = [&](std::size_t tap, std::size_t n) {
    return double{window[taps - 1 - tap + n]};
  };
  for (std::size_t i = 1; i < taps; ++i) {
    for (std::size_t j = i; j < taps; ++j) {
      matrix[i][j] =
          matrix[i - 1][j - 1] + at(i, 0) * at(j, 0) - at(i, sound.size()) * at(j, sound.size());
    }
  }
  for (std::size_t i = 1; i < taps; ++i) {
    for (std::size_t j = 0; j < i; ++j) matrix[i][j] = matrix[j][i];
  }
}

// Cholesky, in place; false where the matrix is not positive definite.
bool solve(equations& given, std::array<double, taps>& filter) {
  auto& rows = given.matrix;
  for (std::size_t i = 0; i < taps; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      double sum = rows[i][j];
      for (std::size_t k = 0; k < j; ++k) sum -= rows[i][k] * rows[j][k];
      if (i == j && !(sum > 0)) return false;
      rows[i][j] = i == j ? std::sqrt(sum) : sum / rows[j][j];
    }
  }
  for (std::size_t i = 0; i < taps; ++i) {
    double sum = given.target[i];
    for (std::size_t k = 0; k < i; ++k) sum -= rows[i][k] * filter[k];
    filter[i] = sum / rows[i][i];
  }
  for (std::size_t i = taps; i-- > 0;) {
    double sum = filter[i];
    for (std::size_t k = i + 1; k < taps; ++k) sum -= rows[k][i] * filter[k];
    filter[i] = sum / rows[i][i];
  }
  return true;
}

// Share of the sound's energy that the best filter explains around `lag`.
double explained(std::span<const float> sound, std::span<const float> reference, std::size_t lag,
                 double loading) {
  std::vector<float> window(sound.size() + taps, 0.0f);
  const auto begins =
      static_cast<std::ptrdiff_t>(lag + taps_before) - static_cast<std::ptrdiff_t>(taps - 1);
  for (std::size_t i = 0; i < window.size(); ++i) {
    const auto at = begins + static_cast<std::ptrdiff_t>(i);
    if (at >= 0 && at < static_cast<std::ptrdiff_t>(reference.size()))
      window[i] = reference[static_cast<std::size_t>(at)];
  }
  equations given;
  set_up(given, sound, window);
  for (std::size_t i = 0; i < taps; ++i) given.matrix[i][i] += loading;
  const auto target = given.target;
  std::array<double, taps> filter{};
  if (!solve(given, filter)) return 0;
  // With (A + loading) h = b the remaining energy is |y|^2 - h b - loading |h|^2.
  const double fitted = std::inner_product(filter.begin(), filter.end(), target.begin(), 0.0);
  const double size = std::inner_product(filter.begin(), filter.end(), filter.begin(), 0.0);
  return std::clamp((fitted + loading * size) / energy(sound), 0.0, 1.0);
}

}  // namespace

double energy(std::span<const float> samples) {
  return std::inner_product(samples.begin(), samples.end(), samples.begin(), 0.0);
}

echo_match match_echo(std::span<const float> sound, std::span<const float> reference,
                      std::optional<std::size_t> expected_lag) {
  DHR_ASSERT(sound.size() <= reference.size() && reference.size() <= fourier_size_max);
  const auto length = static_cast<double>(sound.size());
  const double power = energy(reference) / static_cast<double>(reference.size());
  if (sound.empty() || !(energy(sound) / length > silence) || !(power > silence)) return {};
  const double loading = ridge * power * length;
  echo_match best;
  if (expected_lag && *expected_lag + sound.size() <= reference.size()) {
    best = {explained(sound, reference, *expected_lag, loading), *expected_lag};
  }
  auto lags = correlate(sound, reference);
  normalise(lags, reference, sound.size());
  for (int i = 0; i < places; ++i) {
    const auto lag =
        static_cast<std::size_t>(std::max_element(lags.begin(), lags.end()) - lags.begin());
    const double share = explained(sound, reference, lag, loading);
    if (share > best.share) best = {share, lag};
    const auto from = lag - std::min(lag, place_width);
    const auto to = std::min(lag + place_width + 1, lags.size());
    std::fill(lags.begin() + static_cast<std::ptrdiff_t>(from),
              lags.begin() + static_cast<std::ptrdiff_t>(to), 0.0f);
  }
  return best;
}

}  // namespace dhr
