#pragma once
// Text as the token ids of the uncased BERT family: words are cleaned, lower-cased, freed of their
// accents and split at punctuation, then cut into the longest pieces that the vocabulary holds.
//
//   "Cafés aren't open!" -> [CLS] cafe ##s aren ' t open ! [SEP]
//
// The ids are those of the package `tokenizers` with one exception: written text never becomes a
// special token, so that nobody can end a sentence by typing "[SEP]".

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "runtime/base/result.hpp"

namespace dhr {

using token_id = std::int32_t;

// Constant after loading: one object serves all threads.
class word_pieces {
 public:
  // Reads vocab.txt: a piece a line, whose id is the number of lines before it. errc::not_found
  // without the file, errc::failed where it lacks [CLS], [SEP] or [UNK].
  [[nodiscard]] static result<std::shared_ptr<const word_pieces>> load(
      const std::filesystem::path& path);

  // The same for the file's text; errors name the path.
  [[nodiscard]] static result<std::shared_ptr<const word_pieces>> parse(
      std::string_view text, const std::filesystem::path& path);

  // [CLS], the pieces of the UTF-8 text, [SEP]; of a text that makes more than tokens_max ids the
  // first pieces. tokens_max is at least 2. Bytes that are no UTF-8 are left out.
  [[nodiscard]] std::vector<token_id> ids(std::string_view text, std::size_t tokens_max) const;

  // How many ids there are.
  [[nodiscard]] std::size_t size() const { return count_; }

 private:
  struct text_hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };
  using vocabulary = std::unordered_map<std::string, token_id, text_hash, std::equal_to<>>;

  word_pieces() = default;
  void add_pieces(std::string_view word, std::vector<token_id>& to) const;

  vocabulary beginnings_;
  vocabulary continuations_;  // without their ##
  std::size_t count_ = 0;
  token_id begin_ = 0;
  token_id end_ = 0;
  token_id unknown_ = 0;
};

}  // namespace dhr
