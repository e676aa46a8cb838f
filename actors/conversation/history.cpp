#include "actors/conversation/history.hpp"

#include <algorithm>
#include <iterator>
#include <unordered_map>
#include <utility>

namespace dhr {
namespace {

struct turn_span {
  std::size_t begin;  // of its first message
  int tokens;
};

bool answers(const chat_message& message) {
  return message.role == "assistant" || message.role == "tool";
}

int tokens_of(const chat_message& message, const history_limits& limits,
              const token_counter& count) {
  int tokens = count(message.content) + limits.message_overhead;
  for (const auto& call : message.tool_calls) {
    tokens += count(call.name) + count(call.arguments) + limits.message_overhead;
  }
  return tokens;
}

// A turn begins with a message that is not an answer, after an answer.
std::vector<turn_span> turns_of(const std::vector<chat_message>& history,
                                const history_limits& limits, const token_counter& count) {
  std::vector<turn_span> turns;
  for (std::size_t i = 0; i < history.size(); ++i) {
    if (i == 0 || (!answers(history[i]) && answers(history[i - 1]))) turns.push_back({i, 0});
    turns.back().tokens += tokens_of(history[i], limits, count);
  }
  return turns;
}

}  // namespace

std::vector<chat_message> pair_calls(const std::vector<chat_message>& history) {
  std::unordered_map<std::string_view, const chat_message*> outputs;
  for (const auto& message : history) {
    if (message.role == "tool") outputs.try_emplace(message.tool_call_id, &message);
  }
  std::vector<chat_message> paired;
  std::vector<chat_message> waiting;  // outputs of the calls that were written last
  const auto append = [](std::vector<chat_message>& to, std::vector<chat_message> from) {
    std::move(from.begin(), from.end(), std::back_inserter(to));
  };
  for (const auto& message : history) {
    if (message.role == "tool") continue;
    chat_message kept = message;
    std::vector<chat_message> answered;
    std::erase_if(kept.tool_calls, [&](const tool_call& call) {
      const auto output = outputs.extract(call.call_id);
      if (!output.empty()) answered.push_back(*output.mapped());
      return output.empty();
    });
    const bool only_calls = !message.tool_calls.empty() && kept.content.empty();
    if (only_calls && kept.tool_calls.empty()) continue;
    if (only_calls && !waiting.empty()) {
      auto& calls = paired.back().tool_calls;
      calls.insert(calls.end(), kept.tool_calls.begin(), kept.tool_calls.end());
    } else {
      append(paired, std::exchange(waiting, {}));
      paired.push_back(std::move(kept));
    }
    append(waiting, std::move(answered));
  }
  append(paired, std::move(waiting));
  return paired;
}

int estimate_tokens(std::string_view text) { return static_cast<int>((text.size() + 3) / 4); }

result<trimmed_history> trim_history(std::string_view instructions,
                                     const std::vector<chat_message>& whole_history,
                                     const history_limits& limits, const token_counter& count) {
  const auto history = pair_calls(whole_history);
  if (history.empty() && instructions.empty()) {
    return fail(errc::invalid_argument, "a reply needs instructions or something that was said",
                "history");
  }
  const int fixed = instructions.empty() ? 0 : count(instructions) + limits.message_overhead;
  const std::vector<turn_span> turns = turns_of(history, limits, count);
  int total = fixed;
  for (const auto& turn : turns) total += turn.tokens;
  const int least = fixed + (turns.empty() ? 0 : turns.back().tokens);
  if (least > limits.prompt_tokens_max) {
    return fail(errc::invalid_argument,
                "the instructions and the last message need " + std::to_string(least) +
                    " tokens and at most " + std::to_string(limits.prompt_tokens_max) +
                    " fit; shorten them",
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
  trimmed.dropped = turns.empty() ? 0 : turns[first].begin;
  if (!instructions.empty()) trimmed.messages.push_back({"system", std::string{instructions}});
  trimmed.messages.insert(trimmed.messages.end(),
                          history.begin() + static_cast<std::ptrdiff_t>(trimmed.dropped),
                          history.end());
  return trimmed;
}

}  // namespace dhr
