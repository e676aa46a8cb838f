#include "gpu/nets/voice_activity_net.hpp"

#include <algorithm>
#include <cmath>

#include "gpu/nets/packed_matrix.hpp"
#include "gpu/nets/weights_file.hpp"

namespace dhr {
namespace {

using nets::packed_matrix;

constexpr std::size_t context_samples = 64;
constexpr std::size_t reflected_samples = 64;  // the end of the chunk is mirrored by so much
constexpr std::size_t window = 256;
constexpr std::size_t hop = 128;
constexpr std::size_t frames = 4;
constexpr std::size_t bins = window / 2 + 1;
constexpr std::size_t taps = 3;
constexpr std::size_t cells = 128;

// A convolution over time as a matrix: frames lie one after another, so three of them are one
// vector, and the weights [output, input, tap] become [output, tap * inputs + input].
template <int Block>
result<packed_matrix<Block>> convolution(const weights_file& file, const std::string& name,
                                         std::uint32_t outputs, std::uint32_t inputs) {
  DHR_TRY(const auto* weight, file.find(name + ".weight", {outputs, inputs, taps}));
  DHR_TRY(const auto* bias, file.find(name + ".bias", {outputs}));
  return packed_matrix<Block>{outputs, taps * inputs,
                              [&](std::size_t row, std::size_t column) {
                                const auto tap = column / inputs;
                                const auto input = column % inputs;
                                return weight->values[(row * inputs + input) * taps + tap];
                              },
                              [&](std::size_t row) { return bias->values[row]; }};
}

// Both matrices of the LSTM cell as one, for its input and its hidden values in one vector.
result<packed_matrix<64>> lstm_gates(const weights_file& file) {
  DHR_TRY(const auto* from_input, file.find("lstm.weight_ih", {4 * cells, cells}));
  DHR_TRY(const auto* from_hidden, file.find("lstm.weight_hh", {4 * cells, cells}));
  DHR_TRY(const auto* input_bias, file.find("lstm.bias_ih", {4 * cells}));
  DHR_TRY(const auto* hidden_bias, file.find("lstm.bias_hh", {4 * cells}));
  return packed_matrix<64>{
      4 * cells, 2 * cells,
      [&](std::size_t row, std::size_t column) {
        return column < cells ? from_input->values[row * cells + column]
                              : from_hidden->values[row * cells + column - cells];
      },
      [&](std::size_t row) { return input_bias->values[row] + hidden_bias->values[row]; }};
}

template <std::size_t Count>
using values = Eigen::Array<float, static_cast<int>(Count), 1>;

template <std::size_t Count>
auto sigmoid(const Eigen::Map<const values<Count>>& x) {
  return (1.0f + (-x).exp()).inverse();
}

void rectify(float* first, std::size_t count) {
  Eigen::Map<Eigen::ArrayXf> all{first, static_cast<Eigen::Index>(count)};
  all = all.max(0.0f);
}

// A row of frames with a frame of zeros before and after it, as the convolutions want it.
template <std::size_t Frames, std::size_t Channels>
struct padded_frames {
  alignas(32) float values[(Frames + 2) * Channels] = {};
  [[nodiscard]] const float* with_padding() const { return values; }
  [[nodiscard]] float* frame(std::size_t index) { return values + (index + 1) * Channels; }
};

}  // namespace

struct voice_activity_net::weights {
  packed_matrix<16> transform;  // 129 real and 129 imaginary parts of the windowed spectrum
  packed_matrix<16> convolution_1;
  packed_matrix<32> convolution_2;
  packed_matrix<64> convolution_3;
  packed_matrix<64> convolution_4;
  packed_matrix<64> gates;  // input, forget, candidate, output: 128 values each
  values<cells> output;
  float output_bias = 0;
};

voice_activity_net::voice_activity_net(std::unique_ptr<const weights> loaded)
    : weights_{std::move(loaded)} {}

voice_activity_net::~voice_activity_net() = default;

result<std::shared_ptr<const voice_activity_net>> voice_activity_net::load(
    const std::filesystem::path& path) {
  DHR_TRY(const auto file, weights_file::read(path));
  auto made = std::make_unique<weights>();
  DHR_TRY(const auto* basis, file.find("stft.basis", {2 * bins, 1, window}));
  made->transform = {
      2 * bins, window,
      [&](std::size_t row, std::size_t column) { return basis->values[row * window + column]; },
      [](std::size_t) { return 0.0f; }};
  DHR_TRY(made->convolution_1, convolution<16>(file, "encoder.0", 128, bins));
  DHR_TRY(made->convolution_2, convolution<32>(file, "encoder.1", 64, 128));
  DHR_TRY(made->convolution_3, convolution<64>(file, "encoder.2", 64, 64));
  DHR_TRY(made->convolution_4, convolution<64>(file, "encoder.3", 128, 64));
  DHR_TRY(made->gates, lstm_gates(file));
  DHR_TRY(const auto* output, file.find("output.weight", {1, cells, 1}));
  DHR_TRY(const auto* output_bias, file.find("output.bias", {1}));
  std::copy(output->values.begin(), output->values.end(), made->output.begin());
  made->output_bias = output_bias->values.front();
  return std::shared_ptr<const voice_activity_net>{new voice_activity_net{std::move(made)}};
}

float voice_activity_net::run(voice_activity_state& state,
                              std::span<const float, chunk_samples> samples) const {
  constexpr auto heard_samples = context_samples + chunk_samples;
  alignas(32) float heard[heard_samples + reflected_samples];
  std::ranges::copy(state.context, heard);
  std::ranges::copy(samples, heard + context_samples);
  for (std::size_t i = 0; i < reflected_samples; ++i) {
    heard[heard_samples + i] = heard[heard_samples - 2 - i];
  }
  std::ranges::copy(samples.last<context_samples>(), state.context.begin());

  constexpr std::size_t spectrum_stride = 272;  // 258 rounded up to whole blocks
  alignas(32) float spectrum[frames * spectrum_stride];
  weights_->transform.multiply<frames>(heard, hop, spectrum, spectrum_stride);
  padded_frames<frames, bins> magnitudes;
  for (std::size_t i = 0; i < frames; ++i) {
    const Eigen::Map<const values<bins>> real{spectrum + i * spectrum_stride};
    const Eigen::Map<const values<bins>> imaginary{spectrum + i * spectrum_stride + bins};
    Eigen::Map<values<bins>>{magnitudes.frame(i)} = (real.square() + imaginary.square()).sqrt();
  }

  padded_frames<frames, 128> first;
  weights_->convolution_1.multiply<frames>(magnitudes.with_padding(), bins, first.frame(0), 128);
  rectify(first.frame(0), frames * 128);
  padded_frames<frames / 2, 64> second;
  weights_->convolution_2.multiply<frames / 2>(first.with_padding(), 2 * 128, second.frame(0), 64);
  rectify(second.frame(0), frames / 2 * 64);
  padded_frames<1, 64> third;
  weights_->convolution_3.multiply<1>(second.with_padding(), 0, third.frame(0), 0);
  rectify(third.frame(0), 64);

  alignas(32) float cell_input[2 * cells];
  weights_->convolution_4.multiply<1>(third.with_padding(), 0, cell_input, 0);
  rectify(cell_input, cells);
  std::ranges::copy(state.hidden, cell_input + cells);
  alignas(32) float gates[4 * cells];
  weights_->gates.multiply<1>(cell_input, 0, gates, 0);

  using gate = Eigen::Map<const values<cells>>;
  Eigen::Map<values<cells>> cell{state.cell.data()};
  Eigen::Map<values<cells>> hidden{state.hidden.data()};
  cell = sigmoid<cells>(gate{gates + cells}) * cell +
         sigmoid<cells>(gate{gates}) * gate{gates + 2 * cells}.tanh();
  hidden = sigmoid<cells>(gate{gates + 3 * cells}) * cell.tanh();
  const float sum = (weights_->output * hidden.max(0.0f)).sum() + weights_->output_bias;
  return 1.0f / (1.0f + std::exp(-sum));
}

}  // namespace dhr
