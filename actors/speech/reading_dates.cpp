// Days, months, years, quarters, fiscal years and times of day.
#include <array>

#include "actors/speech/reading_amounts.hpp"
#include "actors/speech/reading_rules.hpp"

namespace dhr::reading {
namespace {

struct month_name {
  std::string_view full;
  std::string_view abbreviation;
};
constexpr std::array<month_name, 12> months = {{{"January", "Jan"},
                                                {"February", "Feb"},
                                                {"March", "Mar"},
                                                {"April", "Apr"},
                                                {"May", "May"},
                                                {"June", "Jun"},
                                                {"July", "Jul"},
                                                {"August", "Aug"},
                                                {"September", "Sep"},
                                                {"October", "Oct"},
                                                {"November", "Nov"},
                                                {"December", "Dec"}}};

int month_of(std::string_view body) {
  for (std::size_t i = 0; i < months.size(); ++i) {
    if (body == months[i].full || body == months[i].abbreviation) return static_cast<int>(i) + 1;
  }
  return body == "Sept" ? 9 : 0;
}

std::string_view name_of(int month) { return months[static_cast<std::size_t>(month - 1)].full; }

// 1 to 31, with or without an ordinal ending.
int day_of(std::string_view body) {
  const auto digits = leading_digits(body);
  const auto ending = body.substr(digits.size());
  const auto day = static_cast<int>(to_number(digits));
  if (digits.empty() || digits.size() > 2 || day < 1 || day > 31) return 0;
  return ending.empty() || ending == "st" || ending == "nd" || ending == "rd" || ending == "th"
             ? day
             : 0;
}

std::vector<std::string_view> split(std::string_view text, char by) {
  std::vector<std::string_view> parts;
  for (std::size_t begin = 0;;) {
    const auto end = text.find(by, begin);
    parts.push_back(text.substr(begin, end - begin));
    if (end == text.npos) return parts;
    begin = end + 1;
  }
}

bool announces_date(std::string_view before) {
  static constexpr std::array<std::string_view, 11> words = {
      "on", "by", "since", "until", "before", "after", "from", "dated", "till", "due", "of"};
  const auto low = lower(before);
  for (const auto word : words) {
    if (low == word) return true;
  }
  return false;
}

void append_month_day(word_list& words, int month, int day) {
  words.emplace_back(name_of(month));
  append_ordinal(words, static_cast<std::uint64_t>(day));
}

bool is_month(int month) { return month >= 1 && month <= 12; }
bool is_day(int day) { return day >= 1 && day <= 31; }

// "2026-11-24", "11/24/2026", "24.11.2026"; "11/24" behind a word such as "on".
std::optional<reading> read_numeric_date(const reading_context& context) {
  const std::string_view body = context.rest[0].body;
  for (const char by : {'-', '/', '.'}) {
    const auto parts = split(body, by);
    if (parts.size() != 3 && !(parts.size() == 2 && by == '/')) continue;
    bool digits = true;
    for (const auto part : parts) digits = digits && is_digits(part) && part.size() <= 4;
    if (!digits) continue;
    const auto at = [&](std::size_t i) { return static_cast<int>(to_number(parts[i])); };
    if (parts.size() == 2) {
      if (!announces_date(context.before) || !is_month(at(0)) || !is_day(at(1))) continue;
      reading read{{{}}};
      append_month_day(read.words[0], at(0), at(1));
      return read;
    }
    const bool year_first = parts[0].size() == 4;
    const bool day_first = by == '.' || (!year_first && at(0) > 12);
    const int month = year_first || day_first ? at(1) : at(0);
    const int day = year_first ? at(2) : day_first ? at(0) : at(1);
    const auto year = to_year(year_first ? parts[0] : parts[2]);
    if (!is_month(month) || !is_day(day) || !year) continue;
    reading read{{{}}};
    append_month_day(read.words[0], month, day);
    append_year(read.words[0], *year);
    return read;
  }
  return std::nullopt;
}

bool is_year_token(const reading_context& context, std::size_t i) {
  return i < context.rest.size() && looks_like_year(context.rest[i].body);
}

// "Nov 24, 2026", "Nov. 24-26", "November 2026", "24 Nov 2026".
std::optional<reading> read_named_date(const reading_context& context) {
  const auto& rest = context.rest;
  const std::string_view first = rest[0].body;
  const std::string_view second =
      rest.size() > 1 ? std::string_view{rest[1].body} : std::string_view{};
  reading read{{{}}};
  if (const int month = month_of(first)) {
    const auto range = split(second, '-');
    const int day = day_of(range[0]);
    if (day != 0 && range.size() <= 2 && (range.size() == 1 || day_of(range[1]) > day)) {
      read.words[0].emplace_back(name_of(month));
      read.words.emplace_back();
      append_ordinal(read.words[1], static_cast<std::uint64_t>(day));
      if (range.size() == 2) {
        read.words[1].emplace_back("to");
        append_ordinal(read.words[1], static_cast<std::uint64_t>(day_of(range[1])));
      }
    } else if (is_year_token(context, 1)) {
      read.words[0].emplace_back(name_of(month));
    } else if (first != name_of(month) && first != "Mar") {
      read.words[0].emplace_back(name_of(month));
      read.keep_full_stop = false;
      return read;
    } else {
      return std::nullopt;
    }
  } else if (const int day_first = day_of(first);
             day_first != 0 && month_of(second) != 0 && rest[0].mark == 0) {
    if (lower(context.before) != "the") read.words[0].emplace_back("the");
    append_ordinal(read.words[0], static_cast<std::uint64_t>(day_first));
    read.words.push_back({"of", std::string{name_of(month_of(second))}});
  } else {
    return std::nullopt;
  }
  if (const auto i = read.words.size(); is_year_token(context, i)) {
    read.words.emplace_back();
    append_year(read.words.back(), *to_year(rest[i].body));
  }
  return read;
}

// "2026", "2019-2021", "2024/25", "1990s".
std::optional<reading> read_year(const reading_context& context) {
  const std::string_view body = context.rest[0].body;
  const auto digits = leading_digits(body);
  const auto ending = body.substr(digits.size());
  reading read{{{}}};
  auto& words = read.words[0];
  if (ending == "s" && ((digits.size() == 4 && digits[3] == '0') ||
                        (digits.size() == 2 && digits[1] == '0' && digits[0] > '1'))) {
    digits.size() == 4 ? append_year(words, *to_year(digits))
                       : append_cardinal(words, to_number(digits));
    auto& last = words.back();
    last.back() == 'y' ? last.replace(last.size() - 1, 1, "ies") : last += 's';
    return read;
  }
  const bool old = digits.size() == 4 && to_number(digits) >= 1700 && to_number(digits) < 1900 &&
                   (lower(context.before) == "in" || announces_date(context.before));
  if (!looks_like_year(digits) && !old) return std::nullopt;
  if (ending.empty()) {
    // "2000 km" is no year.
    if (context.rest.size() > 1 && context.rest[0].mark == 0 &&
        (find_unit(context.rest[1].body) != nullptr ||
         find_currency_code(context.rest[1].body) != nullptr)) {
      return std::nullopt;
    }
    append_year(words, *to_year(digits));
    return read;
  }
  const auto other = ending.substr(1);
  if ((ending[0] != '-' && ending[0] != '/') || !is_digits(other) ||
      (other.size() != 4 && other.size() != 2)) {
    return std::nullopt;
  }
  append_year(words, *to_year(digits));
  if (ending[0] == '-') words.emplace_back("to");
  other.size() == 4 ? append_year(words, *to_year(other))
                    : append_cardinal(words, to_number(other));
  return read;
}

// The year behind a quarter, attached ("25", "'25", "-2025", "FY24", "25E") or as the next token.
bool append_attached_year(word_list& words, std::string_view text) {
  while (!text.empty() && (text[0] == '\'' || text[0] == '-' || text[0] == '/'))
    text.remove_prefix(1);
  const bool fiscal = text.starts_with("FY");
  if (fiscal) text.remove_prefix(2);
  const auto digits = leading_digits(text);
  const auto ending = text.substr(digits.size());
  if ((digits.size() != 2 && digits.size() != 4) ||
      !(ending.empty() || ending == "E" || ending == "A"))
    return false;
  const auto year = to_year(digits);
  if (!year) return false;
  if (fiscal) append_phrase(words, "fiscal year");
  append_year(words, *year);
  if (ending == "E") words.emplace_back("estimated");
  if (ending == "A") words.emplace_back("actual");
  return true;
}

bool append_following_year(const reading_context& context, reading& read) {
  if (context.rest[0].mark != 0 || context.rest.size() < 2) return false;
  const std::string_view next = context.rest[1].body;
  if (!next.starts_with("FY") && !looks_like_year(leading_digits(next))) return false;
  word_list words;
  if (!append_attached_year(words, next)) return false;
  read.words.push_back(std::move(words));
  return true;
}

std::string_view half_name(char digit) { return digit == '1' ? "first half" : "second half"; }

}  // namespace

std::optional<reading> read_date(const reading_context& context) {
  if (auto read = read_numeric_date(context)) return read;
  if (auto read = read_named_date(context)) return read;
  return read_year(context);
}

std::optional<reading> read_period(const reading_context& context) {
  const std::string_view body = context.rest[0].body;
  if (body.size() < 2) return std::nullopt;
  reading read{{{}}};
  auto& words = read.words[0];
  const auto tail = body.substr(2);
  if (body.starts_with("FY") || body.starts_with("CY")) {
    append_phrase(words, body[0] == 'F' ? "fiscal year" : "calendar year");
    if (tail.empty())
      return append_following_year(context, read) ? std::optional{read} : std::nullopt;
    if (const auto slash = tail.find('/');
        slash != tail.npos && is_digits(tail.substr(slash + 1))) {
      if (!append_attached_year(words, tail.substr(0, slash))) return std::nullopt;
      append_number(words, tail.substr(slash + 1), {});
      return read;
    }
    return append_attached_year(words, tail) ? std::optional{read} : std::nullopt;
  }
  const bool letter_first = (body[0] == 'Q' || body[0] == 'H') && is_digit(body[1]);
  const bool digit_first = is_digit(body[0]) && (body[1] == 'Q' || body[1] == 'H');
  if (!letter_first && !digit_first) return std::nullopt;
  const char kind = letter_first ? body[0] : body[1];
  const char digit = letter_first ? body[1] : body[0];
  if (digit < '1' || digit > (kind == 'Q' ? '4' : '2')) return std::nullopt;
  if (kind == 'Q' && letter_first) {
    words.emplace_back("Q");
    append_digits(words, {&digit, 1});
  } else if (kind == 'Q') {
    append_ordinal(words, static_cast<std::uint64_t>(digit - '0'));
    words.emplace_back("quarter");
  } else {
    append_phrase(words, half_name(digit));
  }
  if (!tail.empty()) return append_attached_year(words, tail) ? std::optional{read} : std::nullopt;
  append_following_year(context, read);
  return read;
}

std::optional<reading> read_time(const reading_context& context) {
  const std::string_view body = context.rest[0].body;
  const auto hours = leading_digits(body);
  if (hours.empty() || hours.size() > 2 || to_number(hours) > 24) return std::nullopt;
  auto tail = body.substr(hours.size());
  std::string_view minutes;
  if (tail.size() >= 3 && tail[0] == ':') {
    minutes = leading_digits(tail.substr(1));
    if (minutes.size() != 2 || to_number(minutes) > 59) return std::nullopt;
    tail.remove_prefix(3);
  }
  const auto half_of_day = [](std::string_view text) -> char {
    const auto low = lower(text);
    if (low == "am" || low == "a.m") return 'A';
    return low == "pm" || low == "p.m" ? 'P' : '\0';
  };
  reading read{{{}}};
  char half = half_of_day(tail);
  if (half == 0 && !tail.empty()) return std::nullopt;
  const bool next_says = half == 0 && context.rest.size() > 1 && context.rest[0].mark == 0 &&
                         (half = half_of_day(context.rest[1].body)) != 0;
  if (half == 0 && minutes.empty()) return std::nullopt;
  auto& words = read.words[0];
  append_cardinal(words, to_number(hours));
  if (minutes == "00") {
    if (half == 0)
      words.emplace_back(to_number(hours) > 12 || hours[0] == '0' ? "hundred" : "o'clock");
  } else if (!minutes.empty()) {
    if (minutes[0] == '0') words.emplace_back("oh");
    append_cardinal(words, to_number(minutes));
  }
  if (next_says) read.words.emplace_back();
  if (half != 0) {
    read.words.back().emplace_back(1, half);
    read.words.back().emplace_back("M");
    read.keep_full_stop = false;
  }
  return read;
}

bool is_digits(std::string_view text) noexcept {
  return !text.empty() && leading_digits(text).size() == text.size();
}

std::string_view leading_digits(std::string_view text) noexcept {
  std::size_t count = 0;
  while (count < text.size() && is_digit(text[count])) ++count;
  return text.substr(0, count);
}

std::optional<int> to_year(std::string_view digits) noexcept {
  if (!is_digits(digits)) return std::nullopt;
  const auto value = static_cast<int>(to_number(digits));
  if (digits.size() == 4) return value;
  if (digits.size() != 2) return std::nullopt;
  return value < 70 ? 2000 + value : 1900 + value;
}

bool looks_like_year(std::string_view digits) noexcept {
  return digits.size() == 4 && is_digits(digits) && to_number(digits) >= 1900 &&
         to_number(digits) <= 2099;
}

}  // namespace dhr::reading
