#pragma once
// Where and in what order a net's batches are computed: staging buffers, a stream and its graphs on
// a card, nothing of that on the processor. Inside the room only; includes torch.
//
// Lives on: the thread of the net's owner. Functions throw what torch throws.

#include <ATen/core/Tensor.h>

#include <compare>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>

namespace dhr {

struct batch_shape {
  std::size_t rows = 0;
  std::size_t length = 0;
  friend auto operator<=>(const batch_shape&, const batch_shape&) = default;

  [[nodiscard]] std::size_t tokens() const { return rows * length; }
  // What a batch brings: the rows' lengths, then the ids.
  [[nodiscard]] std::size_t inputs() const { return rows + tokens(); }
};

class device_lane {
 public:
  // Inputs on the device, as batch_shape::inputs says, to `outputs` float values a row. It runs on
  // the lane's stream, and where it is captured it must not read what it computes.
  using computation = std::function<at::Tensor(const at::Tensor& inputs, batch_shape shape)>;

  virtual ~device_lane() = default;

  [[nodiscard]] virtual at::Device device() const = 0;
  [[nodiscard]] virtual void* stream() const = 0;  // null on the processor
  [[nodiscard]] virtual std::size_t graph_count() const = 0;

  // Whether the device can't be used any more in this process. Asked after something was thrown.
  [[nodiscard]] virtual bool is_lost() noexcept = 0;

  // Runs what allocates or copies on the device, with the lane's stream as the current one.
  virtual void on_stream(const std::function<void()>& work) = 0;

  // Where a batch's inputs are written before compute(), and its outputs stand after it.
  [[nodiscard]] virtual std::span<std::int32_t> inputs() = 0;
  [[nodiscard]] virtual std::span<const float> outputs() const = 0;

  // Stages the inputs, computes, stages the outputs, and waits for them in the calling thread.
  virtual void compute(batch_shape shape, const computation& by) = 0;

  // From now on compute() of this shape replays what is captured here. Nothing without graphs.
  virtual void capture(batch_shape shape, const computation& by) = 0;
};

struct lane_options {
  std::size_t inputs_max = 0;   // of one batch
  std::size_t outputs_max = 0;  // of one batch
  double memory_fraction = 1;
  bool graphs = true;
};

[[nodiscard]] std::unique_ptr<device_lane> make_cpu_lane(const lane_options& options);

// Only in builds with CUDA. The card exists.
[[nodiscard]] std::unique_ptr<device_lane> make_cuda_lane(int card, const lane_options& options);

}  // namespace dhr
