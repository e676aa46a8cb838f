#include "actors/speech/text_normalizer.hpp"

#include <array>

#include "actors/speech/reading_rules.hpp"

namespace dhr {
namespace {

using namespace reading;

// In this order: what looks like a date is no quantity, and anything can be read in pieces.
constexpr std::array<reading_rule, 8> rules = {read_address, read_date,     read_period,
                                               read_time,    read_fraction, read_quantity,
                                               read_word,    read_pieces};

reading::reading read_first(const reading_context& context) {
  for (const auto rule : rules) {
    if (auto read = rule(context)) return std::move(*read);
  }
  return {{{}}, true};
}

bool ends_sentence(char mark) { return mark == '.' || mark == '!' || mark == '?'; }

// Only letters and apostrophes inside of the word, none at its ends.
std::string letters_only(std::string_view word) {
  std::string clean;
  for (std::size_t i = 0; i < word.size();) {
    const auto c = next_code_point(word, i);
    if (is_latin_letter(c) || (c == U'\'' && !clean.empty())) append_utf8(clean, c);
  }
  while (!clean.empty() && clean.back() == '\'') clean.pop_back();
  return clean;
}

void quieten(std::vector<written_token>& tokens) {
  for (auto& token : tokens) {
    if (token.body != "I") token.body = lower(token.body);
  }
}

}  // namespace

spoken_text normalize(std::string_view text) {
  auto tokens = tokenize(text);
  if (is_shouted(tokens)) quieten(tokens);
  spoken_text spoken;
  spoken.written.reserve(tokens.size());
  for (const auto& token : tokens) spoken.written.push_back(token.written);

  for (std::size_t i = 0; i < tokens.size();) {
    reading_context context{std::span{tokens}.subspan(i), {}};
    if (i > 0 && !ends_sentence(tokens[i - 1].mark)) context.before = tokens[i - 1].body;
    const auto read = read_first(context);
    for (std::size_t k = 0; k < read.words.size(); ++k, ++i) {
      for (const auto& word : read.words[k]) {
        if (auto clean = letters_only(word); !clean.empty())
          spoken.words.push_back({std::move(clean), i, 0});
      }
      char mark = tokens[i].mark;
      // A full stop inside of what is read as one ("Nov. 24") ends an abbreviation.
      const bool last = k + 1 == read.words.size();
      const bool stop_taken = !last || (!read.keep_full_stop && i + 1 < tokens.size());
      if (mark == '.' && stop_taken) mark = 0;
      if (tokens[i].body == "-" && read.words[k].empty()) mark = ',';
      if (mark != 0 && !spoken.words.empty() && (spoken.words.back().mark == 0 || mark != ',')) {
        spoken.words.back().mark = mark;
      }
    }
  }
  return spoken;
}

std::string to_string(const spoken_text& text) {
  std::string line;
  for (const auto& word : text.words) {
    if (!line.empty()) line += ' ';
    line += word.text;
    if (word.mark != 0) line += word.mark;
  }
  return line;
}

std::string engine_spelling(std::string_view word) {
  if (word == "A" || word.starts_with("A'")) return "eigh" + std::string{word.substr(1)};
  return std::string{word};
}

}  // namespace dhr
