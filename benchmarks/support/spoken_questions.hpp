#pragma once
// Questions that people ask, spoken: what the benchmarks of hearing say to the digital human.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "actors/speech/synthesizer.hpp"
#include "runtime/base/result.hpp"

namespace dhr::bench {

// 36 everyday and financial questions.
[[nodiscard]] const std::vector<std::string>& question_texts();
// 29 others, on which nothing was ever tuned: they tell whether what was chosen on those above
// holds for what it was not chosen on. Whoever tunes on them writes new ones.
[[nodiscard]] const std::vector<std::string>& held_out_question_texts();

struct voices {
  std::unique_ptr<synthesizer> piper;
  std::unique_ptr<synthesizer> flite;
};

// The runtime's own voices. errc::not_found where the set-up has not run.
[[nodiscard]] result<voices> load_voices();

enum class manner : std::uint8_t { piper_slow, piper, piper_fast, flite };
inline constexpr std::size_t manners = 4;
[[nodiscard]] const char* to_string(manner how) noexcept;

// Sound at speech_sample_rate. Of synthesised speech it is known from the voice's own phonemes
// where it begins and ends, of a recording from its loudness (20 dB below its loudest place).
struct spoken_question {
  std::string text;
  std::string voice;  // the manner's name, or "recorded"
  std::vector<std::int16_t> samples;
  std::int64_t speech_begin = 0;  // first sample of the first sound that is not silence
  std::int64_t speech_end = 0;    // the sample after the last one
};

[[nodiscard]] result<spoken_question> speak(const voices& all, const std::string& text, manner how);

// A person who reads "Ever tried. Ever failed. ..." with long pauses.
[[nodiscard]] result<spoken_question> recorded_speech();

// Without what follows its speech.
[[nodiscard]] spoken_question trimmed(spoken_question spoken);

}  // namespace dhr::bench
