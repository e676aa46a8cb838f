#include "runtime/node_health.hpp"

#include <algorithm>

namespace dhr {

void node_health::found(health_probe probe, bool good) {
  auto& known = states_.at(static_cast<std::size_t>(probe));
  known.against = good == known.good ? 0 : known.against + 1;
  if (known.against < probes_) return;
  known = {good, 0};
}

bool node_health::is_healthy() const noexcept {
  return std::all_of(states_.begin(), states_.end(), [](const auto& one) { return one.good; });
}

std::string node_health::reasons() const {
  std::string names;
  for (std::size_t i = 0; i < states_.size(); ++i) {
    if (states_.at(i).good) continue;
    if (!names.empty()) names += ", ";
    names += health_probe_names.at(i);
  }
  return names;
}

}  // namespace dhr
