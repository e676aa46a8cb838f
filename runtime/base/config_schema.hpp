#pragma once
// The one description of every key. Loading, overrides from the environment, checks, the listing
// of `dhr config check` and config/digital_human.yml itself all come from it.
//
// To add a key: its member in settings_*.hpp and its line in config_schema_*.cpp; then write
// default_config_file() to config/digital_human.yml (a test says when they differ).

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/config.hpp"

namespace dhr {

enum class config_fault : std::uint8_t {
  unreadable,     // there is no such file, or it cannot be read
  syntax,         // not YAML
  unknown_key,    // no such key, in the file or the environment
  duplicate_key,  // the key stands twice in the file
  wrong_type,     // text for a number, a list for text, ...
  out_of_range,   // of the right type, but not an allowed value
  relation,       // allowed by itself, but not together with another key's value
};

// Why a value cannot be taken; `text` goes on after the value: "must be ...".
struct value_problem {
  config_fault fault;
  std::string text;
};

// A value as a person wrote it. Quotes make it text in YAML; the environment knows none.
struct written_value {
  std::string text;
  bool quoted = false;
};

struct config_key {
  std::string path;   // "conversation.max_tokens"
  std::string unit;   // "tokens", "ms"; empty: a name, or a number without one
  std::string range;  // in words
  std::string doc;    // for a person, whole sentences
  bool is_secret = false;
  bool has_effect = true;  // false: accepted and checked, but nothing uses it yet
  bool is_text = false;    // YAML wants quotes around the default

  // The value as it would be written; a secret's is "(set)" or "(not set)".
  std::function<std::string(const config&)> get;
  // Takes the value if it may be one.
  std::function<std::optional<value_problem>(config&, const written_value&)> set;

  // The same key, for the schema: nothing uses it yet.
  [[nodiscard]] config_key without_effect() && {
    has_effect = false;
    return std::move(*this);
  }
};

// A level of the file that holds keys: "conversation", "conversation.sglang".
struct config_part {
  std::string path;
  std::string doc;
};

// In the order of the file. Constant after the first call; thread-safe.
const std::vector<config_key>& config_schema();
const std::vector<config_part>& config_parts();

// nullptr if there is no such key.
const config_key* find_config_key(std::string_view path);

// The variable that overrides a key: "DHR_CONVERSATION_MAX_TOKENS".
std::string environment_name(std::string_view path);

// A variable with a name of its own that sets a key; the DHR_ variable of the key goes before it.
struct environment_alias {
  std::string_view variable;
  std::string_view path;
};
const std::vector<environment_alias>& environment_aliases();

// The text of config/digital_human.yml: every key with its documentation and default.
std::string default_config_file();

// The keys that differ from their defaults and that nothing uses yet, for one line in the log.
std::vector<std::string> keys_without_effect(const config& values);

}  // namespace dhr
