#pragma once
// How functions and their calls look to a model that knows nothing but text: as SmolLM2-Instruct
// and others write them, in <tools> and <tool_call>. Pure.

#include <string>
#include <vector>

#include "actors/conversation/history.hpp"
#include "actors/conversation/messages.hpp"

namespace dhr {

// errc::invalid_argument for names that are no identifiers or twice there, parameters that are no
// JSON object, more than 128 tools, and a choice of a tool that is not there.
[[nodiscard]] result<void> check_tools(const std::vector<tool_definition>& tools,
                                       const tool_choice& choice);

// What the tools take of the prompt, about.
[[nodiscard]] int tokens_of_tools(const std::vector<tool_definition>& tools,
                                  const token_counter& count);

// Whether the model is shown the tools at all.
[[nodiscard]] bool may_call(const generate& request);

// What a reply may be. A small model repeats what it sees: after an output it would make the same
// call again and for ever, and where it may not call it would say the calls of the history aloud.
enum class reply_form {
  words,        // no call is in sight
  words_first,  // it may call or has seen calls, but must begin with a word
  either,
  call,
};
[[nodiscard]] reply_form form_of(const generate& request);

// The request's messages with the roles "system", "user" and "assistant" alone: the tools are told
// in the system message, calls are in the assistant's text, outputs in the user's ("Result of NAME:
// ..."), since llama.cpp's built-in chat templates have no place for them.
[[nodiscard]] std::vector<chat_message> plain_messages(const generate& request);

// The grammar of a reply that is one call of one of the tools that may be chosen, with arguments of
// its schema. errc::invalid_argument as for json_schema_grammar.
[[nodiscard]] result<std::string> tool_call_grammar(const generate& request);

// A reply that begins with it is a call.
constexpr std::string_view tool_call_tag = "<tool_call>";

// The grammar of a reply that does not begin with a tag.
constexpr const char* words_first_grammar = "root ::= [^< \\n] [^\\x00]*\n";

// Reads a reply of that grammar as it is written.
class tool_call_reader {
 public:
  struct news {
    std::string name;       // when it has just become known
    std::string arguments;  // their next piece
  };
  [[nodiscard]] news push(std::string_view text);
  [[nodiscard]] bool is_whole() const noexcept { return part_ == part::tail; }
  [[nodiscard]] const std::string& name() const noexcept { return name_; }

 private:
  enum class part { head, name, middle, arguments, tail };
  [[nodiscard]] bool take_argument(char c);

  part part_ = part::head;
  std::size_t matched_ = 0;  // characters of the head or the middle
  std::string name_;
  int depth_ = 0;
  bool in_string_ = false;
  bool escaped_ = false;
};

}  // namespace dhr
