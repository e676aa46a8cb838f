#include "actors/speech/ipa_symbols.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "actors/speech/written_tokens.hpp"

namespace dhr::ipa {
namespace {

constexpr std::u32string_view vowels = U"aeiouyæɐɑɒɔəɘɚɛɜɝɞɤɨɪɯɵɶʉʊʌøœᵻ";
constexpr std::u32string_view modifiers = U"ːˑʰʲʷˠˤ˞";
constexpr std::u32string_view punctuation = U".,;:!?\"'()-";
constexpr std::array<std::pair<char32_t, char32_t>, 7> pairs = {{{U'a', U'ɪ'},
                                                                 {U'a', U'ʊ'},
                                                                 {U'e', U'ɪ'},
                                                                 {U'o', U'ʊ'},
                                                                 {U'ɔ', U'ɪ'},
                                                                 {U't', U'ʃ'},
                                                                 {U'd', U'ʒ'}}};

}  // namespace

bool is_vowel(char32_t symbol) noexcept { return vowels.find(symbol) != vowels.npos; }

bool is_stress(char32_t symbol) noexcept {
  return symbol == primary_stress || symbol == secondary_stress;
}

bool is_modifier(char32_t symbol) noexcept {
  return (symbol >= 0x300 && symbol <= 0x36F) || modifiers.find(symbol) != modifiers.npos;
}

bool is_punctuation(char32_t symbol) noexcept {
  return punctuation.find(symbol) != punctuation.npos;
}

bool is_pair(char32_t first, char32_t second) noexcept {
  return std::find(pairs.begin(), pairs.end(), std::pair{first, second}) != pairs.end();
}

std::u32string decode(std::string_view utf8) {
  std::u32string symbols;
  for (std::size_t i = 0; i < utf8.size();) symbols += reading::next_code_point(utf8, i);
  return symbols;
}

}  // namespace dhr::ipa
