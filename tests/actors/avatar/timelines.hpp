#pragma once
// Made-up sentences for the tests of the face, and what is asked of the frames made from them.

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "actors/avatar/face_animator.hpp"
#include "actors/avatar/lip_aperture.hpp"

namespace dhr::testing {

constexpr std::int64_t ms(std::int64_t milliseconds) { return milliseconds * 24; }

// Phonemes of the given lengths in ms, one after the other; the vowels are stressed.
inline std::vector<phoneme_span> timeline(
    const std::vector<std::pair<std::string, std::int64_t>>& parts) {
  std::vector<phoneme_span> spans;
  std::int64_t at = 0;
  for (const auto& [ipa, length] : parts) {
    spans.push_back({ipa, at, at + ms(length), is_vowel(viseme_of(ipa).first)});
    at += ms(length);
  }
  return spans;
}

// The phonemes of American English as espeak-ng names them, and silence.
inline const std::vector<std::string> sounds{
    "p",  "b", "m", "f", "v", "t", "d", "n",  "k",  "ɡ",  "ŋ",  "s",  "z", "ʃ", "ʒ", "tʃ",
    "dʒ", "θ", "ð", "l", "ɹ", "h", "w", "j",  "ɾ",  "ʔ",  "æ",  "ɑ",  "ʌ", "ɐ", "ə", "ɛ",
    "ɪ",  "ᵻ", "i", "ɔ", "ʊ", "u", "o", "eɪ", "aɪ", "aʊ", "oʊ", "ɔɪ", "ɚ", "ɜ", "ɝ", ""};

// A random sentence that begins and ends with a short silence; phonemes of 30 to 200 ms.
inline std::vector<phoneme_span> sentence(std::mt19937& random, int phonemes) {
  std::vector<std::pair<std::string, std::int64_t>> parts{{"", 40}};
  for (int i = 0; i < phonemes; ++i) {
    parts.emplace_back(sounds[random() % sounds.size()], 30 + random() % 171);
  }
  parts.emplace_back("", 60);
  return timeline(parts);
}

inline void append(std::vector<face_frame>& frames, const animation& made) {
  frames.insert(frames.end(), made.frames.begin(), made.frames.end());
}

// The frames of a turn of these clauses, with the return to rest.
inline std::vector<face_frame> frames_of(const std::vector<std::vector<phoneme_span>>& clauses,
                                         face_config config = {}) {
  face_animator animator{config};
  animator.begin_turn();
  std::vector<face_frame> frames;
  std::int64_t sample = 0;
  for (const auto& clause : clauses) {
    append(frames, animator.append(sample, clause.back().last_sample, clause));
    sample += clause.back().last_sample;
  }
  append(frames, animator.finish());
  return frames;
}

inline double widest(const std::vector<face_frame>& frames) {
  double most = 0;
  for (const auto& frame : frames) most = std::max(most, lip_aperture_mm(frame));
  return most;
}

// The moment that a frame shows, in samples.
inline double shown_at(std::size_t frame, int fps) {
  return (static_cast<double>(frame) + 0.5) * 24'000 / fps;
}

// Frames that cover a part of the phoneme: [first, second).
inline std::pair<std::size_t, std::size_t> frames_over(const phoneme_span& phoneme, int fps) {
  return {static_cast<std::size_t>(phoneme.first_sample * fps / 24'000),
          static_cast<std::size_t>((phoneme.last_sample * fps + 23'999) / 24'000)};
}

inline bool is_mouth(std::size_t shape) {
  const auto name = blendshape_names[shape];
  return name.starts_with("mouth") || name.starts_with("jaw") || name.starts_with("tongue");
}

}  // namespace dhr::testing
