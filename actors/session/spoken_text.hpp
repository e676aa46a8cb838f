#pragma once
// Which words of a spoken answer belong to which samples, so that an answer can be cut at the word
// where the listener was.

#include <cstdint>
#include <string>
#include <vector>

#include "actors/speech/types.hpp"

namespace dhr {

class spoken_text {
 public:
  // The next clause: its text as written, its first sample and length within the answer, its words
  // counted from the clause's first sample.
  void add(std::string text, std::int64_t first_sample, std::int64_t samples,
           std::vector<word_span> words);

  struct parts {
    std::string heard;
    std::vector<std::string> rest;  // clauses; empty when all was heard
  };
  // A word belongs to what was heard if at least half of it sounded before `sample`. White space
  // and marks go with the word before them.
  [[nodiscard]] parts cut(std::int64_t sample) const;

  // The last sample's place, which is the length of the answer so far.
  [[nodiscard]] std::int64_t samples() const noexcept { return samples_; }

 private:
  struct clause {
    std::string text;
    std::int64_t first_sample;
    std::int64_t last_sample;
    std::vector<word_span> words;
  };
  std::vector<clause> clauses_;
  std::int64_t samples_ = 0;
};

}  // namespace dhr
