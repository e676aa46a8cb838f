#include "runtime/file_hash.hpp"

#include <openssl/evp.h>
#include <sys/stat.h>

#include <array>
#include <ctime>
#include <fstream>
#include <memory>
#include <vector>

namespace dhr {
namespace {

struct free_context {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

std::string in_hexadecimal(const unsigned char* bytes, unsigned int count) {
  constexpr const char* digits = "0123456789abcdef";
  std::string text;
  for (unsigned int i = 0; i < count; ++i) {
    text += digits[bytes[i] >> 4];
    text += digits[bytes[i] & 15];
  }
  return text;
}

}  // namespace

result<std::string> hash_of_file(const std::filesystem::path& path) {
  const auto name = path.string();
  std::ifstream stream{path, std::ios::binary};
  if (!stream) return fail(errc::not_found, "there is no readable file " + name, name);
  const std::unique_ptr<EVP_MD_CTX, free_context> context{EVP_MD_CTX_new()};
  bool is_well = context && EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) == 1;
  std::vector<char> piece(1 << 20);
  while (is_well && stream) {
    stream.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    const auto count = static_cast<std::size_t>(stream.gcount());
    is_well = EVP_DigestUpdate(context.get(), piece.data(), count) == 1;
  }
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  if (!is_well || stream.bad() || EVP_DigestFinal_ex(context.get(), digest.data(), &size) != 1) {
    return fail(errc::failed, name + " cannot be read to its end", name);
  }
  return in_hexadecimal(digest.data(), size);
}

std::string date_of_file(const std::filesystem::path& path) {
  struct stat facts {};
  std::tm date{};
  if (stat(path.c_str(), &facts) != 0 || gmtime_r(&facts.st_mtime, &date) == nullptr) return {};
  std::array<char, 32> text{};
  const auto size = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &date);
  return {text.data(), size};
}

}  // namespace dhr
