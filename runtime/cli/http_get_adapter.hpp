#pragma once
// One blocking GET, for the commands that ask a running server.

#include <string>

#include "runtime/base/clock.hpp"
#include "runtime/base/result.hpp"

namespace dhr::cli {

struct http_answer {
  int status = 0;
  std::string body;
};

// `base` is "http://host:port", `target` the path. errc::invalid_argument for an address that is
// none, errc::unavailable when nobody answers there within `timeout`.
[[nodiscard]] result<http_answer> http_get(const std::string& base, const std::string& target,
                                           milliseconds timeout);

}  // namespace dhr::cli
