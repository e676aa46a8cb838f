#pragma once
// An HTTP request and its answer as plain values: what the router and its tests see of HTTP.

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "net/realtime/event_problem.hpp"

namespace dhr::http {

struct request {
  std::string method;  // "GET"
  std::string target;  // as it was sent, with the query
  std::string content_type;
  std::string if_none_match;
  std::string body;
  std::string idempotency_key;  // the header's value as it is; empty: none
};

struct reply {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  std::filesystem::path file;  // if set, its content is the body
  std::vector<std::pair<std::string, std::string>> headers;
};

// {"error": {"message", "type", "param", "code"}}
[[nodiscard]] reply error_reply(int status, const realtime::event_problem& problem);
[[nodiscard]] reply error_reply(int status, std::string code, std::string message,
                                std::string param = {});

// The status of an error of the inside, with Retry-After where it tells when.
[[nodiscard]] reply error_reply(const error& reason, std::string param = {});

}  // namespace dhr::http
