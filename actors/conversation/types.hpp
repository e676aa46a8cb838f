#pragma once
// The values that the conversation room's messages are made of.

#include <cstdint>
#include <string>
#include <vector>

namespace dhr {

// A function that the model may call.
struct tool_definition {
  std::string name;         // letters, digits, '_', '-'; at most 64
  std::string description;  // for the model
  std::string parameters;   // a JSON schema as text; empty: it takes none
  friend bool operator==(const tool_definition&, const tool_definition&) = default;
};

enum class tool_choice_kind : std::uint8_t {
  automatic,  // the model may speak or call
  none,       // it must speak
  required,   // it must call one of the tools
  function,   // it must call the one that is named
};

struct tool_choice {
  tool_choice_kind kind = tool_choice_kind::automatic;
  std::string function;  // with tool_choice_kind::function
  friend bool operator==(const tool_choice&, const tool_choice&) = default;
};

struct tool_call {
  std::string call_id;
  std::string name;
  std::string arguments;  // a JSON object as text
  friend bool operator==(const tool_call&, const tool_call&) = default;
};

struct chat_message {
  std::string role;  // "system", "user", "assistant" or "tool"
  std::string content;
  std::vector<tool_call> tool_calls = {};  // of the assistant
  std::string tool_call_id = {};           // of "tool": whose output the content is
  friend bool operator==(const chat_message&, const chat_message&) = default;
};

struct sampling_options {
  double temperature = 0.7;  // 0 (greedy) to 2
  double top_p = 0.95;       // 0 < top_p <= 1
  int tokens_max = 500;      // most tokens of one reply
  friend bool operator==(const sampling_options&, const sampling_options&) = default;
};

struct token_usage {
  int input_tokens = 0;
  int cached_tokens = 0;  // of the input: taken from a prefix that was read before
  int output_tokens = 0;
  friend bool operator==(const token_usage&, const token_usage&) = default;
};

enum class finish_reason : std::uint8_t {
  stop,        // the model ended its reply
  max_tokens,  // sampling_options::tokens_max was reached
  tool_calls,  // the reply called functions, whose outputs the model waits for
};

}  // namespace dhr
