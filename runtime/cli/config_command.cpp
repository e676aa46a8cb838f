#include <filesystem>
#include <iostream>

#include "runtime/cli/commands.hpp"

namespace dhr::cli {
namespace {

// The XDG Base Directory Specification's place for what outlives a program.
std::string user_state_dir(const environment& variables) {
  const auto value_of = [&](const char* name) {
    const auto found = variables.find(name);
    return std::filesystem::path{found == variables.end() ? std::string{} : found->second};
  };
  if (const auto state = value_of("XDG_STATE_HOME"); state.is_absolute()) return state / "dhr";
  const auto home = value_of("HOME");
  return home.is_absolute() ? home / ".local" / "state" / "dhr" : "";
}

}  // namespace

std::optional<config> load_or_complain(const surroundings& around) {
  auto loaded = load_config(around.config_file, around.variables);
  if (loaded.complaints.empty()) {
    auto& state_dir = loaded.values.runtime.state_dir;
    if (state_dir.empty()) state_dir = user_state_dir(around.variables);
    return std::move(loaded.values);
  }
  std::cerr << render(loaded.complaints);
  return std::nullopt;
}

int config_check(const surroundings& around) {
  const auto loaded = load_config(around.config_file, around.variables);
  if (!loaded.complaints.empty()) {
    std::cerr << render(loaded.complaints);
    return 2;
  }
  std::cout << describe(loaded.values, loaded.origins);
  for (const auto& key : keys_without_effect(loaded.values)) {
    std::cout << "note: " << key << " is accepted and has no effect in this version\n";
  }
  return 0;
}

}  // namespace dhr::cli
