#pragma once
// Sound as a RIFF WAVE file.

#include <cstdint>
#include <span>
#include <string>

namespace dhr {

// A whole file: 44 bytes of header (PCM, 16 bits, mono), then the samples. At most 2^31 bytes.
[[nodiscard]] std::string wav_file(std::span<const std::int16_t> samples,
                                   std::uint32_t sample_rate);

}  // namespace dhr
