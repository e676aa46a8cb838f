#pragma once
// The first step of normalisation: text without mark-up, as tokens parted by white space. Pure.

#include <string>
#include <string_view>
#include <vector>

namespace dhr::reading {

struct written_token {
  std::string written;  // as in the text, without the punctuation around it
  std::string body;     // what is to be read: dashes are '-', quotes are gone, unknown symbols too
  char mark = 0;        // the sentence punctuation after it, or 0
};

// Drops Markdown and HTML, emoji and unknown scripts. A dash that stands alone stays as the body
// "-"; an em dash and a bracket become commas, the end of a line a full stop.
[[nodiscard]] std::vector<written_token> tokenize(std::string_view text);

// The next code point of UTF-8 at `position`, which moves past it; U+FFFD for a byte that is wrong.
char32_t next_code_point(std::string_view text, std::size_t& position) noexcept;

void append_utf8(std::string& text, char32_t code_point);

// True for a letter of the Latin script, ASCII or accented.
[[nodiscard]] bool is_latin_letter(char32_t c) noexcept;

}  // namespace dhr::reading
