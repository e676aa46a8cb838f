#include "gpu/nets/emotion_files.hpp"

#include <algorithm>
#include <string>

namespace dhr {
namespace {

// The names of the labels that the file was trained for: their bytes, a line each.
result<void> check_labels(const weights_file& file, const std::filesystem::path& path) {
  DHR_TRY(const auto* bytes, file.find("labels"));
  std::string expected;
  for (const auto label : emotion_labels) (expected += label) += '\n';
  const auto is_same = [](char one, float other) { return static_cast<float>(one) == other; };
  if (!std::ranges::equal(expected, bytes->values, is_same)) {
    return fail(errc::failed, path.string() + " is of a net with other labels", path.string());
  }
  return ok();
}

}  // namespace

result<emotion_bytes> read_emotion_bytes(const std::filesystem::path& folder) {
  emotion_bytes made;
  DHR_TRY(made.vocabulary, read_model_file(folder / "vocab.txt"));
  DHR_TRY(made.weights, read_model_file(folder / "emotion.weights"));
  return made;
}

result<emotion_files> read_emotion_files(const std::filesystem::path& folder) {
  DHR_TRY(const auto bytes, read_emotion_bytes(folder));
  return parse_emotion_files(bytes, folder);
}

result<emotion_files> parse_emotion_files(const emotion_bytes& bytes,
                                          const std::filesystem::path& folder) {
  const auto path = folder / "emotion.weights";
  emotion_files made;
  DHR_TRY(made.pieces, word_pieces::parse(bytes.vocabulary, folder / "vocab.txt"));
  DHR_TRY(made.weights, weights_file::parse(bytes.weights, path));
  DHR_TRY(check_labels(made.weights, path));
  DHR_TRY(const auto* thresholds, made.weights.find("thresholds", {emotion_labels.size()}));
  std::ranges::copy(thresholds->values, made.thresholds.begin());
  return made;
}

result<void> check_vocabulary(const std::filesystem::path& folder, const word_pieces& pieces,
                              std::size_t encoders) {
  if (pieces.size() == encoders) return ok();
  return fail(errc::failed, (folder / "vocab.txt").string() + " does not fit " +
                                (folder / "emotion.weights").string());
}

}  // namespace dhr
