#pragma once
// From the durations that a voice computed to spans of samples. Pure; integers only, so that no
// span drifts from the sound.

#include <cstdint>
#include <span>
#include <vector>

#include "actors/speech/phonemizer.hpp"
#include "actors/speech/text_normalizer.hpp"
#include "actors/speech/types.hpp"

namespace dhr {

// A phoneme and the spoken word that it belongs to (-1 for silence).
struct timed_phoneme {
  phoneme_span span;
  std::int32_t word = -1;
};

// How a voice counts: `hop` samples at `rate` Hz are one unit of duration.
struct duration_unit {
  std::int64_t hop = 256;
  std::int64_t rate = 22'050;

  // The sample at speech_sample_rate, rounded, at which this many units have passed.
  [[nodiscard]] std::int64_t to_sample(std::int64_t units) const noexcept {
    return (units * hop * speech_sample_rate * 2 + rate) / (2 * rate);
  }
};

// Piper's durations: for the n symbols of a text 2n+3 of them, of the ids ^ _ p1 _ p2 _ … pn _ $.
// The blank behind a symbol belongs to it, a stress mark to the sound behind it, a length mark to
// the sound before it, the gap between two words half and half to its neighbours, and punctuation
// is silence. The spans cover [0, to_sample(sum of the durations)).
[[nodiscard]] std::vector<timed_phoneme> piper_timeline(const phoneme_text& text,
                                                        std::span<const std::int64_t> durations,
                                                        const duration_unit& unit);

// The times of the written words from those of the phonemes of their spoken words.
[[nodiscard]] std::vector<word_span> word_times(const spoken_text& text,
                                                std::span<const timed_phoneme> phonemes);

// An utterance of the sound and the phonemes, which must cover it.
[[nodiscard]] utterance make_utterance(std::vector<std::int16_t> samples, const spoken_text& text,
                                       std::vector<timed_phoneme> phonemes);

// Cuts silence before the first sound down to `samples_max`, sound and times together.
void cap_leading_silence(utterance& spoken, std::int64_t samples_max);

// Puts silence before the sound, whose times move with it.
void add_leading_silence(utterance& spoken, std::int64_t samples);

// Samples at speech_sample_rate in a whole number of milliseconds.
[[nodiscard]] constexpr std::int64_t samples_in(std::int64_t ms) noexcept {
  return ms * speech_sample_rate / 1000;
}

}  // namespace dhr
