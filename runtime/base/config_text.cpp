// The configuration as text for people: complaints, the listing, and the documented file.

#include <algorithm>
#include <sstream>

#include "runtime/base/config_load.hpp"
#include "runtime/base/config_schema.hpp"

namespace dhr {
namespace {

constexpr std::size_t line_length = 100;
constexpr std::size_t shown_length = 60;

// On one line, and not longer than a person wants to read.
std::string shown(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
  if (text.size() <= shown_length) return text.empty() ? "\"\"" : text;
  auto end = shown_length;
  while ((static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;  // not inside a character
  return text.substr(0, end) + "...";
}

void wrap(std::ostream& out, const std::string& text, const std::string& prefix) {
  std::istringstream words{text};
  std::string line = prefix, word;
  while (words >> word) {
    if (line.size() + 1 + word.size() > line_length && line != prefix) {
      out << line << '\n';
      line = prefix;
    }
    line += line == prefix ? word : " " + word;
  }
  out << line << '\n';
}

std::string place(const std::string& source, int line, int column) {
  if (line == 0) return source;
  return source + ':' + std::to_string(line) + ':' + std::to_string(column);
}

std::size_t level_of(std::string_view path) {
  return static_cast<std::size_t>(std::count(path.begin(), path.end(), '.'));
}

std::string name_of(const std::string& path) { return path.substr(path.rfind('.') + 1); }

std::string double_quoted(const std::string& text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

void write_key(std::ostream& out, const config_key& key) {
  const config defaults;
  const std::string indent(2 * (level_of(key.path) + 1), ' ');
  const auto value = key.is_secret ? "" : key.get(defaults);
  const bool is_long = value.size() > shown_length;
  std::string note = " [" + key.range + (key.unit.empty() ? "" : ' ' + key.unit);
  note += "; default " + (is_long ? "as here" : value.empty() ? "empty" : value) + ']';
  if (!key.has_effect) note += " Has no effect yet.";
  wrap(out, key.doc + note, indent + "# ");
  out << indent << name_of(key.path) << ":";
  if (is_long) {
    out << " >-\n";
    wrap(out, value, indent + "  ");
  } else {
    out << ' ' << (key.is_text ? double_quoted(value) : value) << '\n';
  }
}

void write_part(std::ostream& out, const config_part& part) {
  const std::string indent(2 * (level_of(part.path) + 1), ' ');
  out << '\n';
  wrap(out, part.doc, indent + "# ");
  out << indent << name_of(part.path) << ":\n";
}

}  // namespace

std::string to_string(const config_complaint& complaint) {
  auto text = place(complaint.source, complaint.line, complaint.column) + ": ";
  if (complaint.key.empty()) return text + complaint.what;
  text += complaint.key;
  if (!complaint.value.empty()) text += " is " + shown(complaint.value) + ":";
  return text + ' ' + complaint.what;
}

std::string render(const std::vector<config_complaint>& complaints) {
  std::string text;
  for (const auto& complaint : complaints) text += to_string(complaint) + '\n';
  return text;
}

std::string describe(const config& values, const config_origins& origins) {
  std::string text;
  for (const auto& key : config_schema()) {
    text += key.path + " = " + shown(key.get(values)) + "  (";
    const auto origin = origins.find(key.path);
    if (origin == origins.end()) {
      text += "default";
    } else if (origin->second.variable.empty()) {
      text += place(origin->second.source, origin->second.line, origin->second.column);
    } else {
      text += "environment: " + origin->second.variable;
    }
    text += ")\n";
  }
  return text;
}

std::string default_config_file() {
  std::ostringstream out;
  out << "# Settings of the Digital Human Runtime, with their defaults: what you don't change you "
         "may leave\n"
         "# out. A variable of the environment goes before the file: MODEL, AUDIO2FACE_SERVER, and "
         "for every\n"
         "# key DHR_ and its path in capitals, such as DHR_CONVERSATION_MAX_TOKENS or "
         "DHR_DOORS_HTTP_PORT.\n"
         "# Check it with: dhr config check\n"
         "#\n"
         "# As it stands it needs neither a GPU nor a network. With an SGLang server set these "
         "four:\n"
         "#   conversation.engine: sglang                 conversation.model: the model's name "
         "there\n"
         "#   conversation.sglang.base_url: its address   conversation.fallback: embedded or none\n"
         "\n"
         "digital_human:";
  auto part = config_parts().begin();
  for (const auto& key : config_schema()) {
    const auto inside = key.path.substr(0, key.path.rfind('.'));
    while (part != config_parts().end() &&
           (inside == part->path || inside.starts_with(part->path + '.'))) {
      write_part(out, *part++);
    }
    write_key(out, key);
  }
  return out.str();
}

std::vector<std::string> keys_without_effect(const config& values) {
  const config defaults;
  std::vector<std::string> paths;
  for (const auto& key : config_schema()) {
    if (!key.has_effect && key.get(values) != key.get(defaults)) paths.push_back(key.path);
  }
  return paths;
}

}  // namespace dhr
