#include "runtime/file_hash.hpp"

#include <openssl/evp.h>
#include <sys/stat.h>

#include <array>
#include <ctime>
#include <fstream>
#include <memory>

#include "runtime/base/assert.hpp"

namespace dhr {
namespace {

std::string in_hexadecimal(const unsigned char* bytes, unsigned int count) {
  constexpr const char* digits = "0123456789abcdef";
  std::string text;
  for (unsigned int i = 0; i < count; ++i) {
    text += digits[bytes[i] >> 4];
    text += digits[bytes[i] & 15];
  }
  return text;
}

// OpenSSL's; fails only without memory.
class sha256 {
 public:
  sha256() : context_{EVP_MD_CTX_new()} {
    DHR_ASSERT(context_ && EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) == 1);
  }
  void add(std::string_view bytes) {
    DHR_ASSERT(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) == 1);
  }
  std::string end() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    DHR_ASSERT(EVP_DigestFinal_ex(context_.get(), digest.data(), &size) == 1);
    return in_hexadecimal(digest.data(), size);
  }

 private:
  struct free_context {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  };
  const std::unique_ptr<EVP_MD_CTX, free_context> context_;
};

result<void> add_file(sha256& to, const std::filesystem::path& path, std::vector<char>& piece,
                      const std::stop_token& stop) {
  const auto name = path.string();
  std::ifstream stream{path, std::ios::binary};
  if (!stream) return fail(errc::not_found, "there is no readable file " + name, name);
  while (stream) {
    if (stop.stop_requested()) return fail(errc::cancelled, "nobody waits for the hash", name);
    stream.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    to.add({piece.data(), static_cast<std::size_t>(stream.gcount())});
  }
  if (stream.bad()) return fail(errc::failed, name + " cannot be read to its end", name);
  return ok();
}

}  // namespace

std::string hash_of(std::string_view bytes) {
  sha256 hash;
  hash.add(bytes);
  return hash.end();
}

result<std::string> hash_of_files(const std::vector<std::filesystem::path>& paths,
                                  const std::stop_token& stop) {
  sha256 hash;
  std::vector<char> piece(1 << 20);
  for (const auto& path : paths) {
    DHR_TRY(add_file(hash, path, piece, stop));
  }
  return hash.end();
}

result<std::string> hash_of_file(const std::filesystem::path& path) {
  return hash_of_files({path});
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
