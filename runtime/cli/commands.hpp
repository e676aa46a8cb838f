#pragma once
// The program's commands. Each returns the exit status: 0 done, 1 it did not work, 2 a mistake in
// the call or the configuration.

#include <filesystem>
#include <optional>
#include <string>

#include "runtime/base/config_load.hpp"

namespace dhr::cli {

struct surroundings {
  std::filesystem::path config_file;  // empty: defaults and environment only
  std::filesystem::path web_root;     // the page's folder
  environment variables;
};

struct say_options {
  std::string text;
  std::filesystem::path out = "answer";
  bool verbatim = false;  // speak the text itself instead of an answer to it
};

// The configuration, or nothing after every complaint was printed.
[[nodiscard]] std::optional<config> load_or_complain(const surroundings& around);

int serve(const surroundings& around);
int say(const say_options& options, const surroundings& around);
// Asks the server at this address ("http://127.0.0.1:8000").
int status(const std::string& url);
int config_check(const surroundings& around);

}  // namespace dhr::cli
