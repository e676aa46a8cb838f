#include "actors/speech/phonemizer.hpp"

#include <algorithm>

#include "actors/speech/ipa_symbols.hpp"
#include "actors/speech/phoneme_alignment.hpp"
#include "runtime/base/assert.hpp"

namespace dhr {
namespace {

// espeak-ng reads lines of at most 1000 bytes.
constexpr std::size_t line_bytes_max = 600;

// Words [first, last) that are pronounced together, and the mark behind them.
struct clause {
  std::size_t first = 0;
  std::size_t last = 0;
  std::string line;
  char mark = 0;
};

std::vector<clause> clauses_of(const spoken_text& text) {
  std::vector<clause> clauses;
  clause now;
  for (std::size_t i = 0; i < text.words.size(); ++i) {
    if (!now.line.empty()) now.line += ' ';
    now.line += engine_spelling(text.words[i].text);
    now.mark = text.words[i].mark;
    now.last = i + 1;
    if (now.mark != 0 || now.line.size() > line_bytes_max || now.last == text.words.size()) {
      clauses.push_back(std::move(now));
      now = clause{i + 1, i + 1, {}, 0};
    }
  }
  return clauses;
}

// "ʌvðə (fr)bˈɛst(en)" -> groups without the names of languages.
std::vector<std::u32string> groups_of(const std::string& answer) {
  std::vector<std::u32string> groups;
  std::u32string group;
  bool inside_brackets = false;
  const auto finish = [&] {
    if (!group.empty()) groups.push_back(std::move(group));
    group.clear();
  };
  for (const char32_t symbol : ipa::decode(answer)) {
    if (symbol == U'(' || symbol == U')') {
      inside_brackets = symbol == U'(';
    } else if (symbol <= U' ') {
      finish();
    } else if (!inside_brackets && !ipa::is_punctuation(symbol)) {
      group += symbol;
    }
  }
  finish();
  return groups;
}

std::u32string joined(const std::vector<std::u32string>& groups) {
  std::u32string all;
  for (const auto& group : groups) all += group;
  return all;
}

}  // namespace

phonemizer::phonemizer(std::unique_ptr<ipa_source> source, std::size_t cached_words_max)
    : source_{std::move(source)}, isolated_{cached_words_max} {}

result<phoneme_text> phonemizer::phonemize(const spoken_text& text) {
  const auto clauses = clauses_of(text);
  std::vector<std::string> lines;
  for (const auto& clause : clauses) lines.push_back(clause.line);

  // All words that were never heard alone are asked for in the same turn.
  std::vector<std::u32string> isolated(text.words.size());
  std::vector<std::pair<std::size_t, std::size_t>> asked;  // word, line
  for (const auto& clause : clauses) {
    if (clause.last - clause.first < 2) continue;
    for (std::size_t i = clause.first; i < clause.last; ++i) {
      auto spelling = engine_spelling(text.words[i].text);
      if (const auto* known = isolated_.find(spelling)) {
        isolated[i] = *known;
      } else {
        asked.emplace_back(i, lines.size());
        lines.push_back(std::move(spelling));
      }
    }
  }
  DHR_TRY(const auto answers, source_->pronounce(lines));
  DHR_ASSERT(answers.size() == lines.size());
  for (const auto& [word, line] : asked) {
    isolated[word] = joined(groups_of(answers[line]));
    isolated_.put(lines[line], isolated[word]);
  }

  phoneme_text phonemes;
  const auto append = [&](char32_t symbol, std::int32_t word) {
    phonemes.symbols += symbol;
    phonemes.words.push_back(word);
  };
  for (std::size_t c = 0; c < clauses.size(); ++c) {
    const auto& clause = clauses[c];
    const auto groups = groups_of(answers[c]);
    const auto words = align_to_words(
        groups, std::span{isolated}.subspan(clause.first, clause.last - clause.first));
    if (!phonemes.symbols.empty()) append(U' ', -1);
    std::size_t at = 0;
    for (std::size_t g = 0; g < groups.size(); ++g) {
      if (g > 0) append(U' ', -1);
      for (const char32_t symbol : groups[g]) {
        append(symbol, static_cast<std::int32_t>(clause.first) + words[at++]);
      }
    }
    if (clause.mark != 0) append(static_cast<char32_t>(clause.mark), -1);
  }
  return phonemes;
}

}  // namespace dhr
