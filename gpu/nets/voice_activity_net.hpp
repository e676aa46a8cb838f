#pragma once
// Whether somebody is speaking: Silero's voice activity net, version 6, 16 kHz.
//
//   64 + 512 samples -> 4 frames of 129 magnitudes -> 4 convolutions -> LSTM cell of 128 -> sigmoid
//
// The same arithmetic as silero_vad_16k_op15.onnx of the package silero-vad.

#include <array>
#include <filesystem>
#include <memory>
#include <span>

#include "runtime/base/result.hpp"

namespace dhr {

// What the net remembers of one conversation. Starts and restarts as zeros.
struct voice_activity_state {
  std::array<float, 128> hidden{};
  std::array<float, 128> cell{};
  std::array<float, 64> context{};  // the last samples of the chunk before
};

// Constant after loading: one object serves all conversations and threads.
class voice_activity_net {
 public:
  static constexpr int sample_rate = 16'000;
  static constexpr std::size_t chunk_samples = 512;  // 32 ms

  // Reads silero-vad.weights. errc::not_found without the file, errc::failed for a damaged one.
  [[nodiscard]] static result<std::shared_ptr<const voice_activity_net>> load(
      const std::filesystem::path& path);

  ~voice_activity_net();
  voice_activity_net(const voice_activity_net&) = delete;
  voice_activity_net& operator=(const voice_activity_net&) = delete;

  // The probability in [0, 1] that this chunk, which follows the one of the last call with this
  // state, holds speech. Samples are in [-1, 1]. Takes about 0.03 ms and no memory from the heap.
  float run(voice_activity_state& state, std::span<const float, chunk_samples> samples) const;

 private:
  struct weights;
  explicit voice_activity_net(std::unique_ptr<const weights> loaded);

  std::unique_ptr<const weights> weights_;
};

}  // namespace dhr
