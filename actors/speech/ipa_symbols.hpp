#pragma once
// What the symbols of the International Phonetic Alphabet are, as far as timelines need it. Pure.

#include <string>
#include <string_view>

namespace dhr::ipa {

inline constexpr char32_t primary_stress = U'ˈ';
inline constexpr char32_t secondary_stress = U'ˌ';

[[nodiscard]] bool is_vowel(char32_t symbol) noexcept;
[[nodiscard]] bool is_stress(char32_t symbol) noexcept;
// Length marks, syllable marks and other signs that change the sound before them.
[[nodiscard]] bool is_modifier(char32_t symbol) noexcept;
// . , ; : ! ? and what else shapes the melody but has no sound.
[[nodiscard]] bool is_punctuation(char32_t symbol) noexcept;
// Whether two symbols of one word are one phoneme: a diphthong ("aɪ") or an affricate ("tʃ").
[[nodiscard]] bool is_pair(char32_t first, char32_t second) noexcept;

[[nodiscard]] std::u32string decode(std::string_view utf8);

}  // namespace dhr::ipa
