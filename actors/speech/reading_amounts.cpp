#include "actors/speech/reading_amounts.hpp"

#include <array>

#include "actors/speech/reading_rules.hpp"

namespace dhr::reading {
namespace {

constexpr std::array<currency, 17> currencies = {{
    {"US$", "USD", "U S dollar", "U S dollars", "cent", "cents"},
    {"C$", "CAD", "Canadian dollar", "Canadian dollars", "cent", "cents"},
    {"A$", "AUD", "Australian dollar", "Australian dollars", "cent", "cents"},
    {"HK$", "HKD", "Hong Kong dollar", "Hong Kong dollars", "cent", "cents"},
    {"$", "", "dollar", "dollars", "cent", "cents"},
    {"€", "EUR", "euro", "euros", "cent", "cents"},
    {"£", "GBP", "pound", "pounds", "penny", "pence"},
    {"¥", "JPY", "yen", "yen", "", ""},
    {"₹", "INR", "rupee", "rupees", "paisa", "paise"},
    {"₿", "BTC", "bitcoin", "bitcoins", "", ""},
    {"CHF", "CHF", "Swiss franc", "Swiss francs", "", ""},
    {"CN¥", "CNY", "yuan", "yuan", "", ""},
    {"SEK", "SEK", "Swedish krona", "Swedish kronor", "", ""},
    {"NOK", "NOK", "Norwegian krone", "Norwegian kroner", "", ""},
    {"DKK", "DKK", "Danish krone", "Danish kroner", "", ""},
    {"PLN", "PLN", "zloty", "zlotys", "", ""},
    {"KRW", "KRW", "won", "won", "", ""},
}};

struct scale_sign {
  std::string_view sign;
  std::string_view name;
  bool money_only;  // "5m" alone may be meters, "$5m" can't be
};
constexpr std::array<scale_sign, 15> scale_signs = {{{"k", "thousand", false},
                                                     {"K", "thousand", false},
                                                     {"m", "million", true},
                                                     {"mm", "million", true},
                                                     {"M", "million", false},
                                                     {"MM", "million", false},
                                                     {"mn", "million", false},
                                                     {"b", "billion", true},
                                                     {"B", "billion", false},
                                                     {"bn", "billion", false},
                                                     {"Bn", "billion", false},
                                                     {"t", "trillion", true},
                                                     {"T", "trillion", false},
                                                     {"tn", "trillion", false},
                                                     {"trn", "trillion", false}}};

constexpr std::array<unit, 62> units = {{
    {"%", "percent", "percent"},
    {"bps", "basis point", "basis points"},
    {"bp", "basis point", "basis points"},
    {"pp", "percentage point", "percentage points"},
    {"x", "times", "times"},
    {"×", "times", "times"},
    {"mm", "millimeter", "millimeters"},
    {"cm", "centimeter", "centimeters"},
    {"m", "meter", "meters"},
    {"km", "kilometer", "kilometers"},
    {"mi", "mile", "miles"},
    {"ft", "foot", "feet"},
    {"m²", "square meter", "square meters"},
    {"km²", "square kilometer", "square kilometers"},
    {"m³", "cubic meter", "cubic meters"},
    {"ha", "hectare", "hectares"},
    {"km/h", "kilometer per hour", "kilometers per hour"},
    {"mph", "mile per hour", "miles per hour"},
    {"m/s", "meter per second", "meters per second"},
    {"mg", "milligram", "milligrams"},
    {"g", "gram", "grams"},
    {"kg", "kilogram", "kilograms"},
    {"t", "ton", "tons"},
    {"lb", "pound", "pounds"},
    {"lbs", "pound", "pounds"},
    {"oz", "ounce", "ounces"},
    {"ml", "milliliter", "milliliters"},
    {"l", "liter", "liters"},
    {"L", "liter", "liters"},
    {"bbl", "barrel", "barrels"},
    {"kB", "kilobyte", "kilobytes"},
    {"KB", "kilobyte", "kilobytes"},
    {"MB", "megabyte", "megabytes"},
    {"GB", "gigabyte", "gigabytes"},
    {"TB", "terabyte", "terabytes"},
    {"PB", "petabyte", "petabytes"},
    {"Mbps", "megabit per second", "megabits per second"},
    {"Gbps", "gigabit per second", "gigabits per second"},
    {"Hz", "hertz", "hertz"},
    {"kHz", "kilohertz", "kilohertz"},
    {"MHz", "megahertz", "megahertz"},
    {"GHz", "gigahertz", "gigahertz"},
    {"W", "watt", "watts"},
    {"kW", "kilowatt", "kilowatts"},
    {"MW", "megawatt", "megawatts"},
    {"GW", "gigawatt", "gigawatts"},
    {"kWh", "kilowatt hour", "kilowatt hours"},
    {"MWh", "megawatt hour", "megawatt hours"},
    {"GWh", "gigawatt hour", "gigawatt hours"},
    {"TWh", "terawatt hour", "terawatt hours"},
    {"V", "volt", "volts"},
    {"°C", "degree Celsius", "degrees Celsius"},
    {"°F", "degree Fahrenheit", "degrees Fahrenheit"},
    {"°", "degree", "degrees"},
    {"ms", "millisecond", "milliseconds"},
    {"s", "second", "seconds"},
    {"sec", "second", "seconds"},
    {"min", "minute", "minutes"},
    {"h", "hour", "hours"},
    {"hr", "hour", "hours"},
    {"hrs", "hour", "hours"},
    {"yrs", "year", "years"},
}};

struct sign_words {
  std::string_view sign;
  std::string_view words;
};
constexpr std::array<sign_words, 11> signs = {{{"-", "minus"},
                                               {"+", "plus"},
                                               {"±", "plus or minus"},
                                               {"~", "about"},
                                               {"≈", "about"},
                                               {"<", "less than"},
                                               {">", "more than"},
                                               {"≤", "at most"},
                                               {"≥", "at least"},
                                               {"#", "number"},
                                               {"@", "at"}}};

bool starts_with_letter(std::string_view text) {
  if (text.empty()) return false;
  std::size_t position = 0;
  return is_latin_letter(next_code_point(text, position));
}

bool take_sign(std::string_view& text, amount& value) {
  for (const auto& [sign, words] : signs) {
    if (!text.starts_with(sign)) continue;
    append_phrase(value.sign, words);
    text.remove_prefix(sign.size());
    return true;
  }
  return false;
}

void take_currency(std::string_view& text, amount& value) {
  for (const auto& money : currencies) {
    if (!text.starts_with(money.symbol)) continue;
    value.money = &money;
    text.remove_prefix(money.symbol.size());
    return;
  }
}

// Digits with commas by threes, then a point and digits.
bool take_digits(std::string_view& text, amount& value) {
  auto digits = leading_digits(text);
  if (digits.empty() && !(text.size() > 1 && text[0] == '.' && is_digit(text[1]))) return false;
  value.integer = digits;
  text.remove_prefix(digits.size());
  if (digits.size() <= 3) {
    while (text.size() >= 4 && text[0] == ',' && leading_digits(text.substr(1)).size() == 3) {
      value.integer += text.substr(1, 3);
      text.remove_prefix(4);
    }
  }
  if (text.size() > 1 && text[0] == '.' && is_digit(text[1])) {
    const auto fraction = leading_digits(text.substr(1));
    value.fraction = fraction;
    text.remove_prefix(fraction.size() + 1);
  }
  return true;
}

// The longest table entry with which the text begins and behind which no letter stands.
template <class Table, class Name>
auto longest_prefix(const Table& table, std::string_view text, Name name) {
  const typename Table::value_type* best = nullptr;
  for (const auto& entry : table) {
    const std::string_view sign = name(entry);
    if (sign.empty() || !text.starts_with(sign) || starts_with_letter(text.substr(sign.size())))
      continue;
    if (best == nullptr || sign.size() > name(*best).size()) best = &entry;
  }
  return best;
}

void take_scale(std::string_view& text, amount& value) {
  const auto* scale = longest_prefix(scale_signs, text, [&](const scale_sign& entry) {
    return entry.money_only && value.money == nullptr ? std::string_view{} : entry.sign;
  });
  if (scale == nullptr) return;
  value.scale = scale->name;
  text.remove_prefix(scale->sign.size());
}

}  // namespace

std::optional<amount> parse_amount(std::string_view text, bool allow_sign) {
  const auto whole = text.size();
  amount value;
  if (allow_sign) {
    while (take_sign(text, value)) {
    }
  }
  take_currency(text, value);
  if (value.money != nullptr && allow_sign && value.sign.empty() && !text.empty() &&
      text[0] == '-') {
    take_sign(text, value);
  }
  if (!take_digits(text, value)) return std::nullopt;
  take_scale(text, value);
  if (value.money == nullptr) {
    take_currency(text, value);
    if (value.money == nullptr) {
      value.measure = longest_prefix(units, text, [](const unit& entry) { return entry.symbol; });
      if (value.measure != nullptr) text.remove_prefix(value.measure->symbol.size());
    }
  }
  value.length = whole - text.size();
  return value;
}

void append_value(word_list& words, const amount& value) {
  words.insert(words.end(), value.sign.begin(), value.sign.end());
  if (value.says_cents()) {
    const auto cents = to_number(value.fraction);
    const bool whole = value.integer.find_first_not_of('0') != std::string::npos;
    if (whole || cents == 0) {
      append_number(words, value.integer, {});
      append_phrase(words, value.integer == "1" ? value.money->one : value.money->many);
      if (cents == 0) return;
      words.emplace_back("and");
    }
    append_cardinal(words, cents);
    words.emplace_back(cents == 1 ? value.money->cent : value.money->cents);
    return;
  }
  append_number(words, value.integer, value.fraction);
  if (!value.scale.empty()) words.emplace_back(value.scale);
}

void append_measure(word_list& words, const amount& value) {
  if (value.money != nullptr) {
    if (!value.says_cents())
      append_phrase(words, value.is_one() ? value.money->one : value.money->many);
  } else if (value.measure != nullptr) {
    append_phrase(words, value.is_one() ? value.measure->one : value.measure->many);
  }
}

void append_phrase(word_list& words, std::string_view phrase) {
  while (!phrase.empty()) {
    const auto end = std::min(phrase.find(' '), phrase.size());
    if (end > 0) words.emplace_back(phrase.substr(0, end));
    phrase.remove_prefix(std::min(end + 1, phrase.size()));
  }
}

const unit* find_unit(std::string_view symbol) noexcept {
  for (const auto& entry : units) {
    if (entry.symbol == symbol) return &entry;
  }
  return nullptr;
}

const currency* find_currency_code(std::string_view code) noexcept {
  for (const auto& entry : currencies) {
    if (!entry.code.empty() && entry.code == code) return &entry;
  }
  return nullptr;
}

std::string_view find_scale(std::string_view sign, bool money) noexcept {
  for (const auto& entry : scale_signs) {
    if (entry.sign == sign && (money || !entry.money_only)) return entry.name;
  }
  return {};
}

}  // namespace dhr::reading
