#pragma once
// Defaults, then the file, then the environment; all complaints at once.
//
//   auto loaded = dhr::load_config(file, environment);       // main reads both names
//   if (!loaded.complaints.empty()) { print(render(loaded.complaints)); return 2; }
//   run(loaded.values);
//
// No function here throws, reads the environment or writes anything.

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/config.hpp"
#include "runtime/base/config_schema.hpp"

namespace dhr {

// Variables by name: all of the process's, or a test's few.
using environment = std::map<std::string, std::string>;

// One thing that is wrong. Never holds the value of a secret or of an unknown key.
struct config_complaint {
  config_fault fault = config_fault::syntax;
  std::string source;  // the file as it was named, "environment" (a relation adds the variable)
  int line = 0;        // from 1; 0: the whole file, or the environment
  int column = 0;      // from 1
  std::string key;     // "conversation.max_tokens", or the variable's name
  std::string value;   // as written; empty if that says nothing
  std::string what;    // "must be 1 to 4096"
};

// "config/digital_human.yml:12:17: conversation.max_tokens is 0: must be 1 to 4096"
std::string to_string(const config_complaint& complaint);
// One line each.
std::string render(const std::vector<config_complaint>& complaints);

// Who set a key. A key that nobody set has no origin: it has its default.
struct config_origin {
  std::string source;  // the file, or "environment"
  int line = 0;
  int column = 0;
  std::string variable;  // in the environment
};
using config_origins = std::map<std::string, config_origin, std::less<>>;

struct loaded_config {
  config values;  // to be used only without complaints
  config_origins origins;
  std::vector<config_complaint> complaints;  // of the file, of variables, of relations
};

// An empty `file` means that there is none: defaults and environment only.
loaded_config load_config(const std::filesystem::path& file, const environment& variables);

// The same from text; `name` stands for the file in complaints.
loaded_config parse_config(std::string_view yaml, const std::string& name,
                           const environment& variables);

// Every key with its effective value and origin, a line each, in the order of the file; secrets are
// not shown.
std::string describe(const config& values, const config_origins& origins = {});

}  // namespace dhr
