#include "runtime/base/ids.hpp"

#include <algorithm>
#include <random>

namespace dhr {

std::uint64_t random_number() {
  thread_local std::random_device entropy;
  const std::uint64_t upper = entropy();
  return upper << 32 | entropy();
}

std::string make_random_id(std::string_view prefix) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string id{prefix};
  auto bits = random_number();
  for (int i = 0; i < 16; ++i, bits >>= 4) id += digits[bits & 0xf];
  return id;
}

conversation_id make_conversation_id() { return {make_random_id("conv_")}; }

bool is_valid_id(std::string_view text) noexcept {
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
  });
}

std::string to_string(const turn_id& turn) {
  return turn.conversation.value + '/' + std::to_string(turn.epoch.value) + '/' +
         std::to_string(turn.number);
}

}  // namespace dhr
