#include "actors/conversation/clause_rules.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "actors/conversation/clause_words.hpp"

namespace dhr {
namespace {

using kind = clause_decision::kind;

constexpr clause_decision none{};
constexpr clause_decision wait{kind::wait, 0};
constexpr clause_decision cut(std::size_t at) { return {kind::cut, at}; }

constexpr std::size_t look_ahead_max = 64;

constexpr std::string_view ellipsis = "…";
constexpr std::string_view en_dash = "–";
constexpr std::string_view em_dash = "—";

constexpr bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
constexpr bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
constexpr bool is_word_byte(char c) {
  // 0xE2 leads the general punctuation (dashes, quotes, bullets); other multi-byte leads are
  // letters.
  const auto byte = static_cast<unsigned char>(c);
  return is_digit(c) || is_lower(c) || is_upper(c) || (byte >= 0xC3 && byte != 0xE2);
}

bool starts_with_at(std::string_view text, std::size_t i, std::string_view what) {
  return text.substr(i, what.size()) == what;
}

// The length of the sentence mark at i, or 0.
std::size_t mark_length(std::string_view text, std::size_t i) {
  if (i >= text.size()) return 0;
  if (text[i] == '.' || text[i] == '!' || text[i] == '?') return 1;
  return starts_with_at(text, i, ellipsis) ? ellipsis.size() : 0;
}

bool ends_with_mark(std::string_view text) {
  return !text.empty() && (mark_length(text, text.size() - 1) == 1 || text.ends_with(ellipsis));
}

// The marks of Chinese and Japanese end a sentence without white space after them.
bool is_wide_mark(std::string_view text, std::size_t i) {
  constexpr auto marks = std::to_array<std::string_view>({"。", "！", "？", "；"});
  return std::any_of(marks.begin(), marks.end(),
                     [&](std::string_view mark) { return starts_with_at(text, i, mark); });
}

std::size_t skip_closers(std::string_view text, std::size_t i) {
  constexpr auto closers =
      std::to_array<std::string_view>({"\"", "'", ")", "]", "}", "*", "_", "”", "’", "»"});
  while (true) {
    const auto* found = std::find_if(closers.begin(), closers.end(), [&](std::string_view closer) {
      return starts_with_at(text, i, closer);
    });
    if (found == closers.end()) return i;
    i += found->size();
  }
}

// True if the text from i on could be the beginning of a multi-byte mark or closer that is cut off.
bool is_torn(std::string_view text, std::size_t i) {
  return i < text.size() && static_cast<unsigned char>(text[i]) >= 0xC2 && text.size() - i < 3 &&
         !(static_cast<unsigned char>(text[i]) < 0xE0 && text.size() - i >= 2);
}

// The run without white space that ends at i, without opening quotes and brackets.
std::string_view word_before(std::string_view text, std::size_t i) {
  std::size_t begin = i;
  while (begin > 0 && !is_space(text[begin - 1])) --begin;
  while (begin < i && !is_word_byte(text[begin])) ++begin;
  return text.substr(begin, i - begin);
}

std::size_t skip_space(std::string_view text, std::size_t i) {
  while (i < text.size() && is_space(text[i])) ++i;
  return i;
}

// The letters (and inner apostrophes) from i on; nothing if they may go on.
std::optional<std::string_view> whole_word_at(std::string_view text, std::size_t i, bool is_final) {
  std::size_t end = i;
  while (end < text.size() && (is_word_byte(text[end]) || text[end] == '\'')) ++end;
  if (end == text.size() && !is_final) return std::nullopt;
  return text.substr(i, end - i);
}

// "1." or "a." at the beginning of a line numbers a list.
bool is_list_marker(std::string_view text, std::size_t i) {
  const std::string_view word = word_before(text, i);
  const bool numbers = word.size() <= 3 && std::all_of(word.begin(), word.end(), is_digit);
  if (word.empty() || !(numbers || word.size() == 1)) return false;
  const std::string_view before = text.substr(0, i - word.size());
  const std::size_t line = before.find_last_of('\n');
  return count_words(line == std::string_view::npos ? before : before.substr(line)) == 0;
}

// What the word before a single full stop makes of it; `next` is where the next word begins.
clause_decision decide_full_stop(std::string_view text, std::size_t i, std::size_t end,
                                 std::size_t next, bool is_final) {
  const std::string_view word = word_before(text, i);
  if (is_list_marker(text, i) || clause_words::is_abbreviation(word)) return none;
  if (clause_words::goes_with_number(word) && is_digit(text[next])) return none;
  if (clause_words::may_end_sentence(word)) {
    if (!is_upper(text[next])) return none;
    const auto following = whole_word_at(text, next, is_final);
    if (!following) return wait;
    if (!clause_words::starts_sentence(*following)) return none;
  }
  return cut(end);
}

clause_decision decide_sentence_mark(std::string_view text, std::size_t i,
                                     const clause_limits& limits, bool is_final) {
  if (ends_with_mark(text.substr(0, i))) return none;  // decided at the first of the run
  std::size_t run_end = i;
  while (const std::size_t length = mark_length(text, run_end)) run_end += length;
  const std::size_t end = skip_closers(text, run_end);
  if (!is_final && (end == text.size() || is_torn(text, end))) return wait;
  if (end == text.size() || !is_space(text[end])) return none;
  const std::size_t next = skip_space(text, end);
  if (text.substr(end, next - end).find('\n') != std::string_view::npos) {
    return text[i] == '.' && is_list_marker(text, i) ? none : cut(end);
  }
  if (next == text.size()) return is_final ? cut(end) : wait;
  if (is_lower(text[next])) {
    const std::string_view word = word_before(text, i);
    const bool goes_on =
        end > run_end ||
        (run_end == i + 1 && text[i] == '.' &&
         (clause_words::is_abbreviation(word) || clause_words::may_end_sentence(word)));
    if (goes_on || is_list_marker(text, i)) return none;
    return count_words(text.substr(0, i)) >= limits.comma_words_min ? cut(end) : none;
  }
  if (run_end == i + 1 && text[i] == '.') return decide_full_stop(text, i, end, next, is_final);
  return cut(end);
}

clause_decision decide_comma(std::string_view text, std::size_t i, std::size_t words_min,
                             bool is_final) {
  if (count_words(text.substr(0, i)) < words_min) return none;
  const std::size_t end = skip_closers(text, i + 1);
  if (!is_final && (end == text.size() || is_torn(text, end))) return wait;
  if (end == text.size() || !is_space(text[end])) return none;
  if (text[i] == ',') {
    const std::string_view before = text.substr(0, i);
    if (before.ends_with('.')) {  // "e.g., "
      if (clause_words::is_abbreviation(word_before(text, i - 1))) return none;
    }
    const std::size_t next = skip_space(text, end);
    if (next == text.size()) return is_final ? none : wait;
    if (is_digit(before.back()) && is_digit(text[next])) return none;  // "May 5, 2024"
    if (is_upper(text[next])) {                                        // "Apple, Inc."
      const auto whole = whole_word_at(text, next, is_final);
      const std::string_view word = whole ? *whole : text.substr(next);
      if (clause_words::is_name_suffix(word, whole.has_value())) return whole ? none : wait;
    }
  }
  return cut(end);
}

clause_decision decide_dash(std::string_view text, std::size_t i, std::size_t length,
                            const clause_limits& limits, bool is_final) {
  const std::string_view before = text.substr(0, i);
  if (count_words(before) < limits.comma_words_min) return none;
  const std::size_t end = i + length;
  if (end == text.size()) return is_final ? none : wait;
  if (text[end] == '-' || before.ends_with('-')) return none;
  const bool spaced = is_space(before.back()) && is_space(text[end]);
  if (!spaced && !starts_with_at(text, i, em_dash)) return none;
  const std::size_t next = skip_space(text, end);
  if (next == text.size()) return is_final ? none : wait;
  const std::size_t last = before.find_last_not_of(" \t\n\r");
  if (is_digit(before[last]) && is_digit(text[next])) return none;  // "5 - 3"
  return cut(end);
}

// A breath before a word, where no mark invites to one.
clause_decision decide_breath(std::string_view text, std::size_t i, const clause_limits& limits,
                              bool is_final) {
  const std::string_view before = text.substr(0, i);
  const std::size_t words = count_words(before);
  if (words < limits.connective_words_min || !is_word_byte(before.back())) return none;
  const std::size_t next = skip_space(text, i);
  if (next == text.size()) return is_final ? none : wait;
  const std::string_view last = word_before(text, i);
  if (clause_words::binds_to_next(last)) return none;
  if (words >= limits.words_max && !clause_words::is_pronoun(last) && !is_digit(last.back())) {
    return cut(i);
  }
  if (!is_lower(text[next])) return none;
  const auto word = whole_word_at(text, next, is_final);
  if (!word) return wait;
  if ((*word == "and" || *word == "or") &&
      (is_digit(last.back()) || before.find("between ") != std::string_view::npos)) {
    return none;  // "5 or 6", "between here and there"
  }
  if (clause_words::is_connective(*word)) return cut(i);
  const bool weak = words >= limits.connective_words_min + 2 && !is_digit(last.back()) &&
                    clause_words::is_weak_connective(*word);
  return weak ? cut(i) : none;
}

}  // namespace

std::size_t count_words(std::string_view text) {
  std::size_t words = 0;
  bool counted = false;
  for (const char c : text) {
    if (is_space(c)) {
      counted = false;
    } else if (!counted && is_word_byte(c)) {
      counted = true;
      ++words;
    }
  }
  return words;
}

std::size_t forced_cut(std::string_view text, std::size_t length_max) {
  for (std::size_t i = length_max; i > 1; --i) {
    if (is_space(text[i]) && count_words(text.substr(0, i)) > 0) return i;
  }
  std::size_t at = length_max;
  while (at > 1 && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) --at;
  return at;
}

clause_decision decide_clause(std::string_view text, std::size_t i, const clause_limits& limits,
                              bool is_final) {
  if (text.size() >= i + look_ahead_max) {
    text = text.substr(0, i + look_ahead_max);
    is_final = true;
  }
  const char c = text[i];
  const bool may_matter = is_space(c) || !is_word_byte(c);
  if (!may_matter && static_cast<unsigned char>(c) < 0x80) return none;
  if (is_torn(text, i)) return is_final ? none : wait;
  if (count_words(text.substr(0, i)) == 0) return none;
  if (c == '\n') return cut(i);
  if (mark_length(text, i) > 0) return decide_sentence_mark(text, i, limits, is_final);
  if (is_wide_mark(text, i)) return cut(i + 3);
  if (c == ',') return decide_comma(text, i, limits.comma_words_min, is_final);
  if (c == ':' || c == ';') {
    return decide_comma(text, i, std::min<std::size_t>(2, limits.comma_words_min), is_final);
  }
  if (c == '-') return decide_dash(text, i, 1, limits, is_final);
  if (starts_with_at(text, i, en_dash) || starts_with_at(text, i, em_dash)) {
    return decide_dash(text, i, 3, limits, is_final);
  }
  if (c == ' ') return decide_breath(text, i, limits, is_final);
  return none;
}

}  // namespace dhr
