#include <boost/json.hpp>
#include <iostream>

#include "runtime/cli/commands.hpp"
#include "runtime/cli/http_get_adapter.hpp"

namespace dhr::cli {
namespace {

constexpr milliseconds patience{5'000};

std::string text_of(const boost::json::value& value) {
  return value.is_string() ? std::string{value.as_string()} : boost::json::serialize(value);
}

// One line a member, nested objects with their path.
void print(const boost::json::value& value, const std::string& path) {
  if (const auto* object = value.if_object()) {
    for (const auto& [name, member] : *object) {
      print(member, path.empty() ? std::string{name} : path + "." + std::string{name});
    }
  } else if (const auto* array = value.if_array()) {
    for (const auto& member : *array) print(member, path);
  } else {
    std::cout << path << ": " << text_of(value) << '\n';
  }
}

}  // namespace

int status(const std::string& url) {
  const auto ready = http_get(url, "/health/ready", patience);
  if (!ready) {
    std::cerr << "dhr status: cannot reach " << url << " (" << ready.assume_error().message
              << "); is the server running there? Name another with --url\n";
    return ready.assume_error().code == errc::invalid_argument ? 2 : 1;
  }
  const bool is_ready = ready.assume_value().status == 200;
  std::cout << url << " is " << (is_ready ? "ready" : "not ready") << '\n';
  const auto details = http_get(url, "/v1/status", patience);
  if (details && details.assume_value().status == 200) {
    boost::system::error_code problem;
    const auto json = boost::json::parse(details.assume_value().body, problem);
    if (!problem) print(json, "");
  }
  return is_ready ? 0 : 1;
}

}  // namespace dhr::cli
