#include "actors/conversation/clause_splitter.hpp"

#include <utility>

namespace dhr {

const clause_limits& clause_splitter::limits() const {
  return clauses_ == 0 ? config_.first : clauses_ == 1 ? config_.second : config_.later;
}

void clause_splitter::take(std::size_t length, std::vector<std::string>& clauses) {
  clauses.push_back(text_.substr(0, length));
  text_.erase(0, length);
  decided_ = 0;
  ++clauses_;
}

void clause_splitter::scan(bool is_final, std::vector<std::string>& clauses) {
  while (decided_ < text_.size()) {
    if (decided_ >= config_.length_max) {
      take(forced_cut(text_, config_.length_max), clauses);
      continue;
    }
    const clause_decision decision = decide_clause(text_, decided_, limits(), is_final);
    if (decision.what == clause_decision::kind::wait) return;
    if (decision.what == clause_decision::kind::cut) {
      take(decision.at, clauses);
    } else {
      ++decided_;
    }
  }
}

std::vector<std::string> clause_splitter::push(std::string_view piece) {
  std::vector<std::string> clauses;
  text_ += piece;
  scan(false, clauses);
  return clauses;
}

std::vector<std::string> clause_splitter::finish() {
  std::vector<std::string> clauses;
  scan(true, clauses);
  if (!text_.empty()) take(text_.size(), clauses);
  *this = clause_splitter{config_};
  return clauses;
}

}  // namespace dhr
