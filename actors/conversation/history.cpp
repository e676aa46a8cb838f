#include "actors/conversation/history.hpp"

#include <algorithm>

namespace dhr {
namespace {

struct turn_span {
  std::size_t begin;  // of its first message
  int tokens;
};

// A turn begins with a message that is not an answer, after an answer.
std::vector<turn_span> turns_of(const std::vector<chat_message>& history,
                                const history_limits& limits, const token_counter& count) {
  std::vector<turn_span> turns;
  for (std::size_t i = 0; i < history.size(); ++i) {
    const bool answers = history[i].role == "assistant";
    if (i == 0 || (!answers && history[i - 1].role == "assistant")) turns.push_back({i, 0});
    turns.back().tokens += count(history[i].content) + limits.message_overhead;
  }
  return turns;
}

}  // namespace

int estimate_tokens(std::string_view text) { return static_cast<int>((text.size() + 3) / 4); }

result<trimmed_history> trim_history(std::string_view instructions,
                                     const std::vector<chat_message>& history,
                                     const history_limits& limits, const token_counter& count) {
  if (history.empty() || history.back().role != "user") {
    return fail(errc::invalid_argument, "a reply needs a history that ends with the user's words",
                "history");
  }
  const int fixed = instructions.empty() ? 0 : count(instructions) + limits.message_overhead;
  const std::vector<turn_span> turns = turns_of(history, limits, count);
  int total = fixed;
  for (const auto& turn : turns) total += turn.tokens;
  if (fixed + turns.back().tokens > limits.prompt_tokens_max) {
    return fail(errc::invalid_argument,
                "the instructions and the last message need " +
                    std::to_string(fixed + turns.back().tokens) + " tokens and at most " +
                    std::to_string(limits.prompt_tokens_max) + " fit; shorten them",
                "history");
  }

  const int excess = std::max(0, total - limits.prompt_tokens_max);
  const int step = std::max(1, limits.prompt_tokens_max / 4);
  const int to_drop = (excess + step - 1) / step * step;
  std::size_t first = 0;
  for (int dropped = 0; dropped < to_drop && first + 1 < turns.size(); ++first) {
    dropped += turns[first].tokens;
  }

  trimmed_history trimmed;
  trimmed.dropped = turns[first].begin;
  if (!instructions.empty()) trimmed.messages.push_back({"system", std::string{instructions}});
  trimmed.messages.insert(trimmed.messages.end(),
                          history.begin() + static_cast<std::ptrdiff_t>(trimmed.dropped),
                          history.end());
  return trimmed;
}

}  // namespace dhr
