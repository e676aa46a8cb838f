#include "actors/avatar/visemes.hpp"

#include <algorithm>
#include <array>

namespace dhr {
namespace {

struct entry {
  std::string_view ipa;
  viseme_shape shape;
};

constexpr entry one(std::string_view ipa, viseme v, std::uint8_t azure) {
  return {ipa, {v, v, azure}};
}
constexpr entry glide(std::string_view ipa, viseme from, viseme to, std::uint8_t azure) {
  return {ipa, {from, to, azure}};
}

// Azure ids: the table "Viseme ID" of the Azure speech set. Longer symbols come first, since a
// symbol that is not in the table is taken for the first entry that it begins with.
constexpr std::array table{
    glide("aɪɚ", viseme::aa, viseme::RR, 11),
    glide("aʊɚ", viseme::aa, viseme::RR, 9),
    glide("aɪə", viseme::aa, viseme::E, 11),
    glide("eɪ", viseme::E, viseme::I, 4),
    glide("aɪ", viseme::aa, viseme::I, 11),
    glide("ɔɪ", viseme::O, viseme::I, 10),
    glide("aʊ", viseme::aa, viseme::U, 9),
    glide("oʊ", viseme::O, viseme::U, 8),
    glide("əʊ", viseme::O, viseme::U, 8),
    glide("ɪɹ", viseme::I, viseme::RR, 6),
    glide("ɛɹ", viseme::E, viseme::RR, 4),
    glide("ʊɹ", viseme::U, viseme::RR, 4),
    glide("ɔɹ", viseme::O, viseme::RR, 3),
    glide("ɑɹ", viseme::aa, viseme::RR, 2),
    glide("ɪə", viseme::I, viseme::E, 6),
    glide("eə", viseme::E, viseme::RR, 4),
    glide("ʊə", viseme::U, viseme::E, 4),
    one("tʃ", viseme::CH, 16),
    one("dʒ", viseme::CH, 16),
    one("", viseme::sil, 0),
    one("æ", viseme::aa, 1),
    one("ʌ", viseme::aa, 1),
    one("ə", viseme::E, 1),
    one("ɐ", viseme::aa, 1),
    one("a", viseme::aa, 2),
    one("ɑ", viseme::aa, 2),
    one("ɒ", viseme::O, 2),
    one("ɔ", viseme::O, 3),
    one("ɛ", viseme::E, 4),
    one("e", viseme::E, 4),
    one("ʊ", viseme::U, 4),
    one("ɝ", viseme::RR, 5),
    one("ɚ", viseme::RR, 5),
    one("ɜ", viseme::RR, 5),
    one("i", viseme::I, 6),
    one("ɪ", viseme::I, 6),
    one("ᵻ", viseme::I, 6),
    one("ɨ", viseme::I, 6),
    one("j", viseme::I, 6),
    one("u", viseme::U, 7),
    one("w", viseme::U, 7),
    one("ʍ", viseme::U, 7),
    one("ʉ", viseme::U, 7),
    one("o", viseme::O, 8),
    one("h", viseme::kk, 12),
    one("ɦ", viseme::kk, 12),
    one("ɹ", viseme::RR, 13),
    one("r", viseme::RR, 13),
    one("ɻ", viseme::RR, 13),
    one("l", viseme::DD, 14),
    one("ɫ", viseme::DD, 14),
    one("s", viseme::SS, 15),
    one("z", viseme::SS, 15),
    one("ʃ", viseme::CH, 16),
    one("ʒ", viseme::CH, 16),
    one("ð", viseme::TH, 17),
    one("θ", viseme::TH, 19),
    one("f", viseme::FF, 18),
    one("v", viseme::FF, 18),
    one("ɱ", viseme::FF, 18),
    one("d", viseme::DD, 19),
    one("t", viseme::DD, 19),
    one("ɾ", viseme::DD, 19),
    one("n", viseme::nn, 19),
    one("ɲ", viseme::nn, 19),
    one("k", viseme::kk, 20),
    one("ɡ", viseme::kk, 20),
    one("g", viseme::kk, 20),
    one("ŋ", viseme::kk, 20),
    one("x", viseme::kk, 20),
    one("ʔ", viseme::kk, 20),
    one("p", viseme::PP, 21),
    one("b", viseme::PP, 21),
    one("m", viseme::PP, 21),
    // Of other languages, as names and foreign words bring them: the nearest of the above.
    one("y", viseme::U, 7),
    one("ø", viseme::O, 8),
    one("œ", viseme::O, 8),
    one("ɤ", viseme::E, 4),
    one("ɯ", viseme::I, 6),
    one("ɵ", viseme::O, 8),
    one("ʋ", viseme::FF, 18),
    one("β", viseme::FF, 18),
    one("ɸ", viseme::FF, 18),
    one("ʎ", viseme::DD, 14),
    one("ɬ", viseme::DD, 14),
    one("ɕ", viseme::CH, 16),
    one("ʑ", viseme::CH, 16),
    one("ʂ", viseme::CH, 16),
    one("ʐ", viseme::CH, 16),
    one("ʁ", viseme::kk, 20),
    one("ç", viseme::kk, 20),
    one("c", viseme::kk, 20),
    one("q", viseme::kk, 20),
    one("ɣ", viseme::kk, 20),
};

// Stress, length and ties; all of them are two bytes of UTF-8.
constexpr std::string_view marks[]{"ˈ", "ˌ", "ː", "ˑ", "\u0361", "\u035c"};

// A phoneme without its marks; only so much of it is kept as any entry needs.
struct bare_symbol {
  std::array<char, 16> text{};
  std::size_t size = 0;

  explicit bare_symbol(std::string_view ipa) noexcept {
    while (!ipa.empty() && size < text.size()) {
      const bool mark = std::any_of(std::begin(marks), std::end(marks),
                                    [&](std::string_view m) { return ipa.starts_with(m); });
      if (!mark) text[size++] = ipa.front();
      ipa.remove_prefix(mark ? 2 : 1);
    }
  }
  [[nodiscard]] std::string_view view() const noexcept { return {text.data(), size}; }
};

}  // namespace

viseme_shape viseme_of(std::string_view ipa) noexcept {
  const bare_symbol bare{ipa};
  const auto symbol = bare.view();
  const auto exact =
      std::find_if(table.begin(), table.end(), [&](const entry& e) { return e.ipa == symbol; });
  if (exact != table.end()) return exact->shape;
  const auto begun = std::find_if(table.begin(), table.end(), [&](const entry& e) {
    return !e.ipa.empty() && symbol.starts_with(e.ipa);
  });
  return begun != table.end() ? begun->shape : viseme_shape{viseme::E, viseme::E, 1};
}

}  // namespace dhr
