// Money, percent, units, scales, signs, ranges, fractions and ordinals.
#include <array>

#include "actors/speech/reading_amounts.hpp"
#include "actors/speech/reading_rules.hpp"

namespace dhr::reading {
namespace {

struct denominator {
  int value;
  std::string_view one;
  std::string_view many;
};
constexpr std::array<denominator, 8> denominators = {{{2, "half", "halves"},
                                                      {3, "third", "thirds"},
                                                      {4, "quarter", "quarters"},
                                                      {5, "fifth", "fifths"},
                                                      {6, "sixth", "sixths"},
                                                      {8, "eighth", "eighths"},
                                                      {10, "tenth", "tenths"},
                                                      {100, "hundredth", "hundredths"}}};

std::optional<reading> read_ordinal(std::string_view body) {
  const auto digits = leading_digits(body);
  if (digits.empty() || digits.size() > 15) return std::nullopt;
  const auto ending = lower(body.substr(digits.size()));
  if (ending != "st" && ending != "nd" && ending != "rd" && ending != "th") return std::nullopt;
  reading read{{{}}};
  append_ordinal(read.words[0], to_number(digits));
  return read;
}

bool is_scale_word(std::string_view word) {
  const auto low = lower(word);
  return low == "thousand" || low == "million" || low == "billion" || low == "trillion";
}

// "5 million km": a unit by its sign alone, where a counting word stands before it.
std::optional<reading> read_lone_unit(const reading_context& context) {
  if (!is_scale_word(context.before)) return std::nullopt;
  const unit* found = find_unit(context.rest[0].body);
  if (found == nullptr) return std::nullopt;
  reading read{{{}}};
  append_phrase(read.words[0], found->many);
  return read;
}

// Takes what belongs to the amount from the tokens behind it: "$1.2 billion", "5 USD", "3 %", "10
// km".
void read_followers(const reading_context& context, amount& last, reading& read) {
  const auto follower = [&]() -> const written_token* {
    const auto used = read.words.size();
    if (used >= context.rest.size() || context.rest[used - 1].mark != 0) return nullptr;
    return &context.rest[used];
  };
  const bool money = last.money != nullptr;
  if (const auto* token = follower(); token != nullptr && money && last.scale.empty()) {
    const auto name = is_scale_word(token->body) ? lower(token->body)
                                                 : std::string{find_scale(token->body, true)};
    if (!name.empty()) {
      read.words.push_back({name});
      append_phrase(read.words.back(), last.money->many);
      return;
    }
  }
  append_measure(read.words.back(), last);
  const auto* token = follower();
  if (token == nullptr || money || last.measure != nullptr) return;
  if (const auto* code = find_currency_code(token->body)) {
    read.words.emplace_back();
    append_phrase(read.words.back(), last.is_one() ? code->one : code->many);
  } else if (const auto* measure = find_unit(token->body)) {
    read.words.emplace_back();
    append_phrase(read.words.back(), last.is_one() ? measure->one : measure->many);
  }
}

}  // namespace

std::optional<reading> read_fraction(const reading_context& context) {
  const std::string_view body = context.rest[0].body;
  const auto top = leading_digits(body);
  if (top.empty() || top.size() + 1 >= body.size()) return std::nullopt;
  const char between = body[top.size()];
  const auto bottom = body.substr(top.size() + 1);
  if ((between != '/' && between != ':') || !is_digits(bottom) || bottom.size() > 6)
    return std::nullopt;
  reading read{{{}}};
  auto& words = read.words[0];
  const auto a = to_number(top);
  const auto b = to_number(bottom);
  append_number(words, top, {});
  if (between == ':') {
    words.emplace_back("to");
    append_number(words, bottom, {});
    return read;
  }
  for (const auto& [value, one, many] : denominators) {
    if (b == static_cast<std::uint64_t>(value) && a < b) {
      words.emplace_back(a == 1 ? one : many);
      return read;
    }
  }
  if (a != 24 || b != 7) words.emplace_back("over");
  append_number(words, bottom, {});
  return read;
}

std::optional<reading> read_quantity(const reading_context& context) {
  const std::string_view body = context.rest[0].body;
  if (auto unit_read = read_lone_unit(context)) return unit_read;
  if (auto ordinal = read_ordinal(body)) return ordinal;
  auto first = parse_amount(body);
  if (!first) return std::nullopt;
  reading read{{{}}};
  if (first->length == body.size()) {
    append_value(read.words[0], *first);
    read_followers(context, *first, read);
    return read;
  }
  if (body[first->length] != '-') return std::nullopt;
  auto second = parse_amount(body.substr(first->length + 1));
  if (!second || first->length + 1 + second->length != body.size()) return std::nullopt;
  const bool bare = first->money == nullptr && second->money == nullptr &&
                    first->measure == nullptr && second->measure == nullptr;
  // "5-3" is a score and "555-1234" a telephone number.
  const bool telephone = body.size() == 8 && first->integer.size() == 3;
  if (bare && (telephone || to_number(second->integer) <= to_number(first->integer)))
    return std::nullopt;
  if (second->money == nullptr) second->money = first->money;
  const bool same_measure = first->measure == nullptr || first->measure == second->measure;
  // The cents of "$1.50-$2.25" belong to each end; a whole or scaled amount says its unit once.
  if (first->says_cents()) {
    append_value(read.words[0], *first);
    append_measure(read.words[0], *first);
  } else {
    first->money = nullptr;
    append_value(read.words[0], *first);
    if (!same_measure) append_measure(read.words[0], *first);
  }
  read.words[0].emplace_back("to");
  append_value(read.words[0], *second);
  read_followers(context, *second, read);
  return read;
}

}  // namespace dhr::reading
