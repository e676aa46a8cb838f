#pragma once
// From what a sentence expresses to what is felt when it is said: the context may lower, raise or
// keep a feeling. Each rule has a name that is told with the outcome, and what the sentence itself
// expressed stays visible beside it. Pure.

#include <optional>
#include <string_view>
#include <vector>

#include "actors/emotion/types.hpp"

namespace dhr {

// What the configuration and the persona allow.
struct feeling_limits {
  feelings threshold;  // the weight from which a feeling counts
  feelings most{{1, 1, 1, 1, 1}};
};

struct feeling_context {
  std::optional<feelings> before;  // of the sentence before in the same answer, adjusted
  feelings user;                   // what the user expressed last
  // What the answer has to tell of the user's money, from -1 (a heavy loss) to 1 (a great gain).
  double outcome = 0;
};

struct adjusted_feelings {
  feelings weights;
  std::vector<std::string_view> rules;  // those that changed something, in their order
  friend bool operator==(const adjusted_feelings&, const adjusted_feelings&) = default;
};

// The rules, in this order:
//   carry_over        a sentence that expresses nothing keeps half of what the one before did
//   comfort           nobody beams at somebody who is worried: joy is lowered and concern raised
//   share_joy         a user's joy is answered with some of it
//   loss_is_no_joy    a loss is not announced beaming, nor with full confidence
//   gain_is_no_worry  a gain is not announced with a worried face
//   persona_limit     no feeling is stronger than the persona shows it
//   threshold         what is weaker than its threshold does not count
[[nodiscard]] adjusted_feelings adjust(const feelings& raw, const feeling_context& context,
                                       const feeling_limits& limits);

}  // namespace dhr
