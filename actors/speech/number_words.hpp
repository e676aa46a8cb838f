#pragma once
// Numbers as English words: "1234" -> one thousand two hundred thirty four. Pure; any thread.
// Words are lower-case letters only, without hyphens, since each becomes a spoken word of its own.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dhr::reading {

using word_list = std::vector<std::string>;

// Appends the words of a whole number: 42 -> forty two. Up to 10^18 - 1.
void append_cardinal(word_list& words, std::uint64_t value);

// Appends the words of an ordinal: 42 -> forty second.
void append_ordinal(word_list& words, std::uint64_t value);

// Appends each digit of a text of digits: "007" -> zero zero seven.
void append_digits(word_list& words, std::string_view digits);

// Appends a year: 1999 -> nineteen ninety nine, 2000 -> two thousand, 2005 -> two thousand five,
// 2026 -> twenty twenty six, 1905 -> nineteen oh five.
void append_year(word_list& words, int year);

// Appends a number as it is written in digits: "12", "05" (digit by digit, as is what is too long
// to count), with the digits of a fraction: "4", "5" -> four point five.
void append_number(word_list& words, std::string_view integer, std::string_view fraction);

// The value of a text of digits, or 0 for what is empty or does not fit.
[[nodiscard]] std::uint64_t to_number(std::string_view digits) noexcept;

}  // namespace dhr::reading
