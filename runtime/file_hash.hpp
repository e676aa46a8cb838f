#pragma once
// What a file is, for who wants to know whether it is another one.

#include <filesystem>
#include <string>

#include "runtime/base/result.hpp"

namespace dhr {

// SHA-256 in hexadecimal. Blocks while the file is read; errc::not_found without a readable one.
[[nodiscard]] result<std::string> hash_of_file(const std::filesystem::path& path);

// When it was written, as "2026-01-31T12:00:00Z"; empty without it.
[[nodiscard]] std::string date_of_file(const std::filesystem::path& path);

}  // namespace dhr
