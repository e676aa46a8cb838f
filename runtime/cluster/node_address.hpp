#pragma once
// Where a node is reached, as it is written in the configuration and in the registry.

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace dhr {

// "host:port", the last colon counts, brackets around the host are dropped; nothing when there is
// no port.
[[nodiscard]] std::optional<std::pair<std::string, std::uint16_t>> split_address(
    const std::string& address);

}  // namespace dhr
