#pragma once
// The files of models/emotion, read and checked, for whichever code computes the net.

#include <filesystem>
#include <memory>

#include "gpu/nets/emotion_net.hpp"
#include "gpu/nets/weights_file.hpp"
#include "gpu/nets/word_pieces.hpp"
#include "runtime/base/result.hpp"

namespace dhr {

struct emotion_files {
  std::shared_ptr<const word_pieces> pieces;
  weights_file weights;
  emotion_values thresholds{};
};

// Reads emotion.weights and vocab.txt of the folder. errc::not_found without one of them,
// errc::failed for one that is damaged or of other labels.
[[nodiscard]] result<emotion_files> read_emotion_files(const std::filesystem::path& folder);

// errc::failed unless the vocabulary has as many pieces as the encoder that was made of the
// weights.
[[nodiscard]] result<void> check_vocabulary(const std::filesystem::path& folder,
                                            const word_pieces& pieces, std::size_t encoders);

}  // namespace dhr
