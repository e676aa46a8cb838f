#pragma once
// Whether a text is of a grammar in GBNF: a backtracking matcher for tests, of its own making, so
// that what a grammar means is not only what its writer thinks.

#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>

namespace dhr::test {

class gbnf_matcher {
 public:
  explicit gbnf_matcher(std::string_view grammar) {
    while (!grammar.empty()) {
      const auto end = grammar.find('\n');
      const auto line = grammar.substr(0, end);
      const auto arrow = line.find(" ::= ");
      if (arrow == std::string_view::npos) throw std::invalid_argument{"a line without ::="};
      rules_[std::string{line.substr(0, arrow)}] = std::string{line.substr(arrow + 5)};
      grammar.remove_prefix(end == std::string_view::npos ? grammar.size() : end + 1);
    }
  }

  [[nodiscard]] bool matches(const std::string& rule, std::string_view text) const {
    return run_rule(rule, text, [](std::string_view rest) { return rest.empty(); });
  }

 private:
  using next_step = std::function<bool(std::string_view rest)>;

  bool run_rule(const std::string& name, std::string_view text, const next_step& next) const {
    return alternatives(rules_.at(name), text, next);
  }

  // The end of the item that begins the body: a literal, a class, a group or a name.
  static std::size_t item_end(std::string_view body) {
    std::size_t i = 1;
    if (body[0] == '"' || body[0] == '[') {
      for (const char close = body[0] == '"' ? '"' : ']'; body.at(i) != close; ++i) {
        if (body[i] == '\\') ++i;
      }
      return i + 1;
    }
    if (body[0] == '(') {
      while (body.at(i) != ')') i += is_open(body[i]) ? item_end(body.substr(i)) : 1;
      return i + 1;
    }
    while (i < body.size() &&
           (std::isalnum(static_cast<unsigned char>(body[i])) || body[i] == '-')) {
      ++i;
    }
    return i;
  }
  static bool is_open(char c) { return c == '"' || c == '[' || c == '('; }

  bool alternatives(std::string_view body, std::string_view text, const next_step& next) const {
    std::size_t begin = 0;
    for (std::size_t i = 0; i <= body.size();) {
      if (i < body.size() && is_open(body[i])) {
        i += item_end(body.substr(i));
      } else if (i == body.size() || body[i] == '|') {
        if (sequence(body.substr(begin, i - begin), text, next)) return true;
        begin = ++i;
      } else {
        ++i;
      }
    }
    return false;
  }

  bool sequence(std::string_view body, std::string_view text, const next_step& next) const {
    while (body.starts_with(' ')) body.remove_prefix(1);
    if (body.empty()) return next(text);
    const auto end = item_end(body);
    const auto item = body.substr(0, end);
    body.remove_prefix(end);
    int least = 1;
    int most = 1;
    if (body.starts_with('?') || body.starts_with('*')) {
      least = 0;
      most = body[0] == '*' ? 1'000 : 1;
      body.remove_prefix(1);
    } else if (body.starts_with('{')) {
      const auto close = body.find('}');
      const auto comma = body.find(',');
      least = std::stoi(std::string{body.substr(1, comma - 1)});
      most = std::stoi(std::string{body.substr(comma + 1, close - comma - 1)});
      body.remove_prefix(close + 1);
    }
    return repeat(item, least, most, text,
                  [&](std::string_view rest) { return sequence(body, rest, next); });
  }

  bool repeat(std::string_view item, int least, int most, std::string_view text,
              const next_step& next) const {
    if (most > 0 && one(item, text, [&](std::string_view rest) {
          return rest.size() < text.size() && repeat(item, least - 1, most - 1, rest, next);
        })) {
      return true;
    }
    return least <= 0 && next(text);
  }

  bool one(std::string_view item, std::string_view text, const next_step& next) const {
    if (item[0] == '(') return alternatives(item.substr(1, item.size() - 2), text, next);
    if (item[0] == '[') {
      return !text.empty() && in_class(item.substr(1, item.size() - 2), text[0]) &&
             next(text.substr(1));
    }
    if (item[0] != '"') return run_rule(std::string{item}, text, next);
    for (std::size_t i = 1; i + 1 < item.size(); ++i) {
      if (!text.starts_with(escaped(item, i))) return false;
      text.remove_prefix(1);
    }
    return next(text);
  }

  // The character at `i`, which is left at its last byte.
  static char escaped(std::string_view text, std::size_t& i) {
    if (text[i] != '\\') return text[i];
    ++i;
    if (text[i] != 'x') return text[i];
    i += 2;
    return static_cast<char>(std::stoi(std::string{text.substr(i - 1, 2)}, nullptr, 16));
  }

  static bool in_class(std::string_view set, char c) {
    const bool negated = set.starts_with('^');
    if (negated) set.remove_prefix(1);
    bool found = false;
    for (std::size_t i = 0; i < set.size(); ++i) {
      const auto low = static_cast<unsigned char>(escaped(set, i));
      auto high = low;
      if (i + 2 < set.size() && set[i + 1] == '-') {
        i += 2;
        high = static_cast<unsigned char>(escaped(set, i));
      }
      const auto at = static_cast<unsigned char>(c);
      found = found || (low <= at && at <= high);
    }
    return found != negated;
  }

  std::map<std::string, std::string> rules_;
};

}  // namespace dhr::test
