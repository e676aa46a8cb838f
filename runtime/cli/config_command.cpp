#include <iostream>

#include "runtime/cli/commands.hpp"

namespace dhr::cli {

std::optional<config> load_or_complain(const surroundings& around) {
  auto loaded = load_config(around.config_file, around.variables);
  if (loaded.complaints.empty()) return std::move(loaded.values);
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
