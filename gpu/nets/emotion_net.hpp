#pragma once
// Which of 28 emotions an English sentence shows, in the words of GoEmotions; several at once, or
// none but "neutral". models/emotion trains it and its card.md tells how good it is.
//
//   text -> word pieces -> sentence_encoder -> dense, tanh -> dense -> sigmoid

#include <array>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/result.hpp"

namespace dhr {

// In the order of the net's probabilities.
inline constexpr std::array<std::string_view, 28> emotion_labels{
    "admiration",    "amusement",   "anger",    "annoyance",      "approval",    "caring",
    "confusion",     "curiosity",   "desire",   "disappointment", "disapproval", "disgust",
    "embarrassment", "excitement",  "fear",     "gratitude",      "grief",       "joy",
    "love",          "nervousness", "optimism", "pride",          "realization", "relief",
    "remorse",       "sadness",     "surprise", "neutral"};

struct emotion_files;  // gpu/nets/emotion_files.hpp

using emotion_values = std::array<float, emotion_labels.size()>;

// Constant after loading: one object serves all conversations and threads.
class emotion_net {
 public:
  static constexpr std::size_t tokens_max = 64;  // about 45 words; what follows is not read

  // Reads emotion.weights and vocab.txt of the folder. errc::not_found without one of them,
  // errc::failed for one that is damaged or does not fit.
  [[nodiscard]] static result<std::shared_ptr<const emotion_net>> load(
      const std::filesystem::path& folder);

  // The same for files that were read; errors name them in the folder.
  [[nodiscard]] static result<std::shared_ptr<const emotion_net>> take(
      const emotion_files& files, const std::filesystem::path& folder);

  ~emotion_net();
  emotion_net(const emotion_net&) = delete;
  emotion_net& operator=(const emotion_net&) = delete;

  // How likely each label is, calibrated, in [0, 1]; they do not add up to 1. UTF-8. Blocks the
  // calling thread for some milliseconds.
  [[nodiscard]] emotion_values probabilities(std::string_view text) const;

  // The same for many sentences, which takes less than one by one.
  [[nodiscard]] std::vector<emotion_values> probabilities(std::span<const std::string> texts) const;

  // From which probability on a label counts as present: what makes its F1 best.
  [[nodiscard]] const emotion_values& thresholds() const;

 private:
  struct parts;
  explicit emotion_net(std::unique_ptr<const parts> loaded);

  std::unique_ptr<const parts> parts_;
};

}  // namespace dhr
