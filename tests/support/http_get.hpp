#pragma once
// One blocking GET on loopback, for tests and benchmarks.

#include <cstdint>
#include <string>

namespace dhr::testing {

struct http_answer {
  int status = 0;  // 0: nobody answered
  std::string body;
};

[[nodiscard]] http_answer http_get(std::uint16_t port, const std::string& target);

}  // namespace dhr::testing
