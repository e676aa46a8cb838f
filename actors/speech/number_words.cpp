#include "actors/speech/number_words.hpp"

#include <array>
#include <charconv>

namespace dhr::reading {
namespace {

constexpr std::array<std::string_view, 20> small_numbers = {
    "zero",     "one",     "two",     "three",     "four",     "five",    "six",
    "seven",    "eight",   "nine",    "ten",       "eleven",   "twelve",  "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"};
constexpr std::array<std::string_view, 10> tens = {"",      "",      "twenty",  "thirty", "forty",
                                                   "fifty", "sixty", "seventy", "eighty", "ninety"};
struct power {
  std::uint64_t value;
  std::string_view name;
};
constexpr std::array<power, 5> powers = {{{1'000'000'000'000'000, "quadrillion"},
                                          {1'000'000'000'000, "trillion"},
                                          {1'000'000'000, "billion"},
                                          {1'000'000, "million"},
                                          {1'000, "thousand"}}};

struct irregular {
  std::string_view cardinal;
  std::string_view ordinal;
};
constexpr std::array<irregular, 7> irregular_ordinals = {{{"one", "first"},
                                                          {"two", "second"},
                                                          {"three", "third"},
                                                          {"five", "fifth"},
                                                          {"eight", "eighth"},
                                                          {"nine", "ninth"},
                                                          {"twelve", "twelfth"}}};

// Longer texts of digits are account and telephone numbers.
constexpr std::size_t countable_digits_max = 18;

void append_below_thousand(word_list& words, std::uint64_t value) {
  if (value >= 100) {
    words.emplace_back(small_numbers[value / 100]);
    words.emplace_back("hundred");
    value %= 100;
    if (value == 0) return;
  }
  if (value < 20) {
    words.emplace_back(small_numbers[value]);
    return;
  }
  words.emplace_back(tens[value / 10]);
  if (value % 10 != 0) words.emplace_back(small_numbers[value % 10]);
}

std::string ordinal_of(const std::string& cardinal) {
  for (const auto& [from, to] : irregular_ordinals) {
    if (cardinal == from) return std::string{to};
  }
  if (cardinal.back() == 'y') return cardinal.substr(0, cardinal.size() - 1) + "ieth";
  return cardinal + "th";
}

}  // namespace

void append_cardinal(word_list& words, std::uint64_t value) {
  if (value == 0) {
    words.emplace_back(small_numbers[0]);
    return;
  }
  for (const auto& [size, name] : powers) {
    if (value < size) continue;
    append_below_thousand(words, value / size % 1000);
    words.emplace_back(name);
    value %= size;
  }
  if (value != 0) append_below_thousand(words, value);
}

void append_ordinal(word_list& words, std::uint64_t value) {
  append_cardinal(words, value);
  words.back() = ordinal_of(words.back());
}

void append_digits(word_list& words, std::string_view digits) {
  for (const char digit : digits) {
    if (digit >= '0' && digit <= '9')
      words.emplace_back(small_numbers[static_cast<std::size_t>(digit - '0')]);
  }
}

void append_year(word_list& words, int year) {
  const auto high = static_cast<std::uint64_t>(year / 100);
  const auto low = static_cast<std::uint64_t>(year % 100);
  if (year < 1000 || high % 10 == 0) {
    // 2000 to 2009 are counted ("two thousand five"), 2010 and later are said in pairs.
    if (year < 1000 || low < 10) return append_cardinal(words, static_cast<std::uint64_t>(year));
  }
  append_below_thousand(words, high);
  if (low == 0) {
    words.emplace_back("hundred");
  } else {
    if (low < 10) words.emplace_back("oh");
    append_below_thousand(words, low);
  }
}

void append_number(word_list& words, std::string_view integer, std::string_view fraction) {
  const bool counted = integer.size() == 1 || (integer.size() <= countable_digits_max &&
                                               !integer.empty() && integer.front() != '0');
  if (integer.empty()) {
    words.emplace_back(small_numbers[0]);
  } else if (counted) {
    append_cardinal(words, to_number(integer));
  } else {
    append_digits(words, integer);
  }
  if (fraction.empty()) return;
  words.emplace_back("point");
  append_digits(words, fraction);
}

std::uint64_t to_number(std::string_view digits) noexcept {
  std::uint64_t value = 0;
  const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return problem == std::errc{} && end == digits.data() + digits.size() ? value : 0;
}

}  // namespace dhr::reading
