#include "gpu/nets/turn_end_net.hpp"

#include <Eigen/Core>
#include <array>
#include <cmath>
#include <string>

#include "gpu/nets/activations.hpp"
#include "gpu/nets/matrix_product.hpp"
#include "gpu/nets/weights_file.hpp"

namespace dhr {
namespace {

using Eigen::Index;
using nets::gelu;
using nets::row_view;
using matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using row = Eigen::Matrix<float, 1, Eigen::Dynamic>;

constexpr Index positions = log_mel_frames / 2;
constexpr Index width = 384;
constexpr Index inner_width = 4 * width;
constexpr Index heads = 6;
constexpr Index head_width = width / heads;
constexpr Index pool_width = 256;
constexpr Index last_width = 64;
constexpr Index taps = 3;
constexpr std::size_t layer_count = 4;

struct dense {
  matrix weight;  // [inputs, outputs]
  row bias;
};

struct norm {
  row weight;
  row bias;
};

struct layer {
  norm before_attention;
  dense query_key_value;  // the three side by side, the queries scaled by 1 / sqrt(head_width)
  dense attention_output;
  norm before_feed_forward;
  dense feed_forward_in;
  dense feed_forward_out;
};

// Copies tensors out of the file in the shapes that the net wants.
class loader {
 public:
  explicit loader(const weights_file& file) : file_{file} {}

  [[nodiscard]] result<row> values(const std::string& name, Index size) const {
    DHR_TRY(const auto* found, file_.find(name, {count(size)}));
    return row{Eigen::Map<const row>{found->values.data(), size}};
  }

  [[nodiscard]] result<matrix> values(const std::string& name, Index rows, Index columns) const {
    DHR_TRY(const auto* found, file_.find(name, {count(rows), count(columns)}));
    return matrix{Eigen::Map<const matrix>{found->values.data(), rows, columns}};
  }

  [[nodiscard]] result<norm> normalisation(const std::string& name, Index size) const {
    DHR_TRY(auto weight, values(name + ".weight", size));
    DHR_TRY(auto bias, values(name + ".bias", size));
    return norm{std::move(weight), std::move(bias)};
  }

  [[nodiscard]] result<dense> product(const std::string& name, Index inputs, Index outputs) const {
    DHR_TRY(auto weight, values(name + ".weight", inputs, outputs));
    DHR_TRY(auto bias, values(name + ".bias", outputs));
    return dense{std::move(weight), std::move(bias)};
  }

  // The classifier's matrices lie in the file as [outputs, inputs].
  [[nodiscard]] result<dense> transposed(const std::string& name, Index inputs,
                                         Index outputs) const {
    DHR_TRY(const auto weight, values(name + ".weight", outputs, inputs));
    DHR_TRY(auto bias, values(name + ".bias", outputs));
    return dense{weight.transpose(), std::move(bias)};
  }

  // [outputs, inputs, taps] of a convolution over time becomes [taps * inputs, outputs]: frames lie
  // one after another, so the ones under the taps are one row.
  [[nodiscard]] result<dense> convolution(const std::string& name, Index inputs,
                                          Index outputs) const {
    DHR_TRY(const auto* found,
            file_.find(name + ".weight", {count(outputs), count(inputs), count(taps)}));
    DHR_TRY(auto bias, values(name + ".bias", outputs));
    const Eigen::Map<const matrix> given{found->values.data(), outputs, inputs * taps};
    matrix weight{taps * inputs, outputs};
    for (Index tap = 0; tap < taps; ++tap) {
      for (Index input = 0; input < inputs; ++input) {
        weight.row(tap * inputs + input) = given.col(input * taps + tap).transpose();
      }
    }
    return dense{std::move(weight), std::move(bias)};
  }

  [[nodiscard]] result<dense> query_key_value(const std::string& attention) const {
    dense made{matrix{width, 3 * width}, row::Zero(3 * width)};
    DHR_TRY(const auto query, product(attention + ".q_proj", width, width));
    DHR_TRY(const auto key, values(attention + ".k_proj.weight", width, width));
    DHR_TRY(const auto value, product(attention + ".v_proj", width, width));
    const float scale = 1 / std::sqrt(static_cast<float>(head_width));
    made.weight << query.weight * scale, key, value.weight;
    made.bias.head(width) = query.bias * scale;
    made.bias.tail(width) = value.bias;
    return made;
  }

  [[nodiscard]] result<layer> encoder_layer(const std::string& name) const {
    layer made;
    DHR_TRY(made.before_attention, normalisation(name + ".self_attn_layer_norm", width));
    DHR_TRY(made.query_key_value, query_key_value(name + ".self_attn"));
    DHR_TRY(made.attention_output, product(name + ".self_attn.out_proj", width, width));
    DHR_TRY(made.before_feed_forward, normalisation(name + ".final_layer_norm", width));
    DHR_TRY(made.feed_forward_in, product(name + ".fc1", width, inner_width));
    DHR_TRY(made.feed_forward_out, product(name + ".fc2", inner_width, width));
    return made;
  }

 private:
  static std::uint32_t count(Index size) { return static_cast<std::uint32_t>(size); }

  const weights_file& file_;
};

template <class Matrix>
row_view<const float> view(const Matrix& of) {
  return {of.data(), of.rows(), of.cols(), of.outerStride()};
}

template <class Matrix>
row_view<float> view_of_result(Matrix& of) {
  return {of.data(), of.rows(), of.cols(), of.outerStride()};
}

void multiply(const dense& by, row_view<const float> input, matrix& output) {
  output.resize(input.rows, by.weight.cols());
  nets::multiply(input, view(by.weight), view_of_result(output));
  output.rowwise() += by.bias;
}

void multiply(const dense& by, const matrix& input, matrix& output) {
  multiply(by, view(input), output);
}

void normalise(const norm& by, const matrix& input, matrix& output) {
  output.resize(input.rows(), input.cols());
  constexpr float variance_min = 1e-5f;
  for (Index i = 0; i < input.rows(); ++i) {
    const auto given = input.row(i).array();
    const float mean = given.mean();
    const float scale = 1 / std::sqrt((given - mean).square().mean() + variance_min);
    output.row(i) = (given - mean) * scale * by.weight.array() + by.bias.array();
  }
}

// Replaces x by exp(x - largest) and returns the sum of the results. What is below e^-60 adds
// nothing to a float sum; smaller still it would be a denormal number, and products of those are
// slow.
template <class Row>
float exponentiate(Row values) {
  constexpr float exponent_min = -60;
  values = (values.array() - values.maxCoeff()).max(exponent_min).exp();
  return values.sum();
}

// What a run writes; of one call.
struct scratch {
  matrix frames;  // with a frame of zeros at both ends, for a convolution to run over
  matrix convolved;
  matrix stream;  // [positions, width]: what the layers add to
  matrix normalised;
  matrix query_key_value;
  matrix scores;
  matrix attended{positions, width};
  matrix inner;
  matrix added;
};

// A convolution over the padded frames as one matrix product: each row of its input is three
// frames, and begins `stride` frames after the row before.
void convolve(const dense& by, const matrix& frames, Index stride, Index outputs, matrix& result) {
  const auto width_in = frames.cols();
  multiply(by, {frames.data(), outputs, taps * width_in, stride * width_in}, result);
  gelu({result.data(), static_cast<std::size_t>(result.size())});
}

void attend(const layer& by, scratch& at) {
  normalise(by.before_attention, at.stream, at.normalised);
  multiply(by.query_key_value, at.normalised, at.query_key_value);
  at.scores.resize(positions, positions);
  for (Index head = 0; head < heads; ++head) {
    const auto column = head * head_width;
    const auto query = at.query_key_value.middleCols(column, head_width);
    const auto key = at.query_key_value.middleCols(width + column, head_width);
    const auto value = at.query_key_value.middleCols(2 * width + column, head_width);
    auto attended = at.attended.middleCols(column, head_width);
    nets::multiply_transposed(view(query), view(key), view_of_result(at.scores));
    std::array<float, positions> sums{};
    for (Index i = 0; i < positions; ++i) {
      sums[static_cast<std::size_t>(i)] = exponentiate(at.scores.row(i));
    }
    nets::multiply(view(at.scores), view(value), view_of_result(attended));
    for (Index i = 0; i < positions; ++i) attended.row(i) /= sums[static_cast<std::size_t>(i)];
  }
  multiply(by.attention_output, at.attended, at.added);
  at.stream += at.added;
}

void feed_forward(const layer& by, scratch& at) {
  normalise(by.before_feed_forward, at.stream, at.normalised);
  multiply(by.feed_forward_in, at.normalised, at.inner);
  gelu({at.inner.data(), static_cast<std::size_t>(at.inner.size())});
  multiply(by.feed_forward_out, at.inner, at.added);
  at.stream += at.added;
}

}  // namespace

struct turn_end_net::weights {
  dense convolution_1;
  dense convolution_2;
  matrix position;
  std::array<layer, layer_count> layers;
  norm after_layers;
  dense pool_in;
  dense pool_out;
  dense classifier_1;
  norm classifier_norm;
  dense classifier_2;
  dense classifier_3;
};

turn_end_net::turn_end_net(std::unique_ptr<const weights> loaded) : weights_{std::move(loaded)} {}

turn_end_net::~turn_end_net() = default;

result<std::shared_ptr<const turn_end_net>> turn_end_net::load(const std::filesystem::path& path) {
  DHR_TRY(const auto file, weights_file::read(path));
  const loader from{file};
  auto made = std::make_unique<weights>();
  constexpr auto bands = static_cast<Index>(log_mel_bands);
  DHR_TRY(made->convolution_1, from.convolution("encoder.conv1", bands, width));
  DHR_TRY(made->convolution_2, from.convolution("encoder.conv2", width, width));
  DHR_TRY(made->position, from.values("encoder.embed_positions.weight", positions, width));
  for (std::size_t i = 0; i < layer_count; ++i) {
    DHR_TRY(made->layers[i], from.encoder_layer("encoder.layers." + std::to_string(i)));
  }
  DHR_TRY(made->after_layers, from.normalisation("encoder.layer_norm", width));
  DHR_TRY(made->pool_in, from.product("pool_attention.0", width, pool_width));
  DHR_TRY(made->pool_out, from.product("pool_attention.2", pool_width, 1));
  DHR_TRY(made->classifier_1, from.transposed("classifier.0", width, pool_width));
  DHR_TRY(made->classifier_norm, from.normalisation("classifier.1", pool_width));
  DHR_TRY(made->classifier_2, from.transposed("classifier.4", pool_width, last_width));
  DHR_TRY(made->classifier_3, from.transposed("classifier.6", last_width, 1));
  return std::shared_ptr<const turn_end_net>{new turn_end_net{std::move(made)}};
}

float turn_end_net::run(std::span<const float, log_mel_values> features) const {
  constexpr auto bands = static_cast<Index>(log_mel_bands);
  constexpr auto frames = static_cast<Index>(log_mel_frames);
  scratch at;
  at.frames = matrix::Zero(frames + 2, bands);
  at.frames.middleRows(1, frames) =
      Eigen::Map<const matrix>{features.data(), bands, frames}.transpose();
  convolve(weights_->convolution_1, at.frames, 1, frames, at.convolved);
  at.frames = matrix::Zero(frames + 2, width);
  at.frames.middleRows(1, frames) = at.convolved;
  convolve(weights_->convolution_2, at.frames, 2, positions, at.stream);
  at.stream += weights_->position;
  for (const auto& layer : weights_->layers) {
    attend(layer, at);
    feed_forward(layer, at);
  }

  normalise(weights_->after_layers, at.stream, at.normalised);
  multiply(weights_->pool_in, at.normalised, at.inner);
  at.inner = at.inner.array().tanh();
  multiply(weights_->pool_out, at.inner, at.scores);
  const float sum = exponentiate(at.scores.col(0));
  matrix pooled =
      (at.normalised.array().colwise() * at.scores.col(0).array()).colwise().sum() / sum;

  matrix first;
  matrix second;
  multiply(weights_->classifier_1, pooled, first);
  normalise(weights_->classifier_norm, first, second);
  gelu({second.data(), static_cast<std::size_t>(second.size())});
  multiply(weights_->classifier_2, second, first);
  gelu({first.data(), static_cast<std::size_t>(first.size())});
  multiply(weights_->classifier_3, first, second);
  return 1 / (1 + std::exp(-second(0, 0)));
}

float turn_end_net::turn_end_probability(std::span<const float> samples) const {
  const auto features = log_mel(samples);
  return run(std::span{features}.first<log_mel_values>());
}

}  // namespace dhr
