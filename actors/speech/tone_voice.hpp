#pragma once
// The instant voice of tests and benchmarks: a steady tone, as long as a person would speak, with
// phonemes guessed from the letters. The same text gives the same samples. It costs a few
// microseconds per second of sound, since all sound is copied from a table.

#include <memory>

#include "actors/speech/synthesizer.hpp"

namespace dhr {

struct tone_options {
  double phoneme_ms = 80;  // with its pauses about 150 words a minute
  double pause_ms = 120;   // behind punctuation
};

[[nodiscard]] std::unique_ptr<synthesizer> make_tone_voice(tone_options options = {});

}  // namespace dhr
