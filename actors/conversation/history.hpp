#pragma once
// Which part of a conversation an engine is shown. Pure.

#include <functional>
#include <string_view>
#include <vector>

#include "actors/conversation/messages.hpp"

namespace dhr {

// How many tokens a text costs the engine. Must answer the same for the same text.
using token_counter = std::function<int(std::string_view text)>;

// About four bytes a token: for engines whose tokenizer is not at hand.
[[nodiscard]] int estimate_tokens(std::string_view text);

struct history_limits {
  int prompt_tokens_max;     // for everything together
  int message_overhead = 8;  // role and separators of one message in a chat template
};

struct trimmed_history {
  std::vector<chat_message> messages;  // the system message first, if there is one
  std::size_t dropped = 0;             // paired messages at the beginning that were left out
};

// The history with each function's output right after the message that calls it. Calls without an
// output and outputs without a call are left out, since language servers refuse them; neighbouring
// calls become one message, since they were made together.
[[nodiscard]] std::vector<chat_message> pair_calls(const std::vector<chat_message>& history);

// The instructions (empty: no system message), then as much of the paired history's end as fits. A
// turn is what the user said, what was called and what was answered to it; turns are dropped whole
// and oldest first, the last one never. More is dropped than needed (steps of a quarter of the
// budget), so that the beginning of the prompt, which the engine has in its cache, stays the same
// for many turns.
//
// errc::invalid_argument if the instructions and the last turn alone are too long, or the history
// does not end with the user's words or a function's output.
[[nodiscard]] result<trimmed_history> trim_history(std::string_view instructions,
                                                   const std::vector<chat_message>& history,
                                                   const history_limits& limits,
                                                   const token_counter& count);

}  // namespace dhr
