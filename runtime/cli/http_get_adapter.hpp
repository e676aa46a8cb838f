#pragma once
// One blocking GET, for the commands that ask a running server.

#include <filesystem>
#include <string>
#include <vector>

#include "runtime/base/clock.hpp"
#include "runtime/base/result.hpp"

namespace dhr::cli {

struct http_place {
  std::string base;                            // "http://host:port" or "https://host:port"
  std::string key;                             // goes along as a bearer token; empty: none
  std::vector<std::filesystem::path> trusted;  // certificates (PEM), besides the system's
};

struct http_answer {
  int status = 0;
  std::string body;
};

// `target` is the path. errc::invalid_argument for an address that is none or a certificate that
// cannot be read, errc::unavailable when nobody answers there within `timeout`, errc::failed when
// the server's certificate is not to be trusted.
[[nodiscard]] result<http_answer> http_get(const http_place& place, const std::string& target,
                                           milliseconds timeout);

}  // namespace dhr::cli
