#include "runtime/base/config_binding.hpp"

#include <charconv>
#include <cmath>
#include <limits>

namespace dhr::binding {
namespace {

using problem = std::optional<value_problem>;

std::string text_of(std::int64_t value) { return std::to_string(value); }

// The shortest text that reads back, with a point: 0.7, 1.0.
std::string text_of(double value) {
  char buffer[32];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
  std::string text{buffer, end};
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

problem wrong_type(const written_value& written, const std::string& wanted) {
  return value_problem{config_fault::wrong_type,
                       "must be " + wanted + (written.quoted ? ", not text in quotes" : "")};
}

problem out_of_range(const std::string& range) {
  return value_problem{config_fault::out_of_range, "must be " + range};
}

// A number that the type cannot hold becomes its limit, which is past every range.
template <class Number>
std::optional<Number> parse(std::string_view text) {
  Number value{};
  const auto last = text.data() + text.size();
  const auto [end, code] = std::from_chars(text.data(), last, value);
  if (end != last || code == std::errc::invalid_argument) return {};
  if (code == std::errc::result_out_of_range) {
    const bool negative = text.front() == '-';
    return negative ? std::numeric_limits<Number>::lowest() : std::numeric_limits<Number>::max();
  }
  return value;
}

std::optional<image_size> parse_size(std::string_view text) {
  const auto cross = text.find('x');
  if (cross == text.npos) return {};
  const auto width = parse<int>(text.substr(0, cross));
  if (!width) return {};
  const auto height = parse<int>(text.substr(cross + 1));
  if (!height) return {};
  return image_size{*width, *height};
}

template <class Number>
config_key number_key(std::string path, accessor<Number> member, Number min, Number max,
                      std::string unit, std::string doc, const std::string& wanted) {
  config_key key;
  key.path = std::move(path);
  key.unit = std::move(unit);
  key.range = text_of(min) + " to " + text_of(max);
  key.doc = std::move(doc);
  key.get = [read = member.read](const config& values) { return text_of(read(values)); };
  key.set = [write = member.write, min, max, wanted, range = key.range](
                config& values, const written_value& written) -> problem {
    const auto value = parse<Number>(written.text);
    if (!value || written.quoted || *value != *value) return wrong_type(written, wanted);
    if (*value < min || *value > max) return out_of_range(range);
    write(values, *value);
    return {};
  };
  return key;
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += i + 1 == names.size() ? " or " : ", ";
    text += names[i];
  }
  return text;
}

}  // namespace

config_key whole_number(std::string path, accessor<std::int64_t> member, std::int64_t min,
                        std::int64_t max, std::string unit, std::string doc) {
  return number_key(std::move(path), std::move(member), min, max, std::move(unit), std::move(doc),
                    "a whole number");
}

config_key real_number(std::string path, accessor<double> member, double min, double max,
                       std::string unit, std::string doc) {
  return number_key(std::move(path), std::move(member), min, max, std::move(unit), std::move(doc),
                    "a number");
}

config_key choice_of(std::string path, accessor<std::size_t> member, std::vector<std::string> names,
                     std::string doc) {
  config_key key;
  key.path = std::move(path);
  key.range = joined(names);
  key.doc = std::move(doc);
  key.get = [read = member.read, names](const config& values) { return names.at(read(values)); };
  key.set = [write = member.write, names, range = key.range](
                config& values, const written_value& written) -> problem {
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (names[i] != written.text) continue;
      write(values, i);
      return {};
    }
    return out_of_range(range);
  };
  return key;
}

config_key flag_key(std::string path, accessor<bool> member, std::string doc) {
  config_key key;
  key.path = std::move(path);
  key.range = "true or false";
  key.doc = std::move(doc);
  key.get = [read = member.read](const config& values) { return read(values) ? "true" : "false"; };
  key.set = [write = member.write](config& values, const written_value& written) -> problem {
    const bool value = written.text == "true";
    if (written.quoted || (!value && written.text != "false")) {
      return wrong_type(written, "true or false");
    }
    write(values, value);
    return {};
  };
  return key;
}

config_key text_key(std::string path, accessor<std::string> member, text_rule rule,
                    std::string doc) {
  config_key key;
  key.path = std::move(path);
  key.range = rule.range;
  key.doc = std::move(doc);
  key.is_text = true;
  key.get = member.read;
  key.set = [write = member.write, rule](config& values, const written_value& written) -> problem {
    if (!rule.accepts(written.text)) return out_of_range(std::string{rule.range});
    write(values, written.text);
    return {};
  };
  return key;
}

config_key secret_key(std::string path, accessor<std::string> member, text_rule rule,
                      std::string doc) {
  auto key = text_key(std::move(path), member, rule, std::move(doc));
  key.is_secret = true;
  key.get = [read = member.read](const config& values) {
    return read(values).empty() ? "(not set)" : "(set)";
  };
  return key;
}

config_key image_size_key(std::string path, accessor<image_size> member, int min, int max,
                          std::string doc) {
  config_key key;
  key.path = std::move(path);
  key.unit = "pixels";
  key.range =
      "WIDTHxHEIGHT, each " + text_of(std::int64_t{min}) + " to " + text_of(std::int64_t{max});
  key.doc = std::move(doc);
  key.is_text = true;
  key.get = [read = member.read](const config& values) {
    const auto size = read(values);
    return std::to_string(size.width) + 'x' + std::to_string(size.height);
  };
  key.set = [write = member.write, min, max, range = key.range](
                config& values, const written_value& written) -> problem {
    const auto size = parse_size(written.text);
    if (!size) return wrong_type({}, "of the form 1920x1080");
    const auto inside = [&](int side) { return side >= min && side <= max; };
    if (!inside(size->width) || !inside(size->height)) return out_of_range(range);
    write(values, *size);
    return {};
  };
  return key;
}

}  // namespace dhr::binding
