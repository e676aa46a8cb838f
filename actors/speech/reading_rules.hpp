#pragma once
// The rules by which written tokens are read, one family per source file. Each looks at the first
// tokens of `rest` and either reads one or more of them or leaves them to the next rule. Pure.

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "actors/speech/number_words.hpp"
#include "actors/speech/written_tokens.hpp"

namespace dhr::reading {

struct reading_context {
  std::span<const written_token> rest;  // never empty; rest[0] is to be read now
  std::string_view before;              // the body of the token before it, or empty
};

// words[i] are the words for rest[i]; its size is the number of tokens that were read. A rule that
// took the full stop of an abbreviation for itself says so.
struct reading {
  std::vector<word_list> words;
  bool keep_full_stop = true;
};

using reading_rule = std::optional<reading> (*)(const reading_context&);

// Addresses: "www.example.com", "info@example.com".
std::optional<reading> read_address(const reading_context&);
// Days, months, quarters, fiscal years, decades, times of day.
std::optional<reading> read_date(const reading_context&);
std::optional<reading> read_period(const reading_context&);
std::optional<reading> read_time(const reading_context&);
// Numbers with their sign, currency, scale, unit or percent; ranges, fractions, ratios, ordinals.
std::optional<reading> read_fraction(const reading_context&);
std::optional<reading> read_quantity(const reading_context&);
// Abbreviations, acronyms, tickers, words, and in the end anything.
std::optional<reading> read_word(const reading_context&);
std::optional<reading> read_pieces(const reading_context&);

// Whether all letters of the text are capitals and there are several words of them: then capitals
// do not mean acronyms.
[[nodiscard]] bool is_shouted(std::span<const written_token> tokens);

// The words for one run of letters, with apostrophes: an acronym, a ticker or a word as it is.
void append_letters(word_list& words, std::string_view letters);

// ASCII tools of the rules.
[[nodiscard]] std::string lower(std::string_view text);
[[nodiscard]] bool is_digits(std::string_view text) noexcept;
[[nodiscard]] inline bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
[[nodiscard]] inline bool is_capital(char c) noexcept { return c >= 'A' && c <= 'Z'; }
[[nodiscard]] inline bool is_letter_byte(char c) noexcept {
  return is_capital(c) || (c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 0x80;
}
// The leading digits of a text.
[[nodiscard]] std::string_view leading_digits(std::string_view text) noexcept;
// The value of a year as written: "2026" -> 2026, "26" -> 2026, "99" -> 1999.
[[nodiscard]] std::optional<int> to_year(std::string_view digits) noexcept;
// Whether a bare number is most likely a year: 1900 to 2099.
[[nodiscard]] bool looks_like_year(std::string_view digits) noexcept;

}  // namespace dhr::reading
