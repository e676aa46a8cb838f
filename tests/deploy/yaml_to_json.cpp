// Prints the documents of a YAML file as one JSON array, merge keys (<<) applied, so that a test in
// Python can read YAML without a package of its own. What stands twice in a map is an error.
//
//   yaml_to_json FILE

#include <yaml-cpp/yaml.h>

#include <boost/json.hpp>
#include <charconv>
#include <iostream>
#include <optional>
#include <stdexcept>
#include <string>

namespace {

namespace json = boost::json;

template <class Number>
std::optional<Number> number_of(const std::string& text) {
  Number value{};
  const auto* last = text.data() + text.size();
  const auto [end, code] = std::from_chars(text.data(), last, value);
  if (code != std::errc{} || end != last) return std::nullopt;
  return value;
}

// YAML 1.1 as Kubernetes reads it, as far as manifests use it: a leading zero makes octal.
json::value scalar(const YAML::Node& node) {
  const auto& text = node.Scalar();
  if (node.Tag() == "!") return json::string{text};  // quoted
  if (text.empty() || text == "~" || text == "null") return nullptr;
  if (text == "true" || text == "false") return text == "true";
  if (text.size() > 1 && text.front() == '0') {
    std::int64_t octal = 0;
    const auto* last = text.data() + text.size();
    const auto [end, code] = std::from_chars(text.data() + 1, last, octal, 8);
    if (code == std::errc{} && end == last) return octal;
  }
  if (const auto whole = number_of<std::int64_t>(text)) return *whole;
  if (const auto real = number_of<double>(text)) return *real;
  return json::string{text};
}

json::value convert(const YAML::Node& node);

json::object convert_map(const YAML::Node& node) {
  json::object made;
  json::object merged;
  for (const auto& entry : node) {
    const auto key = entry.first.as<std::string>();
    auto value = convert(entry.second);
    if (key == "<<") {
      merged = std::move(value.as_object());
    } else if (!made.emplace(key, std::move(value)).second) {
      throw std::runtime_error{"line " + std::to_string(entry.first.Mark().line + 1) + ": '" + key +
                               "' stands twice"};
    }
  }
  for (auto& [key, value] : merged) made.emplace(key, std::move(value));
  return made;
}

json::value convert(const YAML::Node& node) {
  if (node.IsMap()) return convert_map(node);
  if (node.IsScalar()) return scalar(node);
  if (!node.IsSequence()) return nullptr;
  json::array made;
  for (const auto& entry : node) made.push_back(convert(entry));
  return made;
}

}  // namespace

int main(int count, char** arguments) try {
  if (count != 2) throw std::runtime_error{"usage: yaml_to_json FILE"};
  json::array documents;
  for (const auto& document : YAML::LoadAllFromFile(arguments[1])) {
    if (!document.IsNull()) documents.push_back(convert(document));
  }
  std::cout << documents << '\n';
  return 0;
} catch (const std::exception& problem) {
  std::cerr << (count > 1 ? arguments[1] : "yaml_to_json") << ": " << problem.what() << '\n';
  return 1;
}
