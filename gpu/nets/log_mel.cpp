#include "gpu/nets/log_mel.hpp"

#include <Eigen/Core>
#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <limits>
#include <numbers>
#include <unsupported/Eigen/FFT>

namespace dhr {
namespace {

constexpr std::size_t window_samples = 400;
constexpr std::size_t hop = 160;
constexpr std::size_t margin =
    window_samples / 2;  // mirrored before the first sample and after the last
constexpr std::size_t bins = window_samples / 2 + 1;
constexpr double rate = 16'000;
constexpr double power_min = 1e-10;
constexpr double variance_min = 1e-7;

// Slaney's scale: linear below 1 kHz (15 mel), then a factor of 6.4 in 27 mel.
double hertz_of(double mel) {
  constexpr double corner_mel = 15;
  if (mel < corner_mel) return mel * 200 / 3;
  return 1'000 * std::exp((mel - corner_mel) * std::log(6.4) / 27);
}

double mel_of(double hertz) {
  constexpr double corner_hertz = 1'000;
  if (hertz < corner_hertz) return hertz * 3 / 200;
  return 15 + std::log(hertz / corner_hertz) * 27 / std::log(6.4);
}

// A triangle over the bins of the spectrum, without the zeros around it.
struct band {
  std::size_t first_bin = 0;
  std::vector<double> weights;
};

std::array<band, log_mel_bands> make_bands() {
  std::array<double, log_mel_bands + 2> corners{};
  const double last_mel = mel_of(rate / 2);
  for (std::size_t i = 0; i < corners.size(); ++i) {
    corners[i] = hertz_of(last_mel * static_cast<double>(i) / (corners.size() - 1));
  }
  std::array<band, log_mel_bands> bands;
  for (std::size_t i = 0; i < bands.size(); ++i) {
    const double low = corners[i];
    const double middle = corners[i + 1];
    const double high = corners[i + 2];
    for (std::size_t bin = 0; bin < bins; ++bin) {
      const double hertz = static_cast<double>(bin) * rate / window_samples;
      const double height =
          std::min((hertz - low) / (middle - low), (high - hertz) / (high - middle));
      if (height <= 0) continue;
      if (bands[i].weights.empty()) bands[i].first_bin = bin;
      bands[i].weights.push_back(height * 2 / (high - low));
    }
  }
  return bands;
}

// The last 8 s in double precision, normalised, with the margins.
std::vector<double> prepared(std::span<const float> samples) {
  samples = samples.last(std::min(samples.size(), log_mel_window_samples));
  std::vector<double> sound(log_mel_window_samples + 2 * margin);
  std::copy(samples.begin(), samples.end(),
            sound.end() - static_cast<std::ptrdiff_t>(margin + samples.size()));
  Eigen::Map<Eigen::ArrayXd> window{sound.data() + margin,
                                    static_cast<Eigen::Index>(log_mel_window_samples)};
  window -= window.mean();
  window /= std::sqrt(window.square().mean() + variance_min);
  const auto last = window.size() - 1;
  for (std::size_t i = 1; i <= margin; ++i) {
    const auto distance = static_cast<Eigen::Index>(i);
    sound[margin - i] = window[distance];
    sound[sound.size() - 1 - (margin - i)] = window[last - distance];
  }
  return sound;
}

}  // namespace

std::vector<float> log_mel(std::span<const float> samples) {
  static const auto bands = make_bands();
  static const auto hann = [] {
    Eigen::ArrayXd made{static_cast<Eigen::Index>(window_samples)};
    for (Eigen::Index i = 0; i < made.size(); ++i) {
      made[i] =
          0.5 - 0.5 * std::cos(2 * std::numbers::pi * static_cast<double>(i) / window_samples);
    }
    return made;
  }();

  const auto sound = prepared(samples);
  std::vector<float> features(log_mel_values);
  Eigen::FFT<double> transform;
  transform.SetFlag(Eigen::FFT<double>::HalfSpectrum);
  Eigen::ArrayXd windowed{hann.size()};
  std::array<std::complex<double>, bins> spectrum;
  float largest = std::numeric_limits<float>::lowest();
  for (std::size_t frame = 0; frame < log_mel_frames; ++frame) {
    windowed = Eigen::Map<const Eigen::ArrayXd>{sound.data() + frame * hop, hann.size()} * hann;
    transform.fwd(spectrum.data(), windowed.data(), windowed.size());
    for (std::size_t i = 0; i < bands.size(); ++i) {
      double power = 0;
      for (std::size_t bin = 0; bin < bands[i].weights.size(); ++bin) {
        power += bands[i].weights[bin] * std::norm(spectrum[bands[i].first_bin + bin]);
      }
      const auto value = static_cast<float>(std::log10(std::max(power, power_min)));
      features[i * log_mel_frames + frame] = value;
      largest = std::max(largest, value);
    }
  }
  for (auto& value : features) value = (std::max(value, largest - 8) + 4) / 4;
  return features;
}

}  // namespace dhr
