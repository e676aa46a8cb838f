#include "runtime/cluster/node_address.hpp"

#include <charconv>

namespace dhr {

std::optional<std::pair<std::string, std::uint16_t>> split_address(const std::string& address) {
  const auto colon = address.rfind(':');
  if (colon == address.npos || colon == 0) return std::nullopt;
  std::uint16_t port = 0;
  const auto* last = address.data() + address.size();
  const auto [end, code] = std::from_chars(address.data() + colon + 1, last, port);
  if (code != std::errc{} || end != last || port == 0) return std::nullopt;
  auto host = address.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  return std::pair{std::move(host), port};
}

}  // namespace dhr
