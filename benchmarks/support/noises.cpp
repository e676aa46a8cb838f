#include "benchmarks/support/noises.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <random>

#include "benchmarks/support/microphone.hpp"

namespace dhr::bench {
namespace {

constexpr double rate = microphone_rate;
using sound = std::vector<double>;

double amplitude(double dbfs) { return std::pow(10.0, dbfs / 20); }

std::vector<std::int16_t> to_samples(const sound& in) {
  std::vector<std::int16_t> out;
  out.reserve(in.size());
  for (const double sample : in) out.push_back(mix(0, sample * 32'768));
  return out;
}

sound at_loudness(sound in, double dbfs) {
  double power = 0;
  for (const double sample : in) power += sample * sample;
  const double gain = amplitude(dbfs) / std::sqrt(power / static_cast<double>(in.size()));
  for (double& sample : in) sample *= gain;
  return in;
}

sound white(std::size_t count, std::mt19937& chance) {
  std::normal_distribution<double> normal;
  sound out(count);
  for (double& sample : out) sample = normal(chance);
  return out;
}

// As many random values as octaves, each renewed half as often as the one before (Voss and Clarke).
sound pink(std::size_t count, std::mt19937& chance) {
  std::normal_distribution<double> normal;
  std::array<double, 12> rows{};
  for (double& row : rows) row = normal(chance);
  sound out(count);
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t row = 0; row < rows.size(); ++row) {
      if (i % (std::size_t{1} << row) == 0) rows[row] = normal(chance);
      out[i] += rows[row];
    }
  }
  return out;
}

// Two poles: rings at `frequency` and lets little else through.
class resonance {
 public:
  resonance(double frequency, double bandwidth)
      : radius_{std::exp(-std::numbers::pi * bandwidth / rate)},
        turn_{2 * radius_ * std::cos(2 * std::numbers::pi * frequency / rate)} {}
  double operator()(double in) {
    const double out = (1 - radius_) * in + turn_ * last_ - radius_ * radius_ * before_;
    before_ = last_;
    last_ = out;
    return out;
  }

 private:
  double radius_;
  double turn_;
  double last_ = 0;
  double before_ = 0;
};

// Five to nine keys a second, each a click that rings for some milliseconds and the key's way back.
sound keyboard(std::size_t count, std::mt19937& chance) {
  std::normal_distribution<double> normal;
  std::uniform_real_distribution<double> even;
  sound out = white(count, chance);
  for (double& sample : out) sample *= amplitude(-65);
  const auto click = [&](std::size_t at, double loudness) {
    resonance body{900 + 2'500 * even(chance), 400};
    for (std::size_t i = 0; i < rate / 25 && at + i < count; ++i) {
      const double strike = normal(chance) * std::exp(-static_cast<double>(i) / (0.003 * rate));
      out[at + i] += loudness * body(strike) * 4;
    }
  };
  for (double at = 0; at < static_cast<double>(count); at += rate * (0.11 + 0.09 * even(chance))) {
    const double loudness = amplitude(-24 + 8 * even(chance));
    click(static_cast<std::size_t>(at), loudness);
    click(static_cast<std::size_t>(at + rate * 0.07), loudness / 3);
    if (even(chance) < 0.08) at += rate * (0.5 + even(chance));  // the typist thinks
  }
  return out;
}

sound hum(std::size_t count) {
  sound out(count);
  for (std::size_t i = 0; i < count; ++i) {
    for (int harmonic = 1; harmonic <= 9; ++harmonic) {
      out[i] += std::sin(2 * std::numbers::pi * 50 * harmonic * static_cast<double>(i) / rate) /
                (harmonic % 2 == 0 ? harmonic * 2 : harmonic);
    }
  }
  return out;
}

// Triads that change every three quarters of a second, with swells as an organ has them.
sound chords(std::size_t count) {
  constexpr std::array<std::array<int, 3>, 4> progression{
      {{60, 64, 67}, {57, 60, 64}, {53, 57, 60}, {55, 59, 62}}};  // MIDI: C, a, F, G
  sound out(count);
  const double length = rate * 0.75;
  for (std::size_t i = 0; i < count; ++i) {
    const double beat = static_cast<double>(i) / length;
    const auto& chord = progression[static_cast<std::size_t>(beat) % progression.size()];
    const double in_beat = beat - std::floor(beat);
    const double swell = std::min({1.0, in_beat * 12, (1 - in_beat) * 6});
    for (const int note : chord) {
      const double frequency = 440 * std::pow(2.0, (note - 69) / 12.0);
      for (int harmonic = 1; harmonic <= 4; ++harmonic) {
        out[i] +=
            swell / (harmonic * harmonic) *
            std::sin(2 * std::numbers::pi * frequency * harmonic * static_cast<double>(i) / rate);
      }
    }
  }
  return out;
}

// A throat's opening: a hard beginning that dies away, of breath and, with `voice`, of the voice.
void add_burst(sound& out, double begins, double length, double voice, std::mt19937& chance) {
  std::normal_distribution<double> normal;
  std::array<resonance, 3> throat{resonance{650, 120}, resonance{1'350, 180}, {2'700, 300}};
  double phase = 0;
  const auto first = static_cast<std::size_t>(begins * rate);
  const auto count = static_cast<std::size_t>(length * rate);
  for (std::size_t i = 0; i < count && first + i < out.size(); ++i) {
    const double t = static_cast<double>(i) / static_cast<double>(count);
    const double envelope = std::min(1.0, t * 25) * std::exp(-3 * t) * (1 - t);
    phase += (140 - 40 * t) / rate;
    const double pulse = phase >= 1 ? 12 : 0;
    phase -= std::floor(phase);
    const double breath = normal(chance) + voice * pulse;
    for (auto& formant : throat) out[first + i] += envelope * formant(breath);
  }
}

}  // namespace

std::vector<noise_scene> noise_scenes(double seconds, unsigned seed) {
  std::mt19937 chance{seed};
  const auto count = static_cast<std::size_t>(seconds * rate);
  const auto scene = [](std::string name, sound samples) {
    return noise_scene{std::move(name), to_samples(samples)};
  };
  std::vector<noise_scene> scenes;
  scenes.push_back(scene("white_50", at_loudness(white(count, chance), -50)));
  scenes.push_back(scene("white_35", at_loudness(white(count, chance), -35)));
  scenes.push_back(scene("pink_50", at_loudness(pink(count, chance), -50)));
  scenes.push_back(scene("pink_35", at_loudness(pink(count, chance), -35)));
  scenes.push_back(scene("keyboard", keyboard(count, chance)));
  scenes.push_back(scene("hum", at_loudness(hum(count), -35)));
  scenes.push_back(scene("chords", at_loudness(chords(count), -30)));
  scenes.push_back(scene("silence", sound(count)));
  return scenes;
}

std::vector<std::int16_t> cough(unsigned seed) {
  std::mt19937 chance{seed};
  std::uniform_real_distribution<double> even;
  sound out(static_cast<std::size_t>(rate * 0.75));
  add_burst(out, 0, 0.3 + 0.1 * even(chance), 2 + 2 * even(chance), chance);
  if (even(chance) < 0.6) add_burst(out, 0.42, 0.25, 2 + 2 * even(chance), chance);
  return to_samples(at_loudness(std::move(out), -22));
}

}  // namespace dhr::bench
