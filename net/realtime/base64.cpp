#include "net/realtime/base64.hpp"

#include <array>
#include <cstdint>

namespace dhr::realtime {
namespace {

constexpr std::uint8_t no_digit = 0xff;

constexpr std::array<std::uint8_t, 256> digit_values() {
  constexpr std::string_view digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::array<std::uint8_t, 256> values{};
  for (auto& value : values) value = no_digit;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    values[static_cast<unsigned char>(digits[i])] = static_cast<std::uint8_t>(i);
  }
  return values;
}

constexpr auto values = digit_values();

}  // namespace

std::optional<std::string> decode_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::size_t padding = 0;
  while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') ++padding;
  const auto digits = text.size() - padding;

  std::string bytes;
  bytes.reserve(text.size() / 4 * 3);
  std::uint32_t bits = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    const auto value = values[static_cast<unsigned char>(text[i])];
    if (value == no_digit) return std::nullopt;
    bits = bits << 6 | value;
    if (i % 4 != 3) continue;
    bytes += static_cast<char>(bits >> 16 & 0xff);
    bytes += static_cast<char>(bits >> 8 & 0xff);
    bytes += static_cast<char>(bits & 0xff);
  }
  // The last group: two digits are one byte and four bits that must be 0, three are two and two.
  if (padding == 2) {
    if ((bits & 0xf) != 0) return std::nullopt;
    bytes += static_cast<char>(bits >> 4 & 0xff);
  } else if (padding == 1) {
    if ((bits & 0x3) != 0) return std::nullopt;
    bytes += static_cast<char>(bits >> 10 & 0xff);
    bytes += static_cast<char>(bits >> 2 & 0xff);
  }
  return bytes;
}

}  // namespace dhr::realtime
