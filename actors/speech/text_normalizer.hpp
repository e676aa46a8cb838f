#pragma once
// Written text -> the words that are said. "Q3 revenue rose 4.5% to $1.2bn," becomes
// "Q three revenue rose four point five percent to one point two billion dollars,", and each spoken
// word remembers the written word that it comes from, so that times of speech can be shown on the
// text as it stands. Pure and without state; any thread.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace dhr {

// Letters (Latin, with accents) and apostrophes only, lower-case unless it is a name or a letter: a
// word that begins with one capital and ends there or in 's ("F", "F's") is the name of that
// letter.
struct spoken_word {
  std::string text;
  std::size_t written = 0;  // index into spoken_text::written; never falls from word to word
  char mark = 0;            // the sentence punctuation after it, one of . , ; : ! ? or 0 for none
  friend bool operator==(const spoken_word&, const spoken_word&) = default;
};

struct spoken_text {
  std::vector<std::string>
      written;                     // as in the text, without the punctuation and mark-up around it
  std::vector<spoken_word> words;  // empty when there is nothing to say
};

// `text` is UTF-8; bytes that are not are dropped, as are symbols and scripts without a reading.
[[nodiscard]] spoken_text normalize(std::string_view text);

// "four point five percent." for tests and logs.
[[nodiscard]] std::string to_string(const spoken_text& text);

// How a text-to-speech engine must see the word so that a letter is named: "A" -> "eigh", which is
// said as the letter where "a" would be said as the article.
[[nodiscard]] std::string engine_spelling(std::string_view word);

}  // namespace dhr
