#pragma once
// The net of models/emotion by libtorch, on a card or, to compare, on the processor: the same
// files, word pieces and probabilities as emotion_net, in batches of fixed sizes.
//
//   texts -> word pieces -> rows x length, padded -> staged -> encoder and head -> probabilities
//
// On a card the net has a stream of its own, never the default one, and, after warm_up(), one CUDA
// graph for each size of batch. A call waits for its own event on that stream, in the calling
// thread; nothing here waits for the whole card.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gpu/compute_device.hpp"
#include "gpu/nets/emotion_net.hpp"
#include "runtime/base/result.hpp"

namespace dhr {

enum class net_precision : std::uint8_t { float32, float16 };

struct torch_net_options {
  // What a batch is padded to, ascending: sentences, and tokens of a sentence. More sentences are
  // computed in several batches; what is longer than the last length is not read.
  std::vector<std::size_t> row_sizes{1, 2, 4, 8, 16, 32, 64};
  std::vector<std::uint32_t> lengths{16, 32, 64};
  // Of the encoder; the head computes in float32. None: float16 on a card, float32 on the
  // processor.
  std::optional<net_precision> precision{};
  // A card's share for torch's allocator, in (0, 1]. It holds for the process and the card: the
  // last net that is loaded there decides. The driver's own context is not counted.
  double memory_fraction = 0.9;
  bool graphs = true;       // a card replays what warm_up() captured; false: operation by operation
  bool own_kernels = true;  // gpu/kernels; false: ATen's operations in their place
};

// Row sizes up to the most sentences that are computed at once, which is at least 1: the powers of
// two below it, and itself.
[[nodiscard]] std::vector<std::size_t> row_sizes_up_to(std::size_t batch_size);

// Belongs to one worker; only one thread at a time may call it. Errors are those that
// compute_device.hpp tells: overloaded and unavailable are about the device, others about what was
// given. After unavailable every call answers it.
class torch_emotion_net {
 public:
  // Reads emotion.weights and vocab.txt of the folder and takes them to the device; blocks for
  // about a second. errc::not_found without one of the files, errc::failed for a damaged one,
  // errc::invalid_argument for options that make no sense, errc::unavailable where this build or
  // this machine has no such device.
  [[nodiscard]] static result<std::unique_ptr<torch_emotion_net>> load(
      const std::filesystem::path& folder, const compute_device& device,
      const torch_net_options& options);

  // The same for files that were read; errors name them in the folder.
  [[nodiscard]] static result<std::unique_ptr<torch_emotion_net>> take(
      const emotion_files& files, const std::filesystem::path& folder, const compute_device& device,
      const torch_net_options& options);

  ~torch_emotion_net();
  torch_emotion_net(const torch_emotion_net&) = delete;
  torch_emotion_net& operator=(const torch_emotion_net&) = delete;

  // Computes every size once and captures its graph, so that no later call meets a size for the
  // first time. Blocks for seconds.
  [[nodiscard]] result<void> warm_up();

  // As emotion_net gives them, in the order of the texts. UTF-8. Blocks the calling thread.
  [[nodiscard]] result<std::vector<emotion_values>> probabilities(
      std::span<const std::string> texts);

  // How many tokens of the text are read.
  [[nodiscard]] std::size_t length_of(std::string_view text) const;

  [[nodiscard]] const emotion_values& thresholds() const;

  // A CUDA stream's handle; 0 on the processor, where there is none.
  [[nodiscard]] std::uintptr_t stream() const;

  // How many sizes have a graph.
  [[nodiscard]] std::size_t graph_count() const;

  // Cards that this build can use on this machine; 0 without a driver, or in a build without CUDA.
  [[nodiscard]] static int device_count() noexcept;

 private:
  struct parts;
  explicit torch_emotion_net(std::unique_ptr<parts> loaded);

  std::unique_ptr<parts> parts_;
};

}  // namespace dhr
