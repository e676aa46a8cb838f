#pragma once
// What a voice gives: sound, and when each phoneme and word of it sounds. All times are counted in
// samples of the sound itself, so that nothing cut from them can drift.

#include <cstdint>
#include <string>
#include <vector>

namespace dhr {

// The rate of all sound that leaves a voice, in Hz, mono.
inline constexpr std::int64_t speech_sample_rate = 24'000;

// One phoneme in IPA without stress and length marks ("p", "ə", "tʃ", "aɪ"), or "" for silence.
// [first_sample, last_sample) counts from the first sample of its utterance.
struct phoneme_span {
  std::string ipa;
  std::int64_t first_sample = 0;
  std::int64_t last_sample = 0;
  bool stressed = false;  // it carries or belongs to a syllable with primary stress
  friend bool operator==(const phoneme_span&, const phoneme_span&) = default;
};

// How something is said.
struct speaking_style {
  double rate = 1.0;  // 0.25 (slow) to 2.0 (fast)
  // How much the melody and the lengths of the sounds vary: 1 as the voice was trained, 0.5 to 1.5.
  // A voice that cannot vary that speaks as always.
  double liveliness = 1.0;
  friend bool operator==(const speaking_style&, const speaking_style&) = default;
};

// One word as it stands in the text that was to be spoken (before normalisation).
struct word_span {
  std::string text;
  std::int64_t first_sample = 0;
  std::int64_t last_sample = 0;
  friend bool operator==(const word_span&, const word_span&) = default;
};

// The spans are in order, do not overlap and lie inside the sound; phonemes cover all of it.
struct utterance {
  std::vector<std::int16_t> samples;  // mono, speech_sample_rate
  std::vector<phoneme_span> phonemes;
  std::vector<word_span> words;
  friend bool operator==(const utterance&, const utterance&) = default;
};

}  // namespace dhr
