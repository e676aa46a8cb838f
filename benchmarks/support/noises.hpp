#pragma once
// Sounds that are no speech, made up: what a microphone hears in rooms. At microphone_rate; the
// same seed gives the same sound. Loudness in dBFS is of the root mean square against a full scale
// of 1.

#include <cstdint>
#include <string>
#include <vector>

namespace dhr::bench {

struct noise_scene {
  std::string name;
  std::vector<std::int16_t> samples;
};

// White and pink noise at -50 and -35 dBFS, a keyboard, the hum of the mains, chords of an organ
// and digital silence, each `seconds` long.
[[nodiscard]] std::vector<noise_scene> noise_scenes(double seconds, unsigned seed);

// A cough: one or two bursts of breath through a throat, with voice in them, about half a
// second, each seed another one.
[[nodiscard]] std::vector<std::int16_t> cough(unsigned seed);

}  // namespace dhr::bench
