#pragma once
// Which word does each phoneme belong to?
//
// A phonemizer merges words ("of the" -> "ʌvðə") and changes them by their neighbours ("the end" ->
// "ðɪ ˈɛnd"). So the phonemes of the clause are aligned with the pronunciations of its words one by
// one, by dynamic programming: equal symbols cost nothing, a changed vowel little, and a word would
// rather begin where a group begins. Pure; any thread. Time and memory grow with the product of the
// two lengths.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace dhr {

// `groups` are the phonemes of a clause as they came, parted by spaces; `isolated` is the
// pronunciation of each of its words alone (at least one). For each symbol of all groups in order,
// the index of its word: never falling, and each word has a symbol if there are as many sounds as
// words. Stress marks go with the sound behind them, modifiers with the one before.
[[nodiscard]] std::vector<std::int32_t> align_to_words(std::span<const std::u32string> groups,
                                                       std::span<const std::u32string> isolated);

}  // namespace dhr
