#pragma once
// The encoder and the head of the emotion net as tensors, and their way from ids to probabilities.
// Inside the room only; includes torch. Functions that compute throw what torch throws.

#include <ATen/core/Tensor.h>

#include <array>
#include <cstdint>

#include "gpu/torch/device_lane.hpp"
#include "runtime/base/result.hpp"

namespace dhr {

class weights_file;

struct encoder_options {
  at::Device device = at::kCPU;
  at::ScalarType precision = at::kFloat;
  bool own_kernels = true;
};

class torch_encoder {
 public:
  // Copies the tensors to the device, in the current stream. errc::failed for a file that lacks one
  // or has it in another shape; throws where the device does not take them.
  [[nodiscard]] static result<torch_encoder> take(const weights_file& file,
                                                  const encoder_options& options);

  // Lengths and ids of a batch (batch_shape::inputs) to its probabilities, [rows, labels] float.
  // `stream` is the current one, null on the processor.
  [[nodiscard]] at::Tensor probabilities(const at::Tensor& inputs, batch_shape shape,
                                         void* stream) const;

  [[nodiscard]] std::size_t vocabulary_size() const {
    return static_cast<std::size_t>(words_.size(0));
  }

 private:
  struct norm {
    at::Tensor scale, shift;                // float, for the kernels
    at::Tensor scale_narrow, shift_narrow;  // in the encoder's precision, for ATen
  };
  struct dense {
    at::Tensor weight;  // [inputs, outputs]
    at::Tensor bias;    // in the weight's precision
    at::Tensor bias_float;
  };
  struct layer {
    dense query_key_value;  // the three one after another
    dense attention_output;
    norm after_attention;
    dense feed_forward_in;
    dense feed_forward_out;
    norm after_feed_forward;
  };
  class loader;
  struct batch;  // what goes through the layers

  void embed(batch& at) const;
  [[nodiscard]] at::Tensor attend(const layer& by, const batch& at) const;
  void add_and_normalise(const dense& by, const norm& then, const at::Tensor& input,
                         batch& at) const;
  [[nodiscard]] at::Tensor inner(const dense& by, const batch& at) const;
  [[nodiscard]] at::Tensor means(const batch& at) const;

  encoder_options options_;
  at::Tensor words_;
  at::Tensor positions_;  // with the vector of the first sentence type
  norm after_embedding_;
  std::array<layer, 6> layers_;
  dense head_hidden_;
  dense head_output_;
};

}  // namespace dhr
