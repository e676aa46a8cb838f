#include "actors/session/spoken_text.hpp"

#include <utility>

namespace dhr {
namespace {

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

// Where the text goes on after its first `words` words. A word that the voice spells otherwise than
// it is written is passed over, so the place may be late by that word and never early.
std::size_t place_after(const std::string& text, const std::vector<word_span>& words,
                        std::size_t count) {
  std::size_t at = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const auto found = text.find(words[i].text, at);
    if (found != std::string::npos) at = found + words[i].text.size();
  }
  while (at < text.size() && !is_space(text[at])) ++at;  // the marks that follow the word
  return at;
}

}  // namespace

void spoken_text::add(std::string text, std::int64_t first_sample, std::int64_t samples,
                      std::vector<word_span> words) {
  samples_ = first_sample + samples;
  clauses_.push_back({std::move(text), first_sample, samples_, std::move(words)});
}

spoken_text::parts spoken_text::cut(std::int64_t sample) const {
  parts result;
  for (const auto& said : clauses_) {
    if (said.last_sample <= sample) {
      result.heard += said.text;
      continue;
    }
    std::size_t heard = 0;
    for (const auto& word : said.words) {
      const auto middle = said.first_sample + (word.first_sample + word.last_sample) / 2;
      if (middle < sample) ++heard;
    }
    if (heard == 0) {
      result.rest.push_back(said.text);
      continue;
    }
    const auto at = place_after(said.text, said.words, heard);
    result.heard += said.text.substr(0, at);
    if (said.text.find_first_not_of(" \t\r\n", at) != std::string::npos) {
      result.rest.push_back(said.text.substr(at));
    }
  }
  return result;
}

}  // namespace dhr
