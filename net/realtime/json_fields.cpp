#include "net/realtime/json_fields.hpp"

#include <array>
#include <charconv>
#include <cmath>

namespace dhr::realtime {
namespace {

namespace json = boost::json;

std::string_view kind_of(const json::value& value) {
  switch (value.kind()) {
    case json::kind::null:
      return "null";
    case json::kind::bool_:
      return "a boolean";
    case json::kind::int64:
    case json::kind::uint64:
      return "an integer";
    case json::kind::double_:
      return "a decimal";
    case json::kind::string:
      return "a string";
    case json::kind::array:
      return "an array";
    case json::kind::object:
      return "an object";
  }
  return "null";
}

std::string shown(double value) {
  std::array<char, 32> buffer;
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
  return {buffer.data(), end};
}

// Of what a client sent, as much as an error message repeats; cut between characters.
std::string_view beginning(std::string_view text) {
  constexpr std::size_t shown_max = 100;
  if (text.size() <= shown_max) return text;
  auto size = shown_max;
  while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xc0) == 0x80) --size;
  return text.substr(0, size);
}

refusal out_of_range(const std::string& path, std::string_view kind, double bound, double got,
                     bool below) {
  const std::string code{kind};
  return refuse(code + (below ? "_below_min_value" : "_above_max_value"),
                "Invalid '" + path + "': " + code + (below ? " below minimum" : " above maximum") +
                    " value. Expected a value " + (below ? ">= " : "<= ") + shown(bound) +
                    ", but got " + shown(got) + " instead.",
                path);
}

}  // namespace

refusal wrong_type(const std::string& path, std::string_view wanted, const json::value& got) {
  return refuse("invalid_type",
                "Invalid type for '" + path + "': expected " + std::string{wanted} + ", but got " +
                    std::string{kind_of(got)} + " instead.",
                path);
}

refusal missing(const std::string& path) {
  return refuse("missing_required_parameter", "Missing required parameter: '" + path + "'.", path);
}

refusal wrong_choice(const std::string& path, std::string_view got,
                     std::initializer_list<std::string_view> supported) {
  std::string message =
      "Invalid value: '" + std::string{beginning(got)} + "'. Supported values are: ";
  std::size_t index = 0;
  for (const auto value : supported) {
    if (index > 0) message += index + 1 == supported.size() ? " and " : ", ";
    message += '\'';
    message += value;
    message += '\'';
    ++index;
  }
  return refuse("invalid_value", message + '.', path);
}

refusal unsupported(const std::string& path, const std::string& why) {
  return refuse("unsupported_value", "'" + path + "' is not supported: " + why, path);
}

std::string element(const std::string& path, std::size_t index) {
  return path + '[' + std::to_string(index) + ']';
}

checked<json::object> parse_object(std::string_view text, std::size_t depth_max,
                                   json::storage_ptr storage) {
  json::parse_options options;
  options.max_depth = depth_max;
  json::error_code trouble;
  auto value = json::parse(text, trouble, std::move(storage), options);
  if (trouble) {
    return refuse("invalid_json", "the message is not valid JSON: " + trouble.message(), {});
  }
  if (!value.is_object()) {
    return refuse("invalid_json", "the message must be a JSON object", {});
  }
  return std::move(value.get_object());
}

std::string object_fields::path(std::string_view name) const {
  return path_.empty() ? std::string{name} : path_ + '.' + std::string{name};
}

const json::value* object_fields::find(std::string_view name) const {
  const auto* value = object_->if_contains(name);
  return value == nullptr || value->is_null() ? nullptr : value;
}

bool object_fields::is_null(std::string_view name) const {
  const auto* value = object_->if_contains(name);
  return value != nullptr && value->is_null();
}

checked<std::optional<std::string_view>> object_fields::text_view(std::string_view name,
                                                                  std::size_t bytes_max) const {
  const auto* value = find(name);
  if (value == nullptr) return std::optional<std::string_view>{};
  if (!value->is_string()) return wrong_type(path(name), "a string", *value);
  const auto& string = value->get_string();
  if (string.size() > bytes_max) {
    return refuse("string_above_max_length",
                  "Invalid '" + path(name) +
                      "': string too long. Expected a string with maximum length " +
                      std::to_string(bytes_max) + ", but got a string with length " +
                      std::to_string(string.size()) + " instead.",
                  path(name));
  }
  return std::optional<std::string_view>{std::string_view{string.data(), string.size()}};
}

checked<std::optional<std::string>> object_fields::text(std::string_view name,
                                                        std::size_t bytes_max) const {
  DHR_TRY(const auto view, text_view(name, bytes_max));
  if (!view) return std::optional<std::string>{};
  return std::optional<std::string>{std::string{*view}};
}

checked<std::string> object_fields::required_text(std::string_view name,
                                                  std::size_t bytes_max) const {
  DHR_TRY(auto value, text(name, bytes_max));
  if (!value) return missing(path(name));
  return std::move(*value);
}

checked<std::optional<double>> object_fields::number(std::string_view name, double min,
                                                     double max) const {
  const auto* value = find(name);
  if (value == nullptr) return std::optional<double>{};
  if (!value->is_number()) return wrong_type(path(name), "a decimal", *value);
  json::error_code trouble;
  const auto number = value->to_number<double>(trouble);
  if (trouble) return wrong_type(path(name), "a decimal", *value);
  if (number < min) return out_of_range(path(name), "decimal", min, number, true);
  if (number > max) return out_of_range(path(name), "decimal", max, number, false);
  return std::optional<double>{number};
}

checked<std::optional<std::int64_t>> object_fields::integer(std::string_view name, std::int64_t min,
                                                            std::int64_t max) const {
  const auto* value = find(name);
  if (value == nullptr) return std::optional<std::int64_t>{};
  if (!value->is_number()) return wrong_type(path(name), "an integer", *value);
  json::error_code trouble;
  const auto number = value->to_number<double>(trouble);
  if (trouble || std::floor(number) != number) return wrong_type(path(name), "an integer", *value);
  const auto least = static_cast<double>(min);
  const auto most = static_cast<double>(max);
  if (number < least) return out_of_range(path(name), "integer", least, number, true);
  if (number > most) return out_of_range(path(name), "integer", most, number, false);
  return std::optional<std::int64_t>{static_cast<std::int64_t>(number)};
}

checked<std::optional<bool>> object_fields::boolean(std::string_view name) const {
  const auto* value = find(name);
  if (value == nullptr) return std::optional<bool>{};
  if (!value->is_bool()) return wrong_type(path(name), "a boolean", *value);
  return std::optional<bool>{value->get_bool()};
}

checked<std::optional<object_fields>> object_fields::object(std::string_view name) const {
  const auto* value = find(name);
  if (value == nullptr) return std::optional<object_fields>{};
  if (!value->is_object()) return wrong_type(path(name), "an object", *value);
  return std::optional<object_fields>{object_fields{value->get_object(), path(name)}};
}

checked<object_fields> object_fields::required_object(std::string_view name) const {
  DHR_TRY(auto value, object(name));
  if (!value) return missing(path(name));
  return std::move(*value);
}

checked<const json::array*> object_fields::array(std::string_view name) const {
  const auto* value = find(name);
  if (value == nullptr) return nullptr;
  if (!value->is_array()) return wrong_type(path(name), "an array", *value);
  return &value->get_array();
}

checked<object_fields> object_at(const json::array& array, const std::string& path,
                                 std::size_t index) {
  const auto& value = array[index];
  if (!value.is_object()) return wrong_type(element(path, index), "an object", value);
  return object_fields{value.get_object(), element(path, index)};
}

}  // namespace dhr::realtime
