#include "actors/conversation/clause_words.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace dhr::clause_words {
namespace {

constexpr bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

std::string lower(std::string_view word) {
  std::string out{word};
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

template <std::size_t N>
bool contains(const std::array<std::string_view, N>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), lower(word)) != words.end();
}

constexpr auto abbreviations = std::to_array<std::string_view>(
    {"mr",   "mrs",  "ms",  "dr",   "prof", "mt",   "rev",  "gen", "sen", "rep",   "gov",    "capt",
     "lt",   "col",  "sgt", "hon",  "pres", "e.g",  "i.e",  "cf",  "viz", "vs",    "approx", "misc",
     "incl", "excl", "ca",  "resp", "tel",  "univ", "assn", "eg",  "ie",  "messrs"});

constexpr auto soft_abbreviations = std::to_array<std::string_view>(
    {"inc", "corp", "ltd",  "co", "llc",  "plc", "bros", "jr",  "sr",   "etc", "al",
     "esq", "ave",  "blvd", "rd", "ph.d", "yr",  "yrs",  "hr",  "hrs",  "mo",  "mos",
     "bn",  "mn",   "intl", "st", "max",  "min", "avg",  "est", "dept", "ext"});

constexpr auto numbered = std::to_array<std::string_view>(
    {"no",  "nos", "fig", "figs", "p",   "pp",  "vol", "ch",  "sec",  "art", "eq",  "ref",
     "jan", "feb", "mar", "apr",  "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec"});

constexpr auto starters = std::to_array<std::string_view>(
    {"the",    "this",    "that",   "these",  "those",   "it",    "its",     "he",      "she",
     "we",     "they",    "i",      "i'm",    "i've",    "i'd",   "i'll",    "it's",    "that's",
     "you",    "my",      "our",    "your",   "his",     "her",   "their",   "in",      "on",
     "at",     "by",      "for",    "from",   "to",      "with",  "as",      "if",      "when",
     "while",  "where",   "what",   "which",  "who",     "why",   "how",     "but",     "and",
     "or",     "so",      "yet",    "then",   "there",   "here",  "however", "also",    "although",
     "since",  "after",   "before", "during", "because", "both",  "each",    "some",    "many",
     "most",   "more",    "other",  "others", "another", "all",   "any",     "no",      "not",
     "yes",    "well",    "let",    "let's",  "please",  "do",    "does",    "did",     "is",
     "are",    "was",     "were",   "can",    "could",   "would", "should",  "will",    "have",
     "has",    "a",       "an",     "now",    "today",   "first", "second",  "finally", "overall",
     "next",   "such",    "once",   "under",  "over",    "until", "unlike",  "they're", "we're",
     "you're", "there's", "don't",  "thanks", "thank",   "sure",  "okay"});

constexpr auto suffixes = std::to_array<std::string_view>(
    {"inc", "ltd", "llc", "co", "corp", "plc", "jr", "sr", "phd", "md", "esq", "ii", "iii", "iv"});

constexpr auto connectives = std::to_array<std::string_view>(
    {"and",    "or",    "but",      "which",     "who",     "whose",    "that",    "because",
     "so",     "while", "when",     "where",     "whether", "although", "though",  "since",
     "unless", "until", "with",     "without",   "for",     "from",     "through", "before",
     "after",  "if",    "designed", "including", "based",   "then"});

constexpr auto weak_connectives = std::to_array<std::string_view>(
    {"to", "in", "of", "on", "at", "by", "about", "into", "as", "across", "between", "within"});

constexpr auto binding = std::to_array<std::string_view>(
    {"a",      "an",   "the",    "this",     "that",    "these",  "those",  "my",      "your",
     "our",    "his",  "her",    "its",      "their",   "some",   "any",    "no",      "every",
     "each",   "both", "either", "neither",  "of",      "to",     "in",     "on",      "at",
     "by",     "for",  "from",   "with",     "without", "about",  "into",   "between", "as",
     "than",   "is",   "are",    "was",      "were",    "be",     "been",   "being",   "am",
     "i'm",    "it's", "that's", "he's",     "she's",   "we're",  "you're", "they're", "has",
     "have",   "had",  "do",     "does",     "did",     "will",   "would",  "can",     "could",
     "should", "may",  "might",  "must",     "not",     "and",    "or",     "but",     "so",
     "such",   "more", "less",   "most",     "least",   "rather", "other",  "able",    "want",
     "going",  "need", "like",   "used",     "due",     "kind",   "sort",   "type",    "lot",
     "out",    "one",  "part",   "because",  "instead", "number", "very",   "too",     "all",
     "if",     "when", "which",  "who",      "what",    "how",    "where",  "please",  "even",
     "just",   "only", "also",   "according"});

constexpr auto pronouns =
    std::to_array<std::string_view>({"i", "you", "he", "she", "we", "they", "it"});

}  // namespace

bool is_abbreviation(std::string_view word) { return contains(abbreviations, word); }

bool may_end_sentence(std::string_view word) {
  if (word.size() == 1) return word[0] >= 'A' && word[0] <= 'Z';
  if (contains(soft_abbreviations, word)) return true;
  // Dotted letters: U.S, a.m, N.Y
  if (word.size() % 2 == 0) return false;
  for (std::size_t i = 0; i < word.size(); ++i) {
    if (i % 2 == 0 ? !is_letter(word[i]) : word[i] != '.') return false;
  }
  return true;
}

bool goes_with_number(std::string_view word) { return contains(numbered, word); }

bool starts_sentence(std::string_view word) { return contains(starters, word); }

bool is_name_suffix(std::string_view word, bool whole) {
  if (whole) return contains(suffixes, word);
  const std::string start = lower(word);
  return std::any_of(suffixes.begin(), suffixes.end(), [&](std::string_view suffix) {
    return suffix.substr(0, start.size()) == start;
  });
}

bool is_connective(std::string_view word) { return contains(connectives, word); }

bool is_weak_connective(std::string_view word) { return contains(weak_connectives, word); }

bool binds_to_next(std::string_view word) { return contains(binding, word); }

bool is_pronoun(std::string_view word) { return contains(pronouns, word); }

}  // namespace dhr::clause_words
