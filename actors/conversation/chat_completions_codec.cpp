#include "actors/conversation/chat_completions_codec.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "actors/conversation/tool_call_table.hpp"

namespace dhr {
namespace {

namespace json = boost::json;

// The member of that name, or null where there is none or it is null or of another type.
const json::object* object_in(const json::object& from, std::string_view name) {
  const auto* member = from.if_contains(name);
  return member != nullptr ? member->if_object() : nullptr;
}

std::string text_in(const json::object& from, std::string_view name) {
  const auto* member = from.if_contains(name);
  const auto* text = member != nullptr ? member->if_string() : nullptr;
  return text != nullptr ? std::string{*text} : std::string{};
}

int number_in(const json::object& from, std::string_view name) {
  const auto* member = from.if_contains(name);
  const auto* number = member != nullptr ? member->if_int64() : nullptr;
  return number != nullptr ? static_cast<int>(*number) : 0;
}

token_usage usage_of(const json::object& usage) {
  const auto* details = object_in(usage, "prompt_tokens_details");
  return {number_in(usage, "prompt_tokens"),
          details != nullptr ? number_in(*details, "cached_tokens") : 0,
          number_in(usage, "completion_tokens")};
}

json::object function_of(const tool_call& call) {
  return {{"id", call.call_id},
          {"type", "function"},
          {"function", {{"name", call.name}, {"arguments", call.arguments}}}};
}

json::object message_of(const chat_message& message) {
  json::object out{{"role", message.role}, {"content", message.content}};
  if (!message.tool_call_id.empty()) out["tool_call_id"] = message.tool_call_id;
  if (message.tool_calls.empty()) return out;
  json::array calls;
  for (const auto& call : message.tool_calls) calls.push_back(function_of(call));
  out["tool_calls"] = std::move(calls);
  // What the API says of a message that only calls.
  if (message.content.empty()) out["content"] = nullptr;
  return out;
}

json::object tool_of(const tool_definition& tool) {
  json::object function{{"name", tool.name}, {"description", tool.description}};
  boost::system::error_code problem;
  auto parameters = json::parse(tool.parameters, problem);
  if (!problem && parameters.is_object()) function["parameters"] = std::move(parameters);
  return {{"type", "function"}, {"function", std::move(function)}};
}

json::value choice_of(const tool_choice& choice) {
  switch (choice.kind) {
    case tool_choice_kind::none:
      return "none";
    case tool_choice_kind::required:
      return "required";
    case tool_choice_kind::function:
      return json::object{{"type", "function"}, {"function", {{"name", choice.function}}}};
    case tool_choice_kind::automatic:
      break;
  }
  return "auto";
}

// Most servers send the arguments as the text that the API asks for, some as the object itself.
std::string arguments_in(const json::object& function) {
  const auto* object = object_in(function, "arguments");
  return object != nullptr ? json::serialize(*object) : text_in(function, "arguments");
}

std::vector<tool_call_delta> calls_in(const json::object& delta) {
  std::vector<tool_call_delta> calls;
  const auto* member = delta.if_contains("tool_calls");
  const auto* list = member != nullptr ? member->if_array() : nullptr;
  if (list == nullptr) return calls;
  for (const auto& item : *list) {
    const auto* call = item.if_object();
    if (call == nullptr) continue;
    const auto* function = object_in(*call, "function");
    calls.push_back({number_in(*call, "index"), text_in(*call, "id"),
                     function != nullptr ? text_in(*function, "name") : std::string{},
                     function != nullptr ? arguments_in(*function) : std::string{}});
  }
  return calls;
}

}  // namespace

std::string encode_chat_request(const generate& request, const std::string& model) {
  json::array messages;
  for (const auto& message : request.messages) messages.push_back(message_of(message));
  json::object body{{"model", model},
                    {"messages", std::move(messages)},
                    {"temperature", request.sampling.temperature},
                    {"top_p", request.sampling.top_p},
                    {"max_tokens", request.sampling.tokens_max},
                    {"stream", true},
                    {"stream_options", {{"include_usage", true}}}};
  if (!request.tools.empty()) {
    json::array tools;
    for (const auto& tool : request.tools) tools.push_back(tool_of(tool));
    body["tools"] = std::move(tools);
    body["tool_choice"] = choice_of(request.choice);
  }
  return json::serialize(body);
}

result<chat_chunk> decode_chat_chunk(std::string_view data) {
  chat_chunk chunk;
  if (data == "[DONE]") {
    chunk.done = true;
    return chunk;
  }
  boost::system::error_code problem;
  const auto parsed = json::parse(data, problem);
  const auto* root = problem ? nullptr : parsed.if_object();
  if (root == nullptr) return fail(errc::failed, "the language server sent what is no JSON object");
  if (const auto* trouble = object_in(*root, "error")) {
    return fail(errc::unavailable, "the language server said: " + text_in(*trouble, "message"));
  }
  // SGLang's flat form of the same.
  if (text_in(*root, "object") == "error") {
    return fail(errc::unavailable, "the language server said: " + text_in(*root, "message"));
  }
  if (const auto* usage = object_in(*root, "usage")) chunk.usage = usage_of(*usage);
  const auto* member = root->if_contains("choices");
  const auto* choices = member != nullptr ? member->if_array() : nullptr;
  if (choices == nullptr || choices->empty() || !choices->front().is_object()) return chunk;
  const auto& choice = choices->front().get_object();
  if (const auto* delta = object_in(choice, "delta")) {
    chunk.text = text_in(*delta, "content");
    chunk.calls = calls_in(*delta);
  }
  const auto reason = text_in(choice, "finish_reason");
  if (reason == "abort") return fail(errc::failed, "the language server broke its reply off");
  if (reason == "length") {
    chunk.finish = finish_reason::max_tokens;
  } else if (reason == "tool_calls") {
    chunk.finish = finish_reason::tool_calls;
  } else if (!reason.empty()) {
    chunk.finish = finish_reason::stop;
  }
  return chunk;
}

tool_call_piece tool_call_numbering::number(const turn_id& turn, tool_call_delta delta) {
  const auto found = std::find_if(known_.rbegin(), known_.rend(), [&](const known_call& call) {
    return call.server_index == delta.index;
  });
  const bool another = found != known_.rend() && !delta.id.empty() && !delta.name.empty() &&
                       delta.id != found->server_id;
  if (found != known_.rend() && !another) {
    const auto index = static_cast<std::uint32_t>(known_.rend() - found - 1);
    return {turn, index, {}, {}, std::move(delta.arguments)};
  }
  const auto index = static_cast<std::uint32_t>(known_.size());
  if (delta.name.empty()) return {turn, index, {}, {}, std::move(delta.arguments)};
  known_.push_back({delta.index, delta.id});
  return {turn, index, delta.id.empty() ? make_call_id(turn, index) : std::move(delta.id),
          std::move(delta.name), std::move(delta.arguments)};
}

}  // namespace dhr
