#include "gpu/nets/word_pieces.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <array>

#include "gpu/nets/weights_file.hpp"
#include "runtime/base/assert.hpp"

namespace dhr {
namespace {

constexpr std::size_t word_characters_max = 100;  // a longer word is unknown as a whole

using code_points = std::u32string;

code_points decoded(std::string_view text) {
  code_points made;
  made.reserve(text.size());
  const auto* at = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  auto left = static_cast<utf8proc_ssize_t>(text.size());
  while (left > 0) {
    utf8proc_int32_t found = 0;
    const auto length = utf8proc_iterate(at, left, &found);
    if (length > 0) made.push_back(static_cast<char32_t>(found));
    const auto taken = std::max<utf8proc_ssize_t>(length, 1);
    at += taken;
    left -= taken;
  }
  return made;
}

utf8proc_category_t category(char32_t of) {
  return utf8proc_category(static_cast<utf8proc_int32_t>(of));
}

bool is_space(char32_t it) {
  if (it == '\t' || it == '\n' || it == '\r' || it == ' ') return true;
  const auto kind = category(it);
  return kind == UTF8PROC_CATEGORY_ZS || kind == UTF8PROC_CATEGORY_ZL ||
         kind == UTF8PROC_CATEGORY_ZP;
}

// Control, format and private characters, and the mark of a decoding error.
bool is_dropped(char32_t it) {
  if (it == '\t' || it == '\n' || it == '\r') return false;
  if (it == 0xFFFD) return true;
  const auto kind = category(it);
  return kind == UTF8PROC_CATEGORY_CC || kind == UTF8PROC_CATEGORY_CF ||
         kind == UTF8PROC_CATEGORY_CO;
}

// BERT counts all of ASCII's symbols as punctuation, beyond ASCII only what Unicode does.
bool is_punctuation(char32_t it) {
  if (it < 0x80) {
    return (it >= '!' && it <= '/') || (it >= ':' && it <= '@') || (it >= '[' && it <= '`') ||
           (it >= '{' && it <= '~');
  }
  const auto kind = category(it);
  return kind >= UTF8PROC_CATEGORY_PC && kind <= UTF8PROC_CATEGORY_PO;
}

// The blocks of Chinese characters, each of which is a word of its own; Japanese and Korean
// syllables are not among them.
bool is_chinese(char32_t it) {
  return (it >= 0x4E00 && it <= 0x9FFF) || (it >= 0x3400 && it <= 0x4DBF) ||
         (it >= 0x20000 && it <= 0x2A6DF) || (it >= 0x2A700 && it <= 0x2B73F) ||
         (it >= 0x2B740 && it <= 0x2B81F) || (it >= 0x2B920 && it <= 0x2CEAF) ||
         (it >= 0xF900 && it <= 0xFAFF) || (it >= 0x2F800 && it <= 0x2FA1F);
}

code_points cleaned(const code_points& text) {
  code_points made;
  made.reserve(text.size());
  for (const auto it : text) {
    if (is_dropped(it)) continue;
    if (is_chinese(it)) {
      made.append({U' ', it, U' '});
    } else {
      made.push_back(is_space(it) ? U' ' : it);
    }
  }
  return made;
}

// Letters and their accents apart (NFD). The accents' order does not matter: they are left out.
code_points decomposed(const code_points& text) {
  code_points made;
  made.reserve(text.size());
  for (const auto it : text) {
    std::array<utf8proc_int32_t, 8> parts{};  // no character has more than four
    int boundary_class = 0;
    const auto count = utf8proc_decompose_char(static_cast<utf8proc_int32_t>(it), parts.data(),
                                               parts.size(), UTF8PROC_DECOMPOSE, &boundary_class);
    made.append(parts.begin(), parts.begin() + count);
  }
  return made;
}

void append_utf8(std::string& to, char32_t it) {
  utf8proc_uint8_t bytes[4];
  const auto count = utf8proc_encode_char(static_cast<utf8proc_int32_t>(it), bytes);
  to.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(count));
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  bool is_inside = false;
  const auto add = [&](char32_t it) {
    if (!is_inside) words.emplace_back();
    append_utf8(words.back(), it);
    is_inside = true;
  };
  for (const auto it : decomposed(cleaned(decoded(text)))) {
    if (category(it) == UTF8PROC_CATEGORY_MN) continue;
    const auto lower = static_cast<char32_t>(utf8proc_tolower(static_cast<utf8proc_int32_t>(it)));
    if (is_space(lower)) {
      is_inside = false;
    } else if (is_punctuation(lower)) {
      is_inside = false;
      add(lower);
      is_inside = false;
    } else {
      add(lower);
    }
  }
  return words;
}

bool is_first_byte(char it) { return (static_cast<unsigned char>(it) & 0xC0U) != 0x80U; }

std::size_t characters(std::string_view word) {
  return static_cast<std::size_t>(std::count_if(word.begin(), word.end(), is_first_byte));
}

}  // namespace

result<std::shared_ptr<const word_pieces>> word_pieces::load(const std::filesystem::path& path) {
  DHR_TRY(const auto text, read_model_file(path));
  return parse(text, path);
}

result<std::shared_ptr<const word_pieces>> word_pieces::parse(std::string_view text,
                                                              const std::filesystem::path& path) {
  constexpr const char* advice = "; run ./run --setup-only to prepare the models anew";
  const auto name = path.string();
  std::shared_ptr<word_pieces> made{new word_pieces};
  token_id id = 0;
  for (; !text.empty(); ++id) {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    const bool continues = line.starts_with("##");
    (continues ? made->continuations_ : made->beginnings_)
        .emplace(line.substr(continues ? 2 : 0), id);
  }
  made->count_ = static_cast<std::size_t>(id);
  const std::pair<const char*, token_id*> specials[] = {
      {"[CLS]", &made->begin_}, {"[SEP]", &made->end_}, {"[UNK]", &made->unknown_}};
  for (const auto& [piece, into] : specials) {
    const auto found = made->beginnings_.find(piece);
    if (found == made->beginnings_.end()) {
      return fail(errc::failed, name + " is no vocabulary: it lacks " + piece + advice, name);
    }
    *into = found->second;
  }
  return std::shared_ptr<const word_pieces>{std::move(made)};
}

void word_pieces::add_pieces(std::string_view word, std::vector<token_id>& to) const {
  if (characters(word) > word_characters_max) {
    to.push_back(unknown_);
    return;
  }
  const auto count_before = to.size();
  const auto* pieces = &beginnings_;
  while (!word.empty()) {
    auto length = word.size();
    auto found = pieces->find(word);
    while (found == pieces->end()) {
      do {
        --length;
      } while (length > 0 && !is_first_byte(word[length]));
      if (length == 0) {  // a word with one unknown part is unknown as a whole
        to.resize(count_before);
        to.push_back(unknown_);
        return;
      }
      found = pieces->find(word.substr(0, length));
    }
    to.push_back(found->second);
    word.remove_prefix(length);
    pieces = &continuations_;
  }
}

std::vector<token_id> word_pieces::ids(std::string_view text, std::size_t tokens_max) const {
  DHR_ASSERT(tokens_max >= 2);
  std::vector<token_id> made{begin_};
  for (const auto& word : words_of(text)) {
    if (made.size() >= tokens_max) break;
    add_pieces(word, made);
  }
  if (made.size() >= tokens_max) made.resize(tokens_max - 1);
  made.push_back(end_);
  return made;
}

}  // namespace dhr
