#pragma once
// What a sentence means, as a vector: the six layers of all-MiniLM-L6-v2 (BERT, 384 values wide, 12
// heads, 1,536 inside), and the mean over the tokens. With the matrices of models/emotion it is
// the vector that the emotions are read from; with the packaged ones, that of semantic search.
//
//   ids -> words + positions -> norm -> 6 x (attention, norm, feed-forward, norm) -> mean

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <vector>

#include "gpu/nets/word_pieces.hpp"
#include "runtime/base/result.hpp"

namespace dhr {

class weights_file;
namespace nets {
struct encoder_kernel;
}

// Constant after loading: one object serves all threads. It holds 68 MB.
class sentence_encoder {
 public:
  static constexpr std::size_t width = 384;
  static constexpr std::size_t tokens_max = 512;  // of one sentence

  // Takes the tensors out of the file, by their names in the package: errc::failed for one that
  // lacks a tensor or has it in another shape. Null: the kernel that is best for this processor.
  [[nodiscard]] static result<std::shared_ptr<const sentence_encoder>> take(
      const weights_file& file, const nets::encoder_kernel* kernel = nullptr);

  ~sentence_encoder();
  sentence_encoder(const sentence_encoder&) = delete;
  sentence_encoder& operator=(const sentence_encoder&) = delete;

  // A vector of `width` values for each sentence, one after another. A sentence has 1 to
  // tokens_max ids of the vocabulary; longer ones or unknown ids are errc::invalid_argument.
  // Sentences of any lengths share the products without padding, and many cost less than as many
  // calls. Blocks the calling thread, and takes 14 kB a token from the heap for the call.
  [[nodiscard]] result<std::vector<float>> encode(
      std::span<const std::vector<token_id>> sentences) const;

  // Ids are below this.
  [[nodiscard]] std::size_t vocabulary_size() const;

 private:
  struct weights;
  explicit sentence_encoder(std::unique_ptr<const weights> taken);

  std::unique_ptr<const weights> weights_;
};

}  // namespace dhr
