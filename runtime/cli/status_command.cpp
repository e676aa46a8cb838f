#include <boost/json.hpp>
#include <filesystem>
#include <iostream>
#include <optional>

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

int complain(const std::string& what, int status) {
  std::cerr << "dhr status: " << what << '\n';
  return status;
}

// The configured door, as this machine reaches it.
std::string address_of(const config& settings) {
  const auto& door = settings.doors.http;
  const bool tls_only = settings.doors.tls.mode == settings::tls_mode::required;
  auto host = door.address;
  if (host == "0.0.0.0") host = "127.0.0.1";
  if (host == "::") host = "::1";
  if (host.find(':') != std::string::npos) host = '[' + host + ']';
  const auto port = door.port == 0 ? settings::http_door{}.port : door.port;
  return (tls_only ? "https://" : "http://") + host + ':' + std::to_string(port);
}

// A server of this machine made its certificate itself, unless it was given one.
std::optional<std::filesystem::path> own_certificate(const config& settings) {
  auto file = settings.doors.tls.certificate.empty()
                  ? std::filesystem::path{settings.runtime.state_dir} / "tls" / "certificate.pem"
                  : std::filesystem::path{settings.doors.tls.certificate};
  return std::filesystem::exists(file) ? std::optional{std::move(file)} : std::nullopt;
}

std::string what_to_do(const error& problem) {
  if (problem.code == errc::invalid_argument) return {};
  if (problem.code == errc::failed) return "; name the file to trust with --ca";
  return "; is the server running there? Name another with --url";
}

}  // namespace

int status(const status_options& options, const surroundings& around) {
  http_place place{options.url, options.key, {}};
  if (!options.ca.empty()) place.trusted.push_back(options.ca);
  const bool guesses = options.url.empty();
  if (guesses || (options.ca.empty() && options.url.starts_with("https:"))) {
    const auto settings = load_or_complain(around);
    if (!settings) return 2;
    if (guesses) place.base = address_of(*settings);
    const auto own = own_certificate(*settings);
    if (own && options.ca.empty()) place.trusted.push_back(*own);
  }
  const auto ready = http_get(place, "/health/ready", patience);
  if (!ready) {
    const auto& problem = ready.assume_error();
    return complain(
        "cannot reach " + place.base + " (" + problem.message + ')' + what_to_do(problem),
        problem.code == errc::invalid_argument ? 2 : 1);
  }
  if (ready.assume_value().status == 403) {
    return complain(place.base + " does not answer plain text; ask with --url https://...", 1);
  }
  const bool is_ready = ready.assume_value().status == 200;
  std::cout << place.base << " is " << (is_ready ? "ready" : "not ready") << '\n';
  const auto details = http_get(place, "/v1/status", patience);
  if (details && details.assume_value().status == 200) {
    boost::system::error_code problem;
    const auto json = boost::json::parse(details.assume_value().body, problem);
    if (!problem) print(json, "");
  } else if (details && details.assume_value().status == 401) {
    return complain(options.key.empty()
                        ? "it tells more with a key; name one with --key or DHR_API_KEY"
                        : "it does not know this key",
                    1);
  }
  return is_ready ? 0 : 1;
}

}  // namespace dhr::cli
