#pragma once
// The formats in which sound comes in and goes out at the doors. Mono, all of them.

#include <cstdint>

namespace dhr {

enum class audio_encoding : std::uint8_t {
  pcm16,  // int16, little endian
  pcmu,   // ITU-T G.711 mu-law, a byte a sample
  pcma,   // ITU-T G.711 A-law, a byte a sample
  opus,   // Opus packets (RFC 6716), bare: no Ogg around them
};

struct audio_format {
  audio_encoding encoding = audio_encoding::pcm16;
  int sample_rate = 24'000;  // in Hz
  friend bool operator==(const audio_format&, const audio_format&) = default;
};

// pcm16 at 8, 16, 24 and 48 kHz, pcmu and pcma at 8 kHz, opus at 48 kHz.
[[nodiscard]] constexpr bool can_be_heard(const audio_format& format) noexcept {
  const int rate = format.sample_rate;
  switch (format.encoding) {
    case audio_encoding::pcm16:
      return rate == 8'000 || rate == 16'000 || rate == 24'000 || rate == 48'000;
    case audio_encoding::pcmu:
    case audio_encoding::pcma:
      return rate == 8'000;
    case audio_encoding::opus:
      return rate == 48'000;
  }
  return false;
}

// What can be heard, less opus.
[[nodiscard]] constexpr bool can_be_spoken(const audio_format& format) noexcept {
  return format.encoding != audio_encoding::opus && can_be_heard(format);
}

}  // namespace dhr
