#include "net/realtime/json_fields.hpp"

namespace dhr::realtime {
namespace {

namespace json = boost::json;

boost::outcome_v2::failure_type<event_problem> wrong_type(const std::string& path,
                                                          std::string_view wanted) {
  return refuse("invalid_type", "'" + path + "' must be " + std::string{wanted}, path);
}

std::string shown(double value) {
  auto text = json::serialize(json::value(value));
  const auto whole = static_cast<std::int64_t>(value);
  return static_cast<double>(whole) == value ? std::to_string(whole) : text;
}

}  // namespace

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

checked<std::optional<std::string>> object_fields::text(std::string_view name,
                                                        std::size_t bytes_max) const {
  const auto* value = find(name);
  if (value == nullptr) return std::optional<std::string>{};
  if (!value->is_string()) return wrong_type(path(name), "a string");
  const auto& string = value->get_string();
  if (string.size() > bytes_max) {
    return refuse("invalid_value",
                  "'" + path(name) + "' is longer than " + std::to_string(bytes_max) + " bytes",
                  path(name));
  }
  return std::optional<std::string>{std::string{string.data(), string.size()}};
}

checked<std::string> object_fields::required_text(std::string_view name,
                                                  std::size_t bytes_max) const {
  DHR_TRY(auto value, text(name, bytes_max));
  if (!value) {
    return refuse("missing_required_parameter", "'" + path(name) + "' is missing", path(name));
  }
  return std::move(*value);
}

checked<std::optional<double>> object_fields::number(std::string_view name, double min,
                                                     double max) const {
  const auto* value = find(name);
  if (value == nullptr) return std::optional<double>{};
  if (!value->is_number()) return wrong_type(path(name), "a number");
  json::error_code trouble;
  const auto number = value->to_number<double>(trouble);
  if (trouble || !(number >= min && number <= max)) {
    return refuse("invalid_value",
                  "'" + path(name) + "' must be from " + shown(min) + " to " + shown(max),
                  path(name));
  }
  return std::optional<double>{number};
}

checked<std::optional<bool>> object_fields::boolean(std::string_view name) const {
  const auto* value = find(name);
  if (value == nullptr) return std::optional<bool>{};
  if (!value->is_bool()) return wrong_type(path(name), "true or false");
  return std::optional<bool>{value->get_bool()};
}

checked<std::optional<object_fields>> object_fields::object(std::string_view name) const {
  const auto* value = find(name);
  if (value == nullptr) return std::optional<object_fields>{};
  if (!value->is_object()) return wrong_type(path(name), "an object");
  return std::optional<object_fields>{object_fields{value->get_object(), path(name)}};
}

checked<object_fields> object_fields::required_object(std::string_view name) const {
  DHR_TRY(auto value, object(name));
  if (!value) {
    return refuse("missing_required_parameter", "'" + path(name) + "' is missing", path(name));
  }
  return std::move(*value);
}

checked<const json::array*> object_fields::array(std::string_view name) const {
  const auto* value = find(name);
  if (value == nullptr) return nullptr;
  if (!value->is_array()) return wrong_type(path(name), "an array");
  return &value->get_array();
}

}  // namespace dhr::realtime
