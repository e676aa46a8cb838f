#include "actors/ears/transcript_rules.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace dhr {
namespace {

// Moonshine's own bound (arXiv 2410.15608, section 3.3: "6.5 tokens per second"), and a few more
// for what is shorter than a second, where a token or two decide.
constexpr double tokens_per_second_max = 6.5;
constexpr double tokens_extra = 3;

constexpr std::size_t back_channel_words_max = 3;
constexpr std::array<std::string_view, 44> back_channels{
    "ah",          "aha",      "alright", "all right", "cool",   "exactly", "fine",      "good",
    "got it",      "great",    "hm",      "hmm",       "i know", "i see",   "ja",        "m hm",
    "makes sense", "mhm",      "mm",      "mm hm",     "mm hmm", "mmhm",    "mmhmm",     "mmm",
    "oh",          "oh i see", "oh wow",  "ok",        "okay",   "okey",    "right",     "sure",
    "true",        "uh",       "uh huh",  "uhuh",      "uh hum", "um",      "very good", "wow",
    "yeah",        "yep",      "yes",     "yup"};

// Words that nobody ends a sentence with who goes on. "To whom do I write to" exists; it waits.
constexpr std::array<std::string_view, 58> clinging{
    "a",       "about",  "also",  "an",    "and",  "are",   "as",    "at",    "be",   "because",
    "but",     "by",     "can",   "could", "each", "every", "for",   "from",  "her",  "if",
    "in",      "into",   "is",    "its",   "just", "like",  "may",   "my",    "of",   "or",
    "our",     "should", "so",    "some",  "than", "that",  "the",   "their", "then", "these",
    "this",    "those",  "to",    "uh",    "um",   "very",  "was",   "were",  "when", "where",
    "whether", "which",  "while", "who",   "will", "with",  "would", "your"};

constexpr std::size_t throat_sounds_max = 3;
constexpr std::array<std::string_view, 9> throat_sounds{"ah", "ahem", "eh", "ha", "heh",
                                                        "oh", "ugh",  "uh", "um"};

bool is_throat_word(const std::string& word) {
  if (word.size() == 1) return std::isalpha(static_cast<unsigned char>(word[0])) != 0;
  return std::find(throat_sounds.begin(), throat_sounds.end(), word) != throat_sounds.end();
}

// How often in a row words, pairs, ... must stand before nobody says that: "no, no, no, no" is
// human, "I'm sorry. I'm sorry. I'm sorry." as well.
constexpr std::size_t repetitions_max(std::size_t words) {
  return words == 1 ? 5 : words <= 3 ? 3 : 2;
}
constexpr std::size_t repeated_words_max = 12;
constexpr std::size_t repeated_letters_max = 8;  // "Hahahahaha"

struct code_point {
  char32_t value = 0;
  std::size_t bytes = 1;
};

// A broken sequence is read byte by byte.
code_point code_point_at(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u;
  };
  const auto first = byte(at);
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 1;
  if (length == 1 || at + length > text.size()) return {first, 1};
  char32_t value = first & (0xFFu >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) value = value << 6 | (byte(at + i) & 0x3Fu);
  return {value, length};
}

bool is_letter(char32_t c) {
  if (c < 0x80) return std::isalnum(static_cast<int>(c)) != 0;
  const bool latin_symbol = c < 0xC0 || c == 0xD7 || c == 0xF7;
  const bool symbol = (c >= 0x2000 && c < 0x2C00) || (c >= 0x3000 && c < 0x3040) ||
                      (c >= 0xFE00 && c < 0xFE70) || c >= 0x1F000;
  return !latin_symbol && !symbol;
}

bool is_apostrophe(char32_t c) { return c == '\'' || c == 0x2019; }

// Whether words [at, at + size) are those before them.
bool repeats(const std::vector<std::string>& words, std::size_t at, std::size_t size) {
  return std::equal(words.begin() + static_cast<std::ptrdiff_t>(at),
                    words.begin() + static_cast<std::ptrdiff_t>(at + size),
                    words.begin() + static_cast<std::ptrdiff_t>(at - size));
}

bool has_endless_words(const std::vector<std::string>& words) {
  for (std::size_t size = 1; size <= repeated_words_max; ++size) {
    std::size_t times = 1;
    for (std::size_t at = size; at + size <= words.size();) {
      if (!repeats(words, at, size)) {
        ++at;  // a run may begin at any word
        times = 1;
        continue;
      }
      if (++times > repetitions_max(size)) return true;
      at += size;
    }
  }
  return false;
}

bool has_endless_letters(const std::string& word) {
  for (std::size_t size = 1; size <= 4; ++size) {
    std::size_t run = 0;
    for (std::size_t at = size; at < word.size(); ++at) {
      run = word[at] == word[at - size] ? run + 1 : 0;
      if (run >= size * repeated_letters_max) return true;
    }
  }
  return false;
}

}  // namespace

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  const auto finish = [&] {
    while (word.ends_with('\'')) word.pop_back();
    if (!word.empty()) words.push_back(std::move(word));
    word.clear();
  };
  int brackets = 0;
  for (std::size_t at = 0; at < text.size();) {
    const auto [value, bytes] = code_point_at(text, at);
    if (value == '[' || value == '(') ++brackets;
    if (brackets > 0) {
      finish();
    } else if (is_letter(value)) {
      for (const char c : text.substr(at, bytes)) {
        word += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
      }
    } else if (is_apostrophe(value)) {
      if (!word.empty()) word += '\'';
    } else {
      finish();
    }
    if ((value == ']' || value == ')') && brackets > 0) --brackets;
    at += bytes;
  }
  finish();
  return words;
}

bool has_words(std::string_view text) { return !words_of(text).empty(); }

bool is_back_channel(std::string_view text) {
  const auto words = words_of(text);
  if (words.empty() || words.size() > back_channel_words_max) return false;
  // Made of signs of attention from end to end: the longest that fits is taken each time.
  for (std::size_t at = 0; at < words.size();) {
    std::size_t taken = 0;
    std::string phrase;
    for (std::size_t size = 1; at + size <= words.size(); ++size) {
      if (size > 1) phrase += ' ';
      phrase += words[at + size - 1];
      if (std::find(back_channels.begin(), back_channels.end(), phrase) != back_channels.end()) {
        taken = size;
      }
    }
    if (taken == 0) return false;
    at += taken;
  }
  return true;
}

bool may_be_whole(std::string_view text) {
  const auto last = text.find_last_not_of(" \"'");
  if (last == std::string_view::npos) return false;
  const char mark = text[last];
  if (mark != '.' && mark != '!' && mark != '?') return false;
  if (text.substr(0, last + 1).ends_with("..")) return false;  // trails off
  const auto words = words_of(text);
  return !words.empty() &&
         std::find(clinging.begin(), clinging.end(), words.back()) == clinging.end();
}

bool is_throat_sound(std::string_view text) {
  const auto words = words_of(text);
  return !words.empty() && words.size() <= throat_sounds_max &&
         std::all_of(words.begin(), words.end(), is_throat_word);
}

bool is_made_up(std::string_view text, std::size_t token_count, nanoseconds sound) {
  const auto seconds = to_ms(sound) / 1'000;
  if (static_cast<double>(token_count) > tokens_per_second_max * seconds + tokens_extra) {
    return true;
  }
  const auto words = words_of(text);
  return has_endless_words(words) || std::any_of(words.begin(), words.end(), has_endless_letters);
}

}  // namespace dhr
