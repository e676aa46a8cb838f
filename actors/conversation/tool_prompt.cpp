#include "actors/conversation/tool_prompt.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "actors/conversation/json_schema_grammar.hpp"
#include "actors/conversation/tool_call_table.hpp"

namespace dhr {
namespace {

constexpr std::size_t tools_max = 128;
constexpr std::string_view head = "<tool_call>[{\"name\": \"";
constexpr std::string_view middle = ", \"arguments\": ";
constexpr std::string_view tail = "}]</tool_call>";

std::string json_text(std::string_view text) {
  return boost::json::serialize(boost::json::string{text});
}

std::string tools_text(const std::vector<tool_definition>& tools) {
  std::string list;
  for (const auto& tool : tools) {
    list += list.empty() ? "" : ", ";
    list +=
        "{\"name\": " + json_text(tool.name) + ", \"description\": " + json_text(tool.description);
    if (!tool.parameters.empty()) list += ", \"parameters\": " + tool.parameters;
    list += "}";
  }
  return "You can call these functions:\n<tools>[" + list +
         "]</tools>\nTo call one, answer with nothing but <tool_call>[{\"name\": \"NAME\", "
         "\"arguments\": {...}}]</tool_call>. When none of them helps, answer in words.";
}

std::string calls_text(const std::vector<tool_call>& calls) {
  std::string list;
  for (const auto& call : calls) {
    list += list.empty() ? "{\"name\": " : ", {\"name\": ";
    list += json_text(call.name);
    list += middle;
    list += call.arguments + "}";
  }
  return list.empty() ? list : "<tool_call>[" + list + "]</tool_call>";
}

// The name of the function whose output the message is.
std::string caller_of(const std::vector<chat_message>& messages, const std::string& call_id) {
  for (const auto& message : messages) {
    for (const auto& call : message.tool_calls) {
      if (call.call_id == call_id) return call.name;
    }
  }
  return "the function";
}

}  // namespace

result<void> check_tools(const std::vector<tool_definition>& tools, const tool_choice& choice) {
  if (tools.size() > tools_max) {
    return fail(errc::invalid_argument,
                "at most " + std::to_string(tools_max) + " tools may be given", "tools");
  }
  for (auto tool = tools.begin(); tool != tools.end(); ++tool) {
    const auto where = "tools[" + std::to_string(tool - tools.begin()) + "]";
    if (!is_valid_id(tool->name)) {
      return fail(errc::invalid_argument,
                  "a tool's name is 1 to 64 of letters, digits, '_' and '-'", where + ".name");
    }
    if (std::any_of(tools.begin(), tool, [&](const auto& t) { return t.name == tool->name; })) {
      return fail(errc::invalid_argument, "two tools have the name '" + tool->name + "'",
                  where + ".name");
    }
    if (!tool->parameters.empty() && !is_json_object(tool->parameters)) {
      return fail(errc::invalid_argument, "a tool's parameters are a JSON schema, an object",
                  where + ".parameters");
    }
  }
  if (choice.kind == tool_choice_kind::required && tools.empty()) {
    return fail(errc::invalid_argument, "a function call is required and there are no tools",
                "tool_choice");
  }
  if (choice.kind == tool_choice_kind::function &&
      std::none_of(tools.begin(), tools.end(),
                   [&](const auto& tool) { return tool.name == choice.function; })) {
    return fail(errc::invalid_argument, "there is no tool '" + choice.function + "' to choose",
                "tool_choice");
  }
  return ok();
}

int tokens_of_tools(const std::vector<tool_definition>& tools, const token_counter& count) {
  return tools.empty() ? 0 : count(tools_text(tools));
}

bool may_call(const generate& request) {
  return !request.tools.empty() && request.choice.kind != tool_choice_kind::none;
}

reply_form form_of(const generate& request) {
  if (may_call(request)) {
    if (request.choice.kind != tool_choice_kind::automatic) return reply_form::call;
    const bool has_output = !request.messages.empty() && request.messages.back().role == "tool";
    return has_output ? reply_form::words_first : reply_form::either;
  }
  const bool saw_calls =
      std::any_of(request.messages.begin(), request.messages.end(),
                  [](const chat_message& message) { return !message.tool_calls.empty(); });
  return saw_calls ? reply_form::words_first : reply_form::words;
}

std::vector<chat_message> plain_messages(const generate& request) {
  std::vector<chat_message> plain;
  plain.reserve(request.messages.size() + 1);
  for (const auto& message : request.messages) {
    if (message.role == "tool") {
      plain.push_back({"user", "Result of " + caller_of(request.messages, message.tool_call_id) +
                                   ": " + message.content});
    } else {
      plain.push_back({message.role, message.content + calls_text(message.tool_calls)});
    }
  }
  if (!may_call(request)) return plain;
  const auto text = tools_text(request.tools);
  if (!plain.empty() && plain.front().role == "system") {
    plain.front().content += "\n\n" + text;
  } else {
    plain.insert(plain.begin(), {"system", text});
  }
  return plain;
}

result<std::string> tool_call_grammar(const generate& request) {
  std::string calls;
  std::string rules;
  for (const auto& tool : request.tools) {
    if (request.choice.kind == tool_choice_kind::function && tool.name != request.choice.function) {
      continue;
    }
    const auto name = "arguments-" + std::to_string(&tool - request.tools.data());
    DHR_TRY(auto arguments, json_schema_grammar(tool.parameters, name));
    calls += calls.empty() ? "" : " | ";
    calls += grammar_literal(tool.name + "\"" + std::string{middle}) + " " + name;
    rules += arguments;
  }
  return "root ::= " + grammar_literal(head) + " (" + calls + ") " + grammar_literal(tail) + "\n" +
         rules + std::string{json_grammar_rules()};
}

// True when the arguments are whole with this character.
bool tool_call_reader::take_argument(char c) {
  if (in_string_) {
    in_string_ = escaped_ || c != '"';
    escaped_ = !escaped_ && c == '\\';
    return false;
  }
  in_string_ = c == '"';
  if (c == '{' || c == '[') ++depth_;
  if (c == '}' || c == ']') --depth_;
  return depth_ == 0;
}

tool_call_reader::news tool_call_reader::push(std::string_view text) {
  news said;
  for (const char c : text) {
    switch (part_) {
      case part::head:
        if (++matched_ == head.size()) part_ = part::name;
        break;
      case part::name:
        if (c != '"') {
          name_ += c;
          break;
        }
        said.name = name_;
        part_ = part::middle;
        matched_ = 0;
        break;
      case part::middle:
        if (++matched_ == middle.size()) part_ = part::arguments;
        break;
      case part::arguments:
        said.arguments += c;
        if (take_argument(c)) part_ = part::tail;
        break;
      case part::tail:
        break;
    }
  }
  return said;
}

}  // namespace dhr
