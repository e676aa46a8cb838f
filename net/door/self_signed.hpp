#pragma once
// A certificate that the server makes for itself, so that wss: works without anybody's help.

#include <filesystem>
#include <string>
#include <vector>

#include "runtime/base/clock.hpp"
#include "runtime/base/result.hpp"

namespace dhr::door {

struct certificate_files {
  std::string certificate;  // PEM
  std::string key;          // PEM
};

// P-256, valid from a day before `now` for 825 days, which is as long as browsers take one, for
// localhost, 127.0.0.1, ::1 and `names` (host names and IP addresses). Clients can be told to trust
// this very file; it is no authority, so that it can vouch for nothing else.
[[nodiscard]] result<certificate_files> make_self_signed(const std::vector<std::string>& names,
                                                         wall_time now);

// Whether the certificate holds for another 30 days at least and for all these names, and fits the
// key.
[[nodiscard]] bool is_usable(const certificate_files& files, const std::vector<std::string>& names,
                             wall_time now);

// The pair of `folder` (certificate.pem, key.pem), made anew when it is missing or not usable. Each
// is written whole or not at all, the key for its owner alone (mode 0600). An empty `folder`: made
// and not kept. errc::unavailable if the folder can't be written.
[[nodiscard]] result<certificate_files> keep_self_signed(const std::filesystem::path& folder,
                                                         const std::vector<std::string>& names,
                                                         wall_time now);

}  // namespace dhr::door
