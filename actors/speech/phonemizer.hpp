#pragma once
// Spoken words -> IPA symbols in the form that Piper's voices were trained on, each symbol with the
// word that it belongs to.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "actors/speech/lru_cache.hpp"
#include "actors/speech/text_normalizer.hpp"
#include "runtime/base/result.hpp"

namespace dhr {

// The port behind which the pronouncing program stands.
class ipa_source {
 public:
  virtual ~ipa_source() = default;
  // For each line (letters, apostrophes and spaces) its phonemes in IPA, words or groups of words
  // parted by spaces. Blocking, with a deadline; errc::unavailable when there is no such program or
  // it does not answer.
  [[nodiscard]] virtual result<std::vector<std::string>> pronounce(
      const std::vector<std::string>& lines) = 0;
};

struct phoneme_text {
  std::u32string symbols;           // "həlˈoʊ, aɪɐm fˈaɪn."
  std::vector<std::int32_t> words;  // for each symbol an index into spoken_text::words, or -1
  friend bool operator==(const phoneme_text&, const phoneme_text&) = default;
};

// Lives on: the synthesis worker's thread. Owned by: a voice.
class phonemizer {
 public:
  explicit phonemizer(std::unique_ptr<ipa_source> source, std::size_t cached_words_max = 4096);

  // Clause by clause, with each clause's punctuation put back; the error is the source's.
  [[nodiscard]] result<phoneme_text> phonemize(const spoken_text& text);

 private:
  std::unique_ptr<ipa_source> source_;
  lru_cache<std::string, std::u32string> isolated_;  // a word -> its pronunciation alone
};

}  // namespace dhr
