#include "actors/avatar/expression_shelf.hpp"

#include <fstream>
#include <string>

#include "actors/avatar/expression_reader.hpp"

namespace dhr {
namespace {

using library_pointer = std::shared_ptr<const expression_library>;

constexpr std::size_t file_bytes_max = 262'144;

result<library_pointer> read_library(const std::filesystem::path& file) {
  // The shipped library lives as long as the process.
  if (file.empty()) return library_pointer{library_pointer{}, &shipped_expressions()};
  const auto name = file.string();
  std::error_code ignored;
  std::ifstream stream{file, std::ios::binary};
  if (!stream || std::filesystem::is_directory(file, ignored)) {
    return fail(errc::not_found, name + ": there is no such file, or it may not be read", name);
  }
  std::string text(file_bytes_max + 1, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(stream.gcount()));
  if (text.size() > file_bytes_max) {
    return fail(errc::invalid_argument, name + ": is larger than 256 KiB", name);
  }
  DHR_TRY(auto set, read_expressions(text, name, shipped_expressions().set()));
  return std::make_shared<const expression_library>(std::move(set));
}

}  // namespace

result<std::shared_ptr<expression_shelf>> expression_shelf::open(std::filesystem::path file) {
  DHR_TRY(auto library, read_library(file));
  return std::shared_ptr<expression_shelf>{
      new expression_shelf{std::move(file), std::move(library)}};
}

result<void> expression_shelf::reload() {
  DHR_TRY(auto library, read_library(file_));
  library_.store(std::move(library));
  return ok();
}

}  // namespace dhr
