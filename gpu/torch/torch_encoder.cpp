#include "gpu/torch/torch_encoder.hpp"

#include <ATen/Functions.h>
#include <ATen/TensorOperators.h>

#include <limits>
#include <string>
#include <vector>

#include "gpu/kernels/sentence_kernels.hpp"
#include "gpu/nets/emotion_net.hpp"
#include "gpu/nets/sentence_encoder.hpp"
#include "gpu/nets/weights_file.hpp"
#ifdef DHR_WITH_CUDA
#include <c10/cuda/CUDAException.h>
#endif

namespace dhr {
namespace {

constexpr auto width = static_cast<std::int64_t>(sentence_encoder::width);
constexpr std::int64_t inner_width = 4 * width;
constexpr std::int64_t heads = 12;
static_assert(kernels::width == sentence_encoder::width);

std::int64_t sized(std::size_t size) { return static_cast<std::int64_t>(size); }

template <class T>
T* values_of(const at::Tensor& tensor) {
  return static_cast<T*>(tensor.data_ptr());
}

const float* floats(const at::Tensor& tensor) { return tensor.const_data_ptr<float>(); }

// Calls with a value of the type that the tensor's values have for the kernels.
template <class Work>
void with_type_of(const at::Tensor& tensor, const Work& work) {
  if (tensor.scalar_type() == at::kHalf) {
    work(kernels::half{});
  } else {
    work(float{});
  }
}

template <class Work>
void run_kernel(const Work& work, void* stream) {
  if (stream == nullptr) return kernels::twin::run(work);
#ifdef DHR_WITH_CUDA
  C10_CUDA_CHECK(static_cast<cudaError_t>(kernels::card::run(work, stream)));
#endif
}

}  // namespace

// Takes the tensors out of the file to where they are computed with.
class torch_encoder::loader {
 public:
  loader(const weights_file& file, const encoder_options& options)
      : file_{file}, options_{options} {}

  [[nodiscard]] result<at::Tensor> tensor(const std::string& name,
                                          const std::vector<std::uint32_t>& shape) const {
    DHR_TRY(const auto* found, file_.find(name, shape));
    const std::vector<std::int64_t> sizes(shape.begin(), shape.end());
    // torch takes no pointer to constant values; nothing writes to them.
    return at::from_blob(const_cast<float*>(found->values.data()), sizes, at::kFloat);
  }

  [[nodiscard]] at::Tensor moved(const at::Tensor& values, at::ScalarType type) const {
    return values.to(at::TensorOptions{options_.device}.dtype(type), false, true);
  }

  [[nodiscard]] at::Tensor moved(const at::Tensor& values) const {
    return moved(values, options_.precision);
  }

  [[nodiscard]] result<norm> normalisation(const std::string& name) const {
    DHR_TRY(const auto scale, tensor(name + ".weight", {width}));
    DHR_TRY(const auto shift, tensor(name + ".bias", {width}));
    return norm{moved(scale, at::kFloat), moved(shift, at::kFloat), moved(scale), moved(shift)};
  }

  [[nodiscard]] dense made(const at::Tensor& weight, const at::Tensor& bias,
                           at::ScalarType type) const {
    return {moved(weight, type).t(), moved(bias, type), moved(bias, at::kFloat)};
  }

  [[nodiscard]] result<dense> product(const std::string& name, std::uint32_t inputs,
                                      std::uint32_t outputs, at::ScalarType type) const {
    DHR_TRY(const auto weight, tensor(name + ".weight", {outputs, inputs}));
    DHR_TRY(const auto bias, tensor(name + ".bias", {outputs}));
    return made(weight, bias, type);
  }

  [[nodiscard]] result<dense> query_key_value(const std::string& attention) const {
    std::vector<at::Tensor> weights;
    std::vector<at::Tensor> biases;
    for (const auto* part : {".query", ".key", ".value"}) {
      DHR_TRY(const auto weight, tensor(attention + part + ".weight", {width, width}));
      DHR_TRY(const auto bias, tensor(attention + part + ".bias", {width}));
      weights.push_back(weight);
      biases.push_back(bias);
    }
    return made(at::cat(weights), at::cat(biases), options_.precision);
  }

  [[nodiscard]] result<layer> encoder_layer(const std::string& name) const {
    const auto type = options_.precision;
    layer made;
    DHR_TRY(made.query_key_value, query_key_value(name + ".attention.self"));
    DHR_TRY(made.attention_output, product(name + ".attention.output.dense", width, width, type));
    DHR_TRY(made.after_attention, normalisation(name + ".attention.output.LayerNorm"));
    DHR_TRY(made.feed_forward_in, product(name + ".intermediate.dense", width, inner_width, type));
    DHR_TRY(made.feed_forward_out, product(name + ".output.dense", inner_width, width, type));
    DHR_TRY(made.after_feed_forward, normalisation(name + ".output.LayerNorm"));
    return made;
  }

 private:
  const weights_file& file_;
  const encoder_options& options_;
};

struct torch_encoder::batch {
  batch_shape shape;
  void* stream;
  at::Tensor lengths;  // [rows]
  at::Tensor ids;      // [tokens]
  at::Tensor values;   // [tokens, width]
  at::Tensor mask;     // [rows, 1, 1, length]
};

result<torch_encoder> torch_encoder::take(const weights_file& file,
                                          const encoder_options& options) {
  const loader from{file, options};
  torch_encoder made;
  made.options_ = options;
  const std::string words_name = "embeddings.word_embeddings.weight";
  DHR_TRY(const auto* stored, file.find(words_name));
  const auto count = static_cast<std::uint32_t>(stored->values.size() / sentence_encoder::width);
  DHR_TRY(const auto words, from.tensor(words_name, {count, width}));
  DHR_TRY(const auto positions, from.tensor("embeddings.position_embeddings.weight",
                                            {sentence_encoder::tokens_max, width}));
  DHR_TRY(const auto types, from.tensor("embeddings.token_type_embeddings.weight", {2, width}));
  made.words_ = from.moved(words);
  made.positions_ = from.moved(positions + types[0]);
  DHR_TRY(made.after_embedding_, from.normalisation("embeddings.LayerNorm"));
  for (std::size_t i = 0; i < made.layers_.size(); ++i) {
    DHR_TRY(made.layers_[i], from.encoder_layer("encoder.layer." + std::to_string(i)));
  }
  DHR_TRY(made.head_hidden_, from.product("head.hidden", width, width, at::kFloat));
  DHR_TRY(made.head_output_, from.product("head.output", width, emotion_labels.size(), at::kFloat));
  return made;
}

void torch_encoder::embed(batch& at) const {
  const auto rows = sized(at.shape.rows);
  const auto length = sized(at.shape.length);
  if (!options_.own_kernels) {
    const auto places = positions_.narrow(0, 0, length);
    const auto sum = words_.index_select(0, at.ids).view({rows, length, width}) + places;
    at.values = at::layer_norm(sum, {width}, after_embedding_.scale_narrow,
                               after_embedding_.shift_narrow, kernels::variance_min)
                    .view({rows * length, width});
    const auto place = at::arange(length, at.ids.options());
    at.mask = at::zeros({rows, length}, at.values.options())
                  .masked_fill_(place >= at.lengths.unsqueeze(1),
                                -std::numeric_limits<double>::infinity())
                  .view({rows, 1, 1, length});
    return;
  }
  const auto options = words_.options();
  at.values = at::empty({rows * length, width}, options);
  at.mask = at::empty({rows, 1, 1, length}, options);
  with_type_of(at.values, [&](auto type) {
    using T = decltype(type);
    run_kernel(kernels::embedding<T>{.rows = at.shape.rows,
                                     .length = at.shape.length,
                                     .ids = values_of<std::int32_t>(at.ids),
                                     .lengths = values_of<std::int32_t>(at.lengths),
                                     .words = values_of<T>(words_),
                                     .positions = values_of<T>(positions_),
                                     .norm = {floats(after_embedding_.scale),
                                              floats(after_embedding_.shift)},
                                     .values = values_of<T>(at.values),
                                     .mask = values_of<T>(at.mask)},
               at.stream);
  });
}

at::Tensor torch_encoder::attend(const layer& by, const batch& at) const {
  const auto& product = by.query_key_value;
  const auto all = at::addmm(product.bias, at.values, product.weight)
                       .view({sized(at.shape.rows), sized(at.shape.length), 3, heads, -1});
  const auto part = [&](std::int64_t index) { return all.select(2, index).transpose(1, 2); };
  return at::scaled_dot_product_attention(part(0), part(1), part(2), at.mask)
      .transpose(1, 2)
      .reshape({sized(at.shape.tokens()), width});
}

void torch_encoder::add_and_normalise(const dense& by, const norm& then, const at::Tensor& input,
                                      batch& at) const {
  if (!options_.own_kernels) {
    at.values = at::layer_norm(at.values + at::addmm(by.bias, input, by.weight), {width},
                               then.scale_narrow, then.shift_narrow, kernels::variance_min);
    return;
  }
  const auto added = at::mm(input, by.weight);
  with_type_of(at.values, [&](auto type) {
    using T = decltype(type);
    run_kernel(kernels::residual_norm<T>{.tokens = at.shape.tokens(),
                                         .added = values_of<T>(added),
                                         .bias = floats(by.bias_float),
                                         .norm = {floats(then.scale), floats(then.shift)},
                                         .values = values_of<T>(at.values)},
               at.stream);
  });
}

at::Tensor torch_encoder::inner(const dense& by, const batch& at) const {
  if (!options_.own_kernels) return at::gelu(at::addmm(by.bias, at.values, by.weight));
  auto made = at::mm(at.values, by.weight);
  with_type_of(made, [&](auto type) {
    using T = decltype(type);
    run_kernel(kernels::bias_gelu<T>{.tokens = at.shape.tokens(),
                                     .inner_width = static_cast<std::size_t>(inner_width),
                                     .bias = floats(by.bias_float),
                                     .values = values_of<T>(made)},
               at.stream);
  });
  return made;
}

at::Tensor torch_encoder::means(const batch& at) const {
  const auto rows = sized(at.shape.rows);
  const auto length = sized(at.shape.length);
  if (!options_.own_kernels) {
    const auto is_own = at.mask.view({rows, length, 1}) == 0;
    const auto own = at::where(is_own, at.values.view({rows, length, width}).to(at::kFloat), 0.0);
    return own.sum(1) / at.lengths.unsqueeze(1);
  }
  auto made = at::empty({rows, width}, at.values.options().dtype(at::kFloat));
  with_type_of(at.values, [&](auto type) {
    using T = decltype(type);
    run_kernel(kernels::masked_mean<T>{.rows = at.shape.rows,
                                       .length = at.shape.length,
                                       .lengths = values_of<std::int32_t>(at.lengths),
                                       .values = values_of<T>(at.values),
                                       .means = values_of<float>(made)},
               at.stream);
  });
  return made;
}

at::Tensor torch_encoder::probabilities(const at::Tensor& inputs, batch_shape shape,
                                        void* stream) const {
  batch at{.shape = shape,
           .stream = stream,
           .lengths = inputs.narrow(0, 0, sized(shape.rows)),
           .ids = inputs.narrow(0, sized(shape.rows), sized(shape.tokens())),
           .values = {},
           .mask = {}};
  embed(at);
  for (const auto& by : layers_) {
    add_and_normalise(by.attention_output, by.after_attention, attend(by, at), at);
    add_and_normalise(by.feed_forward_out, by.after_feed_forward, inner(by.feed_forward_in, at),
                      at);
  }
  const auto hidden = at::tanh(at::addmm(head_hidden_.bias, means(at), head_hidden_.weight));
  return at::sigmoid(at::addmm(head_output_.bias, hidden, head_output_.weight));
}

}  // namespace dhr
