#pragma once
// The files of models/emotion, read and checked, for whichever code computes the net.

#include <filesystem>
#include <memory>
#include <string>

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

// The same files as they lie on the disk, for who wants to know exactly which ones were taken.
struct emotion_bytes {
  std::string weights;     // of emotion.weights
  std::string vocabulary;  // of vocab.txt
};

// errc::not_found without one of them.
[[nodiscard]] result<emotion_bytes> read_emotion_bytes(const std::filesystem::path& folder);

// errc::failed for a file that is damaged or of other labels; the error names it in the folder.
[[nodiscard]] result<emotion_files> parse_emotion_files(const emotion_bytes& bytes,
                                                        const std::filesystem::path& folder);

// Both in one.
[[nodiscard]] result<emotion_files> read_emotion_files(const std::filesystem::path& folder);

// errc::failed unless the vocabulary has as many pieces as the encoder that was made of the
// weights.
[[nodiscard]] result<void> check_vocabulary(const std::filesystem::path& folder,
                                            const word_pieces& pieces, std::size_t encoders);

}  // namespace dhr
