#include "gpu/nets/sentence_encoder.hpp"

#include <Eigen/Core>
#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "gpu/nets/activations.hpp"
#include "gpu/nets/packed_matrix.hpp"
#include "gpu/nets/weights_file.hpp"

namespace dhr {
namespace {

using Eigen::Index;
using matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using packed = nets::packed_matrix<16>;

constexpr std::size_t width = sentence_encoder::width;
constexpr std::size_t inner_width = 4 * width;
constexpr std::size_t layer_count = 6;
constexpr Index heads = 12;
constexpr Index head_width = static_cast<Index>(width) / heads;
// So many tokens go through the layers together: what they need stays in the second-level cache.
constexpr std::size_t batch_tokens = 512;

using row = Eigen::Array<float, 1, static_cast<int>(width)>;

struct norm {
  row weight;
  row bias;
};

struct layer {
  packed
      query_key_value;  // the three one after another, the queries scaled by 1 / sqrt(head_width)
  packed attention_output;
  norm after_attention;
  packed feed_forward_in;
  packed feed_forward_out;
  norm after_feed_forward;
};

// Takes the parts of the net out of the file in the forms that it computes with.
class loader {
 public:
  explicit loader(const weights_file& file) : file_{file} {}

  [[nodiscard]] result<row> values(const std::string& name) const {
    DHR_TRY(const auto* found, file_.find(name, {width}));
    return row{Eigen::Map<const row>{found->values.data()}};
  }

  [[nodiscard]] result<norm> normalisation(const std::string& name) const {
    DHR_TRY(auto weight, values(name + ".weight"));
    DHR_TRY(auto bias, values(name + ".bias"));
    return norm{weight, bias};
  }

  [[nodiscard]] result<packed> product(const std::string& name, std::uint32_t inputs,
                                       std::uint32_t outputs) const {
    DHR_TRY(const auto* weight, file_.find(name + ".weight", {outputs, inputs}));
    DHR_TRY(const auto* bias, file_.find(name + ".bias", {outputs}));
    return packed{
        outputs, inputs,
        [&](std::size_t to, std::size_t from) { return weight->values[to * inputs + from]; },
        [&](std::size_t to) { return bias->values[to]; }};
  }

  [[nodiscard]] result<packed> query_key_value(const std::string& attention) const {
    std::array<const tensor*, 3> weights{};
    std::array<const tensor*, 3> biases{};
    constexpr std::array<const char*, 3> parts{".query", ".key", ".value"};
    for (std::size_t i = 0; i < parts.size(); ++i) {
      DHR_TRY(weights[i], file_.find(attention + parts[i] + ".weight", {width, width}));
      DHR_TRY(biases[i], file_.find(attention + parts[i] + ".bias", {width}));
    }
    const auto scale = [](std::size_t to) {
      return to < width ? 1 / std::sqrt(static_cast<float>(head_width)) : 1.0f;
    };
    return packed{
        3 * width, width,
        [&](std::size_t to, std::size_t from) {
          return weights[to / width]->values[to % width * width + from] * scale(to);
        },
        [&](std::size_t to) { return biases[to / width]->values[to % width] * scale(to); }};
  }

  [[nodiscard]] result<layer> encoder_layer(const std::string& name) const {
    layer made;
    DHR_TRY(made.query_key_value, query_key_value(name + ".attention.self"));
    DHR_TRY(made.attention_output, product(name + ".attention.output.dense", width, width));
    DHR_TRY(made.after_attention, normalisation(name + ".attention.output.LayerNorm"));
    DHR_TRY(made.feed_forward_in, product(name + ".intermediate.dense", width, inner_width));
    DHR_TRY(made.feed_forward_out, product(name + ".output.dense", inner_width, width));
    DHR_TRY(made.after_feed_forward, normalisation(name + ".output.LayerNorm"));
    return made;
  }

 private:
  const weights_file& file_;
};

void multiply(const packed& by, const matrix& input, matrix& output) {
  output.resize(input.rows(), static_cast<Index>(by.padded_rows()));
  by.multiply(static_cast<std::size_t>(input.rows()), input.data(),
              static_cast<std::size_t>(input.cols()), output.data(), by.padded_rows());
}

void normalise(const norm& by, matrix& values) {
  constexpr float variance_min = 1e-12f;
  for (Index i = 0; i < values.rows(); ++i) {
    Eigen::Map<row> at{values.row(i).data()};
    at -= at.mean();
    at *= by.weight / std::sqrt(at.square().mean() + variance_min);
    at += by.bias;
  }
}

// Each row becomes exp(x - largest) / sum. Below e^-60 would be numbers that slow the product after
// it down and add nothing to it.
void softmax(matrix& scores) {
  constexpr float exponent_min = -60;
  for (Index i = 0; i < scores.rows(); ++i) {
    auto at = scores.row(i).array();
    at = (at - at.maxCoeff()).max(exponent_min).exp();
    at /= at.sum();
  }
}

// What the layers write for one batch: a row for each token of all its sentences.
struct scratch {
  matrix stream;
  matrix query_key_value;
  matrix attended;
  matrix inner;
  matrix added;
  matrix scores;
};

// Tokens look at those of their own sentence, rows [begin, begin + length).
void attend(Index begin, Index length, scratch& at) {
  constexpr auto all = static_cast<Index>(width);
  for (Index head = 0; head < heads; ++head) {
    const auto column = head * head_width;
    const auto query = at.query_key_value.block(begin, column, length, head_width);
    const auto key = at.query_key_value.block(begin, all + column, length, head_width);
    const auto value = at.query_key_value.block(begin, 2 * all + column, length, head_width);
    at.scores.noalias() = query * key.transpose();
    softmax(at.scores);
    at.attended.block(begin, column, length, head_width).noalias() = at.scores * value;
  }
}

void run(const layer& by, std::span<const std::vector<token_id>> sentences, scratch& at) {
  multiply(by.query_key_value, at.stream, at.query_key_value);
  at.attended.resize(at.stream.rows(), at.stream.cols());
  Index begin = 0;
  for (const auto& sentence : sentences) {
    const auto length = static_cast<Index>(sentence.size());
    attend(begin, length, at);
    begin += length;
  }
  multiply(by.attention_output, at.attended, at.added);
  at.stream += at.added;
  normalise(by.after_attention, at.stream);

  multiply(by.feed_forward_in, at.stream, at.inner);
  nets::gelu({at.inner.data(), static_cast<std::size_t>(at.inner.size())});
  multiply(by.feed_forward_out, at.inner, at.added);
  at.stream += at.added;
  normalise(by.after_feed_forward, at.stream);
}

// How many sentences, from the first on, are to be computed together.
std::size_t batch_size(std::span<const std::vector<token_id>> sentences) {
  std::size_t tokens = 0;
  std::size_t count = 0;
  while (count < sentences.size() &&
         (count == 0 || tokens + sentences[count].size() <= batch_tokens)) {
    tokens += sentences[count++].size();
  }
  return count;
}

}  // namespace

struct sentence_encoder::weights {
  matrix words;
  matrix positions;  // with the vector of the first sentence type, the only one in use
  norm after_embedding;
  std::array<layer, layer_count> layers;

  [[nodiscard]] result<void> check(std::span<const std::vector<token_id>> sentences) const;
  void embed(std::span<const std::vector<token_id>> sentences, matrix& stream) const;
};

result<void> sentence_encoder::weights::check(
    std::span<const std::vector<token_id>> sentences) const {
  for (const auto& sentence : sentences) {
    if (sentence.empty() || sentence.size() > tokens_max) {
      return fail(errc::invalid_argument, "a sentence has " + std::to_string(sentence.size()) +
                                              " tokens; it may have 1 to " +
                                              std::to_string(tokens_max));
    }
    for (const auto id : sentence) {
      if (id < 0 || id >= words.rows()) {
        return fail(errc::invalid_argument, "there is no token " + std::to_string(id));
      }
    }
  }
  return ok();
}

void sentence_encoder::weights::embed(std::span<const std::vector<token_id>> sentences,
                                      matrix& stream) const {
  Index tokens = 0;
  for (const auto& sentence : sentences) tokens += static_cast<Index>(sentence.size());
  stream.resize(tokens, static_cast<Index>(width));
  Index at = 0;
  for (const auto& sentence : sentences) {
    Index position = 0;
    for (const auto id : sentence) stream.row(at++) = words.row(id) + positions.row(position++);
  }
  normalise(after_embedding, stream);
}

sentence_encoder::sentence_encoder(std::unique_ptr<const weights> taken)
    : weights_{std::move(taken)} {}

sentence_encoder::~sentence_encoder() = default;

result<std::shared_ptr<const sentence_encoder>> sentence_encoder::take(const weights_file& file) {
  const loader from{file};
  auto made = std::make_unique<weights>();
  DHR_TRY(const auto* words, file.find("embeddings.word_embeddings.weight"));
  const auto count = words->values.size() / width;
  DHR_TRY(words, file.find("embeddings.word_embeddings.weight",
                           {static_cast<std::uint32_t>(count), width}));
  DHR_TRY(const auto* positions,
          file.find("embeddings.position_embeddings.weight", {tokens_max, width}));
  DHR_TRY(const auto* types, file.find("embeddings.token_type_embeddings.weight", {2, width}));
  constexpr auto columns = static_cast<Index>(width);
  made->words = Eigen::Map<const matrix>{words->values.data(), static_cast<Index>(count), columns};
  made->positions = Eigen::Map<const matrix>{positions->values.data(), tokens_max, columns};
  made->positions.rowwise() += Eigen::Map<const row>{types->values.data()}.matrix();
  DHR_TRY(made->after_embedding, from.normalisation("embeddings.LayerNorm"));
  for (std::size_t i = 0; i < layer_count; ++i) {
    DHR_TRY(made->layers[i], from.encoder_layer("encoder.layer." + std::to_string(i)));
  }
  return std::shared_ptr<const sentence_encoder>{new sentence_encoder{std::move(made)}};
}

std::size_t sentence_encoder::vocabulary_size() const {
  return static_cast<std::size_t>(weights_->words.rows());
}

result<std::vector<float>> sentence_encoder::encode(
    std::span<const std::vector<token_id>> sentences) const {
  DHR_TRY(weights_->check(sentences));
  std::vector<float> vectors(sentences.size() * width);
  float* target = vectors.data();
  scratch at;
  while (!sentences.empty()) {
    const auto batch = sentences.first(batch_size(sentences));
    weights_->embed(batch, at.stream);
    for (const auto& layer : weights_->layers) run(layer, batch, at);
    Index begin = 0;
    for (const auto& sentence : batch) {
      const auto length = static_cast<Index>(sentence.size());
      Eigen::Map<row>{target} = at.stream.middleRows(begin, length).colwise().mean().array();
      begin += length;
      target += width;
    }
    sentences = sentences.subspan(batch.size());
  }
  return vectors;
}

}  // namespace dhr
