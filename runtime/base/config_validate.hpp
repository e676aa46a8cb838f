#pragma once
// Values that are allowed by themselves but not together. Ranges are in the schema.

#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/config.hpp"

namespace dhr {

struct relation_problem {
  std::vector<std::string> keys;  // all that take part; the complaint is about the first
  std::string what;               // "must be at least twice avatar.chunk_ms (200)"
};

// All that do not fit together; empty if everything does.
std::vector<relation_problem> check_relations(const config& values);

// Whether only this machine can reach what listens on this IP address.
bool is_loopback_address(std::string_view address) noexcept;

}  // namespace dhr
