#pragma once
// Whether the one who speaks has finished: pipecat's smart-turn, version 3.2.
//
//   features [80, 800] -> 2 convolutions -> 400 positions of 384 values -> 4 layers of Whisper's
//   encoder (6 heads) -> attention pooling -> 3 dense layers -> sigmoid
//
// The package holds it with int8 weights and activations. Here the same weights are floats and the
// activations are neither rounded nor clipped: the answers no longer jump with disturbances that
// nobody hears (models/ears/README.md tells how far the two are apart).

#include <filesystem>
#include <memory>
#include <span>

#include "gpu/nets/log_mel.hpp"
#include "runtime/base/result.hpp"

namespace dhr {

// Constant after loading: one object serves all conversations and threads. A run takes about 8 MB
// from the heap and gives them back.
class turn_end_net {
 public:
  static constexpr int sample_rate = 16'000;

  // Reads smart-turn.weights. errc::not_found without the file, errc::failed for a damaged one.
  [[nodiscard]] static result<std::shared_ptr<const turn_end_net>> load(
      const std::filesystem::path& path);

  ~turn_end_net();
  turn_end_net(const turn_end_net&) = delete;
  turn_end_net& operator=(const turn_end_net&) = delete;

  // The probability in [0, 1] that the turn is complete, for the features of log_mel. It is
  // trained to be compared with 0.5.
  [[nodiscard]] float run(std::span<const float, log_mel_values> features) const;

  // The same for the sound of the turn so far, with the pause after it; the last 8 s count.
  // Samples are in [-1, 1], 16 kHz. Blocks the calling thread for the whole run.
  [[nodiscard]] float turn_end_probability(std::span<const float> samples) const;

 private:
  struct weights;
  explicit turn_end_net(std::unique_ptr<const weights> loaded);

  std::unique_ptr<const weights> weights_;
};

}  // namespace dhr
