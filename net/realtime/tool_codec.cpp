#include "net/realtime/tool_codec.hpp"

#include <algorithm>

namespace dhr::realtime {
namespace {

namespace json = boost::json;

constexpr std::size_t name_length_max = 64;
constexpr std::size_t type_bytes_max = 256;

bool is_function_name(std::string_view name) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
  };
  return !name.empty() && std::all_of(name.begin(), name.end(), allowed);
}

checked<std::string> function_name(const object_fields& fields) {
  DHR_TRY(auto name, fields.required_text("name", name_length_max));
  if (!is_function_name(name)) {
    return refuse("invalid_value",
                  "Invalid '" + fields.path("name") +
                      "': string does not match pattern. Expected a string that matches the "
                      "pattern '^[a-zA-Z0-9_-]+$'.",
                  fields.path("name"));
  }
  return name;
}

checked<tool_definition> decode_tool(const object_fields& fields, const codec_limits& limits) {
  DHR_TRY(const auto type, fields.text("type", type_bytes_max));
  if (type && *type != "function") return wrong_choice(fields.path("type"), *type, {"function"});
  tool_definition tool;
  DHR_TRY(tool.name, function_name(fields));
  DHR_TRY(const auto description, fields.text("description", limits.text_bytes_max));
  tool.description = description.value_or(std::string{});
  DHR_TRY(const auto parameters, fields.object("parameters"));
  if (parameters) tool.parameters = json::serialize(*fields.find("parameters"));
  return tool;
}

checked<tool_choice> decode_choice(const object_fields& fields) {
  const auto path = fields.path("tool_choice");
  const auto* value = fields.find("tool_choice");
  if (value->is_object()) {
    DHR_TRY(const auto choice, fields.required_object("tool_choice"));
    DHR_TRY(const auto type, choice.required_text("type", type_bytes_max));
    if (type != "function") return wrong_choice(choice.path("type"), type, {"function"});
    // Chat completions nest the name in an object of its own; some clients write that here as well.
    DHR_TRY(const auto nested, choice.object("function"));
    DHR_TRY(auto name, function_name(nested ? *nested : choice));
    return tool_choice{tool_choice_kind::function, std::move(name)};
  }
  DHR_TRY(const auto name, fields.required_text("tool_choice", type_bytes_max));
  if (name == "auto") return tool_choice{};
  if (name == "none") return tool_choice{tool_choice_kind::none, {}};
  if (name == "required") return tool_choice{tool_choice_kind::required, {}};
  return wrong_choice(path, name, {"none", "auto", "required"});
}

}  // namespace

checked<void> decode_tools(const object_fields& fields, const codec_limits& limits,
                           settings_patch& patch) {
  if (fields.find("tool_choice") != nullptr) {
    DHR_TRY(patch.choice, decode_choice(fields));
  }
  DHR_TRY(const auto* array, fields.array("tools"));
  if (array == nullptr) return boost::outcome_v2::success();
  const auto path = fields.path("tools");
  if (array->size() > limits.tools_max) {
    return refuse("array_above_max_length",
                  "Invalid '" + path + "': array too long. Expected an array with maximum length " +
                      std::to_string(limits.tools_max) + ", but got an array with length " +
                      std::to_string(array->size()) + " instead.",
                  path);
  }
  std::vector<tool_definition> tools;
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < array->size(); ++i) {
    DHR_TRY(const auto tool, object_at(*array, path, i));
    DHR_TRY(auto definition, decode_tool(tool, limits));
    bytes += definition.description.size() + definition.parameters.size();
    tools.push_back(std::move(definition));
  }
  if (bytes > limits.text_bytes_max) {
    return refuse("invalid_value",
                  "Invalid '" + path + "': descriptions and parameters take more than " +
                      std::to_string(limits.text_bytes_max) + " bytes.",
                  path);
  }
  patch.tools = std::move(tools);
  return boost::outcome_v2::success();
}

}  // namespace dhr::realtime
