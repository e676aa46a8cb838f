#pragma once
// English words that decide where speech may pause. All comparisons ignore the case of ASCII
// letters unless said otherwise.

#include <string_view>

namespace dhr::clause_words {

// "Mr", "e.g", "approx": a full stop after it never ends a sentence.
bool is_abbreviation(std::string_view word);

// "Inc", "etc", "U.S", "B": a full stop after it ends a sentence only before a sentence starter.
bool may_end_sentence(std::string_view word);

// "No", "Fig", "Jan": a full stop before a number is part of it.
bool goes_with_number(std::string_view word);

// "The", "It", "However": a word that begins sentences (capitalised in the text).
bool starts_sentence(std::string_view word);

// "Inc", "Jr": belongs to the name before the comma. With `whole` false the word may go on: true if
// it could still become one.
bool is_name_suffix(std::string_view word, bool whole);

// "and", "because", "with": a speaker may breathe before it.
bool is_connective(std::string_view word);

// "to", "in", "of": a speaker may breathe before it in a long phrase.
bool is_weak_connective(std::string_view word);

// "the", "is", "able", "such": clings to what follows, so nobody breathes after it.
bool binds_to_next(std::string_view word);

// "I", "you": may be the subject of what follows.
bool is_pronoun(std::string_view word);

}  // namespace dhr::clause_words
