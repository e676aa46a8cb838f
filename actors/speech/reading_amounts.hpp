#pragma once
// One amount inside a token: sign, currency, digits, scale and unit, and its words. Pure.

#include <optional>
#include <string>
#include <string_view>

#include "actors/speech/number_words.hpp"

namespace dhr::reading {

struct currency {
  std::string_view symbol;  // "$"
  std::string_view code;    // "USD"
  std::string_view one;     // "dollar"
  std::string_view many;    // "dollars"
  std::string_view cent;    // "cent", or empty where hundredths have no name
  std::string_view cents;
};

struct unit {
  std::string_view symbol;  // "km"
  std::string_view one;     // "kilometer"
  std::string_view many;
};

struct amount {
  word_list sign;                   // "minus", "about", ...
  const currency* money = nullptr;  // static tables
  const unit* measure = nullptr;
  std::string integer;     // digits without separators
  std::string fraction;    // digits behind the point
  std::string_view scale;  // "million", or empty
  std::size_t length = 0;  // bytes of the text that it took

  [[nodiscard]] bool is_one() const { return integer == "1" && fraction.empty() && scale.empty(); }
  [[nodiscard]] bool says_cents() const {
    return money != nullptr && !money->cent.empty() && scale.empty() && fraction.size() == 2;
  }
};

// The amount with which the text begins; `allow_sign` is false inside of a word ("GPT-4").
[[nodiscard]] std::optional<amount> parse_amount(std::string_view text, bool allow_sign = true);

// "minus one point two billion", for money with cents "one dollar fifty".
void append_value(word_list& words, const amount& value);
// "dollars", "percent"; nothing where append_value has said it.
void append_measure(word_list& words, const amount& value);
// Appends each word of a phrase.
void append_phrase(word_list& words, std::string_view phrase);

[[nodiscard]] const unit* find_unit(std::string_view symbol) noexcept;
[[nodiscard]] const currency* find_currency_code(std::string_view code) noexcept;
// "bn" -> billion, or empty; for money also "m", "b" and "t".
[[nodiscard]] std::string_view find_scale(std::string_view sign, bool money) noexcept;

}  // namespace dhr::reading
