#include "runtime/cluster/node_address.hpp"

#include <catch2/catch.hpp>

using namespace dhr;

TEST_CASE("an address is a host and a port") {
  using address = std::optional<std::pair<std::string, std::uint16_t>>;
  CHECK(split_address("host.example:9100") == address{{"host.example", 9'100}});
  CHECK(split_address("[::1]:80") == address{{"::1", 80}});
  for (const auto* wrong : {"", "host", "host:", ":80", "host:0", "host:65536", "host:8x"}) {
    CHECK_FALSE(split_address(wrong));
  }
}
