#pragma once
// Which mouth shape a phoneme has: the fifteen visemes of the Oculus set, which the lips are shaped
// by, and the 22 ids of the Azure speech set, which clients are sent.

#include <cstdint>
#include <string_view>

namespace dhr {

enum class viseme : std::uint8_t { sil, PP, FF, TH, DD, kk, CH, SS, nn, RR, aa, E, I, O, U };
inline constexpr std::size_t viseme_count = 15;

struct viseme_shape {
  viseme first = viseme::sil;
  viseme second = viseme::sil;  // where a diphthong glides to; equal to `first` otherwise
  std::uint8_t azure_id = 0;

  [[nodiscard]] bool is_glide() const noexcept { return first != second; }
  friend bool operator==(const viseme_shape&, const viseme_shape&) = default;
};

// `ipa` is one phoneme of English as espeak-ng or flite name it ("p", "tʃ", "aɪ"); "" is silence.
// Marks of stress, length and ties are passed over. An unknown symbol is taken for its first known
// part, else for a schwa: a mouth that moves a little is better than one that stops.
[[nodiscard]] viseme_shape viseme_of(std::string_view ipa) noexcept;

[[nodiscard]] constexpr bool is_vowel(viseme v) noexcept { return v >= viseme::aa; }

}  // namespace dhr
