#pragma once
// Tokens in, clauses out, each as soon as it is whole. Pure; owned by one conversation.
//
// The user waits for the first clause of a reply, so it leaves early: after a comma from two words
// on, or before a word where a speaker may breathe. Later clauses are longer, since they are
// thought while the one before is spoken and longer ones sound better.
//
// The clauses put together are the text, byte for byte; each but the first begins with the white
// space that parts it from the one before. How the text was chopped into pieces changes nothing.

#include <string>
#include <string_view>
#include <vector>

#include "actors/conversation/clause_rules.hpp"

namespace dhr {

struct clause_splitter_config {
  clause_limits first{2, 4, 9};
  clause_limits second{4, 10, 24};
  clause_limits later{6, 16, 40};
  std::size_t length_max = 220;  // bytes; at least 64
};

class clause_splitter {
 public:
  explicit clause_splitter(clause_splitter_config config = {}) : config_{config} {}

  // Takes the next piece (valid UTF-8) and returns the clauses that are now whole.
  [[nodiscard]] std::vector<std::string> push(std::string_view piece);

  // The text is complete: returns what is left, the last of it possibly without a word (closing
  // marks, white space). The splitter is then ready for another text.
  [[nodiscard]] std::vector<std::string> finish();

 private:
  void scan(bool is_final, std::vector<std::string>& clauses);
  void take(std::size_t length, std::vector<std::string>& clauses);
  [[nodiscard]] const clause_limits& limits() const;

  clause_splitter_config config_;
  std::string text_;         // since the last cut
  std::size_t decided_ = 0;  // no cut before this place of text_
  std::size_t clauses_ = 0;  // cut so far
};

}  // namespace dhr
