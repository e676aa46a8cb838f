#pragma once
// What a file is, for who wants to know whether it is another one.

#include <filesystem>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/result.hpp"

namespace dhr {

// SHA-256 in hexadecimal.
[[nodiscard]] std::string hash_of(std::string_view bytes);

// The same of the bytes of these files, one after another (`cat FILES | sha256sum`), read piece by
// piece. Blocks; errc::not_found without a readable one, errc::cancelled once `stop` is requested.
[[nodiscard]] result<std::string> hash_of_files(const std::vector<std::filesystem::path>& paths,
                                                const std::stop_token& stop = {});
[[nodiscard]] result<std::string> hash_of_file(const std::filesystem::path& path);

// When it was written, as "2026-01-31T12:00:00Z"; empty without it.
[[nodiscard]] std::string date_of_file(const std::filesystem::path& path);

}  // namespace dhr
