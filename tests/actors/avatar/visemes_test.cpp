#include "actors/avatar/visemes.hpp"

#include <catch2/catch.hpp>

#include "tests/actors/avatar/timelines.hpp"

using namespace dhr;

TEST_CASE("phonemes have the Azure ids of the speech set") {
  const std::pair<const char*, int> rows[]{
      {"", 0},   {"æ", 1},  {"ə", 1},  {"ʌ", 1},  {"ɑ", 2},   {"ɔ", 3},   {"ɛ", 4},
      {"ʊ", 4},  {"ɝ", 5},  {"ɚ", 5},  {"i", 6},  {"ɪ", 6},   {"j", 6},   {"w", 7},
      {"u", 7},  {"o", 8},  {"oʊ", 8}, {"aʊ", 9}, {"ɔɪ", 10}, {"aɪ", 11}, {"h", 12},
      {"ɹ", 13}, {"l", 14}, {"s", 15}, {"z", 15}, {"ʃ", 16},  {"tʃ", 16}, {"dʒ", 16},
      {"ʒ", 16}, {"ð", 17}, {"f", 18}, {"v", 18}, {"d", 19},  {"t", 19},  {"n", 19},
      {"θ", 19}, {"k", 20}, {"ɡ", 20}, {"ŋ", 20}, {"p", 21},  {"b", 21},  {"m", 21}};
  for (const auto& [ipa, id] : rows) {
    INFO(ipa);
    CHECK(int(viseme_of(ipa).azure_id) == id);
  }
}

TEST_CASE("lip closures and teeth contacts are never mistaken") {
  for (const auto* ipa : {"p", "b", "m"}) CHECK(viseme_of(ipa).first == viseme::PP);
  for (const auto* ipa : {"f", "v", "ɱ"}) CHECK(viseme_of(ipa).first == viseme::FF);
}

TEST_CASE("a diphthong glides and a plain vowel does not") {
  CHECK(viseme_of("aɪ") == viseme_shape{viseme::aa, viseme::I, 11});
  CHECK(viseme_of("oʊ").second == viseme::U);
  CHECK_FALSE(viseme_of("ɛ").is_glide());
}

TEST_CASE("every phoneme of American English has a viseme of its own class") {
  for (const auto& sound : testing::sounds) {
    INFO(sound);
    const auto shape = viseme_of(sound);
    CHECK(shape.azure_id <= 21);
    CHECK((shape.first == viseme::sil) == sound.empty());
    // Only the schwa itself may look like what an unknown symbol is taken for.
    if (sound != "ə") CHECK_FALSE(shape == viseme_of("☃"));
  }
}

TEST_CASE("marks of stress, length and ties are passed over") {
  CHECK(viseme_of("ˈɑː") == viseme_of("ɑ"));
  CHECK(viseme_of("t͡ʃ") == viseme_of("tʃ"));
  CHECK(viseme_of("ˌɔːɹ") == viseme_of("ɔɹ"));
}

TEST_CASE("an unknown symbol is taken for what it begins with, else for a schwa") {
  CHECK(viseme_of("pʰ").first == viseme::PP);
  CHECK(viseme_of("☃") == viseme_of("ə"));
  CHECK(viseme_of(std::string(1'000, 'x')).first == viseme::kk);
}
