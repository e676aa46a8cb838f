#include "actors/conversation/json_schema_grammar.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <vector>

namespace dhr {
namespace {

namespace json = boost::json;

constexpr std::size_t grammar_bytes_max = 65'536;
constexpr int depth_max = 16;

// Writes the rules of one schema, inner ones first; a rule's body names them.
class schema_writer {
 public:
  explicit schema_writer(std::string name) : name_{std::move(name)} {}

  // The name or text that stands for the schema in another rule's body.
  std::string expression(const json::value& schema, int depth) {
    const auto* object = schema.if_object();
    if (object == nullptr || depth == depth_max || is_too_large()) return "json-value";
    if (const auto* fixed = object->if_contains("const")) {
      return grammar_literal(json::serialize(*fixed));
    }
    if (const auto* choices = object->if_contains("enum"); choices && choices->is_array()) {
      return any_of(choices->get_array());
    }
    const auto* type = object->if_contains("type");
    if (type == nullptr) return "json-value";
    if (const auto* one = type->if_string()) return of_type(*one, *object, depth);
    const auto* several = type->if_array();
    if (several == nullptr || several->empty()) return "json-value";
    std::string body;
    for (const auto& alternative : *several) {
      const auto* text = alternative.if_string();
      if (text == nullptr) return "json-value";
      body += (body.empty() ? "" : " | ") + of_type(*text, *object, depth);
    }
    return rule(body);
  }

  std::string object_of(const json::object& schema, int depth) {
    const auto* member = schema.if_contains("properties");
    const auto* properties = member != nullptr ? member->if_object() : nullptr;
    if (properties == nullptr || properties->empty()) return "json-object";
    std::vector<std::string> required;
    std::vector<std::string> optional;
    for (const auto& [key, value] : *properties) {
      const auto text = grammar_literal(json::serialize(json::string{key}) + ": ") + " " +
                        expression(value, depth + 1);
      (is_required(schema, key) ? required : optional).push_back(rule(text));
    }
    return rule("\"{\" " + members(required, optional) + " \"}\"");
  }

  [[nodiscard]] bool is_too_large() const { return rules_.size() > grammar_bytes_max; }
  [[nodiscard]] const std::string& rules() const { return rules_; }

 private:
  static bool is_required(const json::object& schema, std::string_view key) {
    const auto* member = schema.if_contains("required");
    const auto* names = member != nullptr ? member->if_array() : nullptr;
    return names != nullptr && std::any_of(names->begin(), names->end(), [&](const auto& name) {
             return name.is_string() && name.get_string() == key;
           });
  }

  // Without a required one any of the optional ones may come first.
  static std::string members(const std::vector<std::string>& required,
                             const std::vector<std::string>& optional) {
    const auto tail = [&](std::size_t from) {
      std::string text;
      for (; from < optional.size(); ++from) text += " (\", \" " + optional[from] + ")?";
      return text;
    };
    if (!required.empty()) {
      std::string text = required.front();
      for (std::size_t i = 1; i < required.size(); ++i) text += " \", \" " + required[i];
      return text + tail(0);
    }
    std::string text = "(";
    for (std::size_t i = 0; i < optional.size() && text.size() <= grammar_bytes_max; ++i) {
      text += (i == 0 ? "" : " | ") + optional[i] + tail(i + 1);
    }
    return text + ")?";
  }

  std::string any_of(const json::array& choices) {
    std::string body;
    for (const auto& choice : choices) {
      body += (body.empty() ? "" : " | ") + grammar_literal(json::serialize(choice));
    }
    return body.empty() ? "json-value" : rule(body);
  }

  std::string of_type(std::string_view type, const json::object& schema, int depth) {
    if (type == "object") return object_of(schema, depth);
    if (type == "array") {
      const auto* items = schema.if_contains("items");
      if (items == nullptr) return "json-array";
      const auto item = expression(*items, depth + 1);
      return rule("\"[\" (" + item + " (\", \" " + item + ")*)? \"]\"");
    }
    if (type == "null") return "\"null\"";
    for (const std::string_view known : {"string", "number", "integer", "boolean"}) {
      if (type == known) return "json-" + std::string{known};
    }
    return "json-value";
  }

  // Past the bound nothing is written, so that a hostile schema costs no more than that.
  std::string rule(const std::string& body) {
    std::string name = name_ + "-" + std::to_string(count_++);
    if (!is_too_large()) rules_ += name + " ::= " + body + "\n";
    return name;
  }

  std::string name_;
  std::string rules_;
  int count_ = 0;
};

}  // namespace

std::string grammar_literal(std::string_view text) {
  std::string literal = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') literal += '\\';
    literal += c;
  }
  return literal + "\"";
}

std::string_view json_grammar_rules() {
  // No \u escapes: halves of surrogate pairs would be no JSON, and a model can write any letter.
  return R"(json-value ::= json-object | json-array | json-string | json-number | json-boolean | "null"
json-object ::= "{" (json-string ": " json-value (", " json-string ": " json-value)*)? "}"
json-array ::= "[" (json-value (", " json-value)*)? "]"
json-string ::= "\"" ([^"\\\x00-\x1F\x7F] | "\\" ["\\/bfnrt])* "\""
json-number ::= json-integer ("." [0-9]{1,12})?
json-integer ::= "-"? ("0" | [1-9] [0-9]{0,14})
json-boolean ::= "true" | "false"
)";
}

result<std::string> json_schema_grammar(std::string_view schema, const std::string& name) {
  if (schema.empty()) return name + " ::= \"{}\"\n";
  boost::system::error_code problem;
  const auto parsed = json::parse(schema, problem);
  const auto* root = problem ? nullptr : parsed.if_object();
  if (root == nullptr) {
    return fail(errc::invalid_argument, "a JSON schema must be a JSON object", "parameters");
  }
  schema_writer writer{name};
  // {"type": "object", "properties": {}} is how clients write that a function takes nothing.
  const auto* properties = root->if_contains("properties");
  const bool takes_nothing =
      properties != nullptr && properties->is_object() && properties->get_object().empty();
  const auto body = takes_nothing ? std::string{"\"{}\""} : writer.object_of(*root, 0);
  if (writer.is_too_large()) {
    return fail(errc::invalid_argument, "the JSON schema is too large for the embedded engine",
                "parameters");
  }
  return name + " ::= " + body + "\n" + writer.rules();
}

}  // namespace dhr
