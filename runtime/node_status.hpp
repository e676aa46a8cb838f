#pragma once
// What a node tells of itself to who asks GET /v1/status. Pure.

#include <cstddef>
#include <string>
#include <vector>

#include "gpu/model_registry.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/host.hpp"

namespace dhr {

struct node_status {
  std::string version;
  nanoseconds uptime{0};
  std::size_t connections = 0;
  int sessions_max = 0;
  std::vector<part_health> parts;
  std::vector<model_entry> models;
};

// As JSON.
[[nodiscard]] std::string status_json(const node_status& status);

}  // namespace dhr
