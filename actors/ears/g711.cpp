#include "actors/ears/g711.hpp"

#include <algorithm>
#include <bit>

// A code is a sign bit, three bits of segment and four of mantissa; each segment is twice as coarse
// as the one before. Mu-law works on 14-bit samples moved up by 33, so that the segments begin at
// powers of two; A-law on 13-bit ones, its first segment as fine as its second. On the line mu-law
// inverts all bits and A-law every second (0x55); a set sign bit then means positive.

namespace dhr {
namespace {

constexpr unsigned mu_law_bias = 33;
constexpr unsigned mu_law_largest = 8'191;
constexpr std::uint8_t sign_bit = 0x80;
constexpr std::uint8_t a_law_inversion = 0x55;

// The magnitude in one's complement: -1 is the negative side's 0, so that both sides have as many
// samples.
unsigned magnitude(std::int16_t sample) noexcept {
  return static_cast<unsigned>(sample < 0 ? ~sample : sample);
}

}  // namespace

std::uint8_t encode_mu_law(std::int16_t sample) noexcept {
  const auto biased = std::min((magnitude(sample) >> 2) + mu_law_bias, mu_law_largest);
  const auto segment = static_cast<unsigned>(std::bit_width(biased)) - 6;  // 33 to 8191: 0 to 7
  const auto mantissa = (biased >> (segment + 1)) & 0x0F;
  const unsigned sign = sample < 0 ? sign_bit : 0;
  return static_cast<std::uint8_t>(~(sign | segment << 4 | mantissa));
}

std::int16_t decode_mu_law(std::uint8_t code) noexcept {
  const unsigned bits = static_cast<std::uint8_t>(~code);
  const auto segment = bits >> 4 & 0x07;
  const auto mantissa = bits & 0x0F;
  const auto value =
      static_cast<int>((2 * mantissa + mu_law_bias) << segment) - static_cast<int>(mu_law_bias);
  return static_cast<std::int16_t>(4 * ((bits & sign_bit) != 0 ? -value : value));
}

std::uint8_t encode_a_law(std::int16_t sample) noexcept {
  const auto value = magnitude(sample) >> 4;  // without the sign bit and the four lowest
  const auto segment =
      static_cast<unsigned>(std::max(static_cast<int>(std::bit_width(value)) - 4, 0));
  const auto mantissa = (segment > 1 ? value >> (segment - 1) : value) & 0x0F;
  const unsigned sign = sample < 0 ? 0 : sign_bit;
  return static_cast<std::uint8_t>((sign | segment << 4 | mantissa) ^ a_law_inversion);
}

std::int16_t decode_a_law(std::uint8_t code) noexcept {
  const unsigned bits = code ^ a_law_inversion;
  const auto segment = bits >> 4 & 0x07;
  const auto mantissa = bits & 0x0F;
  const auto value =
      static_cast<int>(segment == 0 ? 2 * mantissa + 1 : (2 * mantissa + 33) << (segment - 1));
  return static_cast<std::int16_t>(8 * ((bits & sign_bit) != 0 ? value : -value));
}

}  // namespace dhr
