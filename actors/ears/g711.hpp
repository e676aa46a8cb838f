#pragma once
// ITU-T G.711 (11/88), tables 1a to 2b: 16-bit linear samples to and from 8-bit logarithmic ones.
// Pure and total; any thread. A decoded code, encoded again, decodes to the same sample; the louder
// sample never has the quieter code.

#include <cstdint>

namespace dhr {

[[nodiscard]] std::uint8_t encode_mu_law(std::int16_t sample) noexcept;
[[nodiscard]] std::int16_t decode_mu_law(std::uint8_t code) noexcept;

[[nodiscard]] std::uint8_t encode_a_law(std::int16_t sample) noexcept;
[[nodiscard]] std::int16_t decode_a_law(std::uint8_t code) noexcept;

}  // namespace dhr
