#pragma once
// What a transcript is worth. Pure; any thread. Texts are UTF-8; English words.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/clock.hpp"

namespace dhr {

// The words in lower case, without punctuation and without what stands in brackets ("[MUSIC]" is
// no word); apostrophes inside a word stay, hyphens part words.
[[nodiscard]] std::vector<std::string> words_of(std::string_view text);

// False for what is empty, or only punctuation, symbols and remarks in brackets.
[[nodiscard]] bool has_words(std::string_view text);

// A listener's sign of attention, which does not ask for the floor: "Uh-huh.", "Yeah, right.",
// "I see". At most three words.
[[nodiscard]] bool is_back_channel(std::string_view text);

// What a recogniser writes for a cough, a sigh or a cleared throat: nothing but single letters and
// vowels, "A.", "Uh.", "Oh!". At most three of them; digits are words.
[[nodiscard]] bool is_throat_sound(std::string_view text);

// Whether the words read as a whole sentence: they end with a mark that ends one, and not with a
// word that clings to a next one ("to", "the", "and", "my", "um").
[[nodiscard]] bool may_be_whole(std::string_view text);

// True for what a recogniser makes up on noise and music: more tokens than anybody speaks in that
// time, or the same few words over and over.
[[nodiscard]] bool is_made_up(std::string_view text, std::size_t token_count, nanoseconds sound);

}  // namespace dhr
