#include "net/http/retry_ids.hpp"

#include <openssl/evp.h>

#include <array>
#include <initializer_list>

#include "runtime/base/assert.hpp"

namespace dhr::http {
namespace {

// 120 bits of SHA-256 over the parts, each with its length before it.
std::string digest(std::initializer_list<std::string_view> parts) {
  std::string all;
  for (const auto part : parts) all.append(std::to_string(part.size())).append(":").append(part);
  std::array<unsigned char, EVP_MAX_MD_SIZE> hash{};
  const int done = EVP_Digest(all.data(), all.size(), hash.data(), nullptr, EVP_sha256(), nullptr);
  DHR_ASSERT(done == 1);
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (std::size_t i = 0; i < 15; ++i) {
    text += digits[hash[i] >> 4];
    text += digits[hash[i] & 15];
  }
  return text;
}

}  // namespace

conversation_id retry_conversation(std::string_view owner, std::string_view key) {
  return {"conv_" + digest({"conversation", owner, key})};
}

std::string retry_item(const conversation_id& conversation, std::string_view key,
                       std::string_view step) {
  return "item_" + digest({"item", conversation.value, key, step});
}

}  // namespace dhr::http
