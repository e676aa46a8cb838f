#pragma once
// Piper through sherpa-onnx, with the exact duration of each phoneme from the voice's own graph.

#include <functional>
#include <memory>
#include <string>

#include "actors/speech/espeak_adapter.hpp"
#include "actors/speech/synthesizer.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/base/result.hpp"

namespace dhr {

struct piper_options {
  std::string name = "joe";
  std::string model;   // the prepared .onnx, whose output ends with the durations
  std::string tokens;  // "symbol id" a line
  int threads = 1;     // of the model, 1 to 16
  // Variation of the sound and of the durations; the voice's own defaults. A speaking_style's
  // liveliness is a share of them.
  float noise_scale = 0.667f;
  float noise_scale_width = 0.8f;
  milliseconds leading_silence_max{40};
  espeak_options espeak;
  std::function<void()> loaded;  // called once, before the first sound warms it up; may be null
};

// Loads the model and warms it up (about a second and a half). errc::not_found for a missing file,
// errc::invalid_argument for an option, errc::failed for a model that does not load or was not
// prepared. `time` outlives it.
[[nodiscard]] result<std::unique_ptr<synthesizer>> make_piper_voice(piper_options options,
                                                                    const clock& time);

}  // namespace dhr
