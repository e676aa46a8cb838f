#include "actors/speech/written_tokens.hpp"

#include <algorithm>

namespace dhr::reading {
namespace {

constexpr std::string_view marks_by_strength = ",;:.!?";
constexpr std::u32string_view readable_symbols =
    U"$&@#%+-=~/.,:;'<>!?£€¥₹₿°±×÷≈≤≥≠→µμ²³½¼¾√";
constexpr std::u32string_view opening_dirt = U"([{\"'“”‘’«*_`|>\\,;!?…";
constexpr std::u32string_view closing_dirt = U")]}\"'“”‘’»*_`|\\.,;:!?…";

bool is_digit(char32_t c) { return c >= U'0' && c <= U'9'; }

bool is_space(char32_t c) {
  return c <= U' ' || c == 0xA0 || (c >= 0x2000 && c <= 0x200A) || c == 0x202F || c == 0x205F ||
         c == 0x3000;
}

bool is_invisible(char32_t c) {
  return c == 0xAD || (c >= 0x200B && c <= 0x200F) || (c >= 0xFE00 && c <= 0xFE0F) ||
         (c >= 0x0300 && c <= 0x036F) || c == 0x2060 || c == 0xFEFF;
}

bool is_greek_letter(char32_t c) { return c >= 0x391 && c <= 0x3C9; }

std::u32string decode(std::string_view text) {
  std::u32string points;
  points.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) points += next_code_point(text, i);
  return points;
}

std::string encode(std::u32string_view points) {
  std::string text;
  for (const char32_t c : points) append_utf8(text, c);
  return text;
}

// "[text](address)" -> "text" and "<b>" -> nothing.
std::u32string without_markup(const std::u32string& text) {
  std::u32string plain;
  plain.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char32_t next = i + 1 < text.size() ? text[i + 1] : U' ';
    if (text[i] == U'<' && (is_latin_letter(next) || next == U'/')) {
      const auto end = text.find(U'>', i);
      if (end != text.npos && text.find(U'\n', i) > end) {
        i = end;
        continue;
      }
    }
    if (text[i] == U']' && next == U'(') {
      const auto end = text.find(U')', i);
      if (end != text.npos && plain.find_last_of(U'[') != plain.npos) {
        i = end;
        continue;
      }
    }
    plain += text[i];
  }
  return plain;
}

void strengthen(char& mark, char other) {
  if (other == 0) return;
  if (mark == 0 || marks_by_strength.find(other) > marks_by_strength.find(mark)) mark = other;
}

char mark_of(char32_t c) {
  if (c == U'…') return '.';
  if (c == U')' || c == U']' || c == U'}' || c == U'|') return ',';
  if (c < 0x80 && marks_by_strength.find(static_cast<char>(c)) != std::string_view::npos) {
    return static_cast<char>(c);
  }
  return 0;
}

bool is_separator_run(std::u32string_view raw) {
  return raw.size() > 1 && raw.find_first_not_of(U"-–—=_*|:#") == raw.npos;
}

std::string readable_body(std::u32string_view raw) {
  std::string body;
  const auto at = [&](std::size_t i) { return i < raw.size() ? raw[i] : U' '; };
  for (std::size_t i = 0; i < raw.size(); ++i) {
    const char32_t c = raw[i];
    if (is_invisible(c)) continue;
    if (is_latin_letter(c) || is_digit(c) || is_greek_letter(c) ||
        readable_symbols.find(c) != readable_symbols.npos) {
      append_utf8(body, c);
    } else if (c == U'’' || c == U'‘') {
      body += '\'';
    } else if ((c >= 0x2010 && c <= 0x2013) || c == 0x2212) {
      body += '-';
    } else if (c == U'*' && i > 0 && is_digit(raw[i - 1]) && is_digit(at(i + 1))) {
      append_utf8(body, U'×');
    } else if (c != U'*' && c != U'`' && !body.empty() && body.back() != '_') {
      body += '_';  // parts what stood on both sides of an unreadable symbol
    }
  }
  while (!body.empty() && body.back() == '_') body.pop_back();
  return body;
}

class token_collector {
 public:
  // One run of characters without white space.
  void add(std::u32string_view raw, bool at_line_start) {
    if (raw.empty() || is_separator_run(raw)) return;
    if (at_line_start && (raw == U"-" || raw == U"*" || raw == U"•" || raw == U"–" || raw == U">" ||
                          raw == U"#" || raw == U"+")) {
      return;
    }
    written_token token;
    while (!raw.empty() && opening_dirt.find(raw.front()) != opening_dirt.npos) {
      if (raw.front() == U'(' || raw.front() == U'[' || raw.front() == U'|') mark_last(',');
      raw.remove_prefix(1);
    }
    while (raw.substr(0, 2) == U"~~") raw.remove_prefix(2);
    while (!raw.empty() && closing_dirt.find(raw.back()) != closing_dirt.npos) {
      strengthen(token.mark, mark_of(raw.back()));
      raw.remove_suffix(1);
    }
    if (raw.size() > 2 && raw.substr(raw.size() - 2) == U"~~") raw.remove_suffix(2);
    token.body = readable_body(raw);
    if (token.body.empty()) {
      if (token.mark != 0) mark_last(token.mark);
      return;
    }
    token.written = encode(raw);
    tokens_.push_back(std::move(token));
  }

  void mark_last(char mark) {
    if (!tokens_.empty() && tokens_.back().mark == 0) tokens_.back().mark = mark;
  }

  std::vector<written_token> take() { return std::move(tokens_); }

 private:
  std::vector<written_token> tokens_;
};

}  // namespace

char32_t next_code_point(std::string_view text, std::size_t& position) noexcept {
  constexpr char32_t wrong = 0xFFFD;
  const auto lead = static_cast<unsigned char>(text[position++]);
  if (lead < 0x80) return lead;
  const std::size_t more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
  if (lead < 0xC2 || lead > 0xF4 || position + more > text.size()) return wrong;
  char32_t point = lead & (0x3Fu >> more);
  for (std::size_t i = 0; i < more; ++i) {
    const auto next = static_cast<unsigned char>(text[position + i]);
    if ((next & 0xC0) != 0x80) return wrong;
    point = (point << 6) | (next & 0x3Fu);
  }
  position += more;
  return point;
}

void append_utf8(std::string& text, char32_t c) {
  const auto put = [&](char32_t byte) { text += static_cast<char>(byte); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xC0 | (c >> 6));
    put(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    put(0xE0 | (c >> 12));
    put(0x80 | ((c >> 6) & 0x3F));
    put(0x80 | (c & 0x3F));
  } else {
    put(0xF0 | (c >> 18));
    put(0x80 | ((c >> 12) & 0x3F));
    put(0x80 | ((c >> 6) & 0x3F));
    put(0x80 | (c & 0x3F));
  }
}

bool is_latin_letter(char32_t c) noexcept {
  return (c >= U'a' && c <= U'z') || (c >= U'A' && c <= U'Z') ||
         (c >= 0xC0 && c <= 0x24F && c != 0xD7 && c != 0xF7);
}

std::vector<written_token> tokenize(std::string_view text) {
  const std::u32string plain = without_markup(decode(text));
  token_collector collector;
  bool line_start = true;
  std::size_t begin = 0;
  const auto finish = [&](std::size_t end) {
    if (end > begin) {
      collector.add(std::u32string_view{plain}.substr(begin, end - begin), line_start);
      line_start = false;
    }
    begin = end + 1;
  };
  for (std::size_t i = 0; i < plain.size(); ++i) {
    if (is_space(plain[i])) {
      finish(i);
      if (plain[i] == U'\n') {
        collector.mark_last('.');
        line_start = true;
      }
    } else if (plain[i] == U'—' || plain[i] == U'―') {
      finish(i);
      collector.mark_last(',');
    }
  }
  finish(plain.size());
  return collector.take();
}

}  // namespace dhr::reading
