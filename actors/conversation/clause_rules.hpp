#pragma once
// Where running text may be cut for the voice. Pure decisions over the text that has not been cut
// yet; clause_splitter.hpp feeds them.
//
// A decision that needs text which has not come is `wait`, never a guess, so that the cuts depend
// on the text alone and not on how it was chopped into tokens.

#include <cstddef>
#include <string_view>

namespace dhr {

struct clause_limits {
  std::size_t comma_words_min;       // cut after a comma or dash from this many words on
  std::size_t connective_words_min;  // cut before "and", "because", ... from this many words on
  std::size_t words_max;             // cut before any next word
};

struct clause_decision {
  enum class kind { none, cut, wait };
  kind what = kind::none;
  std::size_t at = 0;  // with cut: the clause is text[0, at)
};

// Decides about the place `i` of `text` (the text since the last cut). `is_final` says that nothing
// will follow. Looks at most 48 bytes ahead, white space not counted.
[[nodiscard]] clause_decision decide_clause(std::string_view text, std::size_t i,
                                            const clause_limits& limits, bool is_final);

// Where a text that is too long is cut: before the last white space of its first `length_max`
// bytes, or, where there is none, between two code points.
[[nodiscard]] std::size_t forced_cut(std::string_view text, std::size_t length_max);

// How many words (runs without white space that hold a letter or a digit) stand in the text.
[[nodiscard]] std::size_t count_words(std::string_view text);

}  // namespace dhr
