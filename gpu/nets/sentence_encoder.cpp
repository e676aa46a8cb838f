#include "gpu/nets/sentence_encoder.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <string>

#include "gpu/nets/encoder_kernel.hpp"
#include "gpu/nets/kernel_matrix.hpp"
#include "gpu/nets/weights_file.hpp"

namespace dhr {
namespace {

using nets::encoder_kernel;
using nets::kernel_matrix;

constexpr std::size_t width = sentence_encoder::width;
static_assert(width == nets::encoder_width);
constexpr std::size_t inner_width = nets::encoder_inner_width;
constexpr std::size_t layer_count = 6;
// So many tokens go through the layers together: what they need stays in the second-level cache.
constexpr std::size_t batch_tokens = 160;

using row = std::array<float, width>;

struct norm {
  row weight;
  row bias;
};

struct layer {
  // The three one after another, the queries scaled by 1 / sqrt(encoder_head_width).
  kernel_matrix query_key_value;
  kernel_matrix attention_output;
  norm after_attention;
  kernel_matrix feed_forward_in;
  kernel_matrix feed_forward_out;
  norm after_feed_forward;
};

// Takes the parts of the net out of the file in the forms that it computes with.
class loader {
 public:
  loader(const weights_file& file, const encoder_kernel& kernel) : file_{file}, kernel_{kernel} {}

  [[nodiscard]] result<row> values(const std::string& name) const {
    DHR_TRY(const auto* found, file_.find(name, {width}));
    row made;
    std::ranges::copy(found->values, made.begin());
    return made;
  }

  [[nodiscard]] result<norm> normalisation(const std::string& name) const {
    DHR_TRY(auto weight, values(name + ".weight"));
    DHR_TRY(auto bias, values(name + ".bias"));
    return norm{weight, bias};
  }

  [[nodiscard]] result<kernel_matrix> product(const std::string& name, std::uint32_t inputs,
                                              std::uint32_t outputs) const {
    DHR_TRY(const auto* weight, file_.find(name + ".weight", {outputs, inputs}));
    DHR_TRY(const auto* bias, file_.find(name + ".bias", {outputs}));
    return kernel_matrix{
        kernel_, outputs, inputs,
        [&](std::size_t to, std::size_t from) { return weight->values[to * inputs + from]; },
        [&](std::size_t to) { return bias->values[to]; }};
  }

  [[nodiscard]] result<kernel_matrix> query_key_value(const std::string& attention) const {
    std::array<const tensor*, 3> weights{};
    std::array<const tensor*, 3> biases{};
    constexpr std::array<const char*, 3> parts{".query", ".key", ".value"};
    for (std::size_t i = 0; i < parts.size(); ++i) {
      DHR_TRY(weights[i], file_.find(attention + parts[i] + ".weight", {width, width}));
      DHR_TRY(biases[i], file_.find(attention + parts[i] + ".bias", {width}));
    }
    const auto scale = [](std::size_t to) {
      return to < width ? 1 / std::sqrt(static_cast<float>(nets::encoder_head_width)) : 1.0f;
    };
    return kernel_matrix{
        kernel_, 3 * width, width,
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
  const encoder_kernel& kernel_;
};

// What the layers write for one batch: a row for each token of all its sentences. Made for the
// largest batch of a call.
struct scratch {
  std::vector<float> stream;
  std::vector<float> wide;  // queries, keys and values, then the inside of the feed-forward
  std::vector<float> attended;
  std::vector<float> added;
  std::vector<float> attention;
  nets::level_buffer levels;

  scratch(const encoder_kernel& kernel, std::size_t tokens, std::size_t longest)
      : stream(tokens * width),
        wide(tokens * inner_width),
        attended(tokens * width),
        added(tokens * width),
        attention(kernel.attend_scratch(longest)),
        levels(tokens * inner_width, tokens) {}
};

void run(const encoder_kernel& kernel, const layer& by,
         std::span<const std::vector<token_id>> sentences, std::size_t tokens, scratch& at) {
  constexpr auto attention_width = 3 * width;
  by.query_key_value.multiply(tokens, at.stream.data(), at.levels, at.wide.data());
  std::size_t begin = 0;
  for (const auto& sentence : sentences) {  // tokens look at those of their own sentence
    kernel.attend(at.wide.data() + begin * attention_width, sentence.size(),
                  at.attended.data() + begin * width, at.attention.data());
    begin += sentence.size();
  }
  by.attention_output.multiply(tokens, at.attended.data(), at.levels, at.added.data());
  kernel.add_and_normalise(at.stream.data(), at.added.data(), tokens,
                           by.after_attention.weight.data(), by.after_attention.bias.data());

  by.feed_forward_in.multiply(tokens, at.stream.data(), at.levels, at.wide.data());
  kernel.gelu(at.wide.data(), tokens * inner_width);
  by.feed_forward_out.multiply(tokens, at.wide.data(), at.levels, at.added.data());
  kernel.add_and_normalise(at.stream.data(), at.added.data(), tokens,
                           by.after_feed_forward.weight.data(), by.after_feed_forward.bias.data());
}

std::size_t tokens_of(std::span<const std::vector<token_id>> sentences) {
  std::size_t tokens = 0;
  for (const auto& sentence : sentences) tokens += sentence.size();
  return tokens;
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
  const encoder_kernel* kernel = nullptr;
  std::vector<float> words;
  std::vector<float> positions;  // with the vector of the first sentence type, the only one in use
  norm after_embedding;
  std::array<layer, layer_count> layers;

  [[nodiscard]] result<void> check(std::span<const std::vector<token_id>> sentences) const;
  void embed(std::span<const std::vector<token_id>> sentences, float* stream) const;
  [[nodiscard]] std::size_t count() const { return words.size() / width; }
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
      if (id < 0 || static_cast<std::size_t>(id) >= count()) {
        return fail(errc::invalid_argument, "there is no token " + std::to_string(id));
      }
    }
  }
  return ok();
}

void sentence_encoder::weights::embed(std::span<const std::vector<token_id>> sentences,
                                      float* stream) const {
  for (const auto& sentence : sentences) {
    const float* position = positions.data();
    for (const auto id : sentence) {
      std::copy_n(words.data() + static_cast<std::size_t>(id) * width, width, stream);
      kernel->add_and_normalise(stream, position, 1, after_embedding.weight.data(),
                                after_embedding.bias.data());
      stream += width;
      position += width;
    }
  }
}

sentence_encoder::sentence_encoder(std::unique_ptr<const weights> taken)
    : weights_{std::move(taken)} {}

sentence_encoder::~sentence_encoder() = default;

result<std::shared_ptr<const sentence_encoder>> sentence_encoder::take(
    const weights_file& file, const encoder_kernel* kernel) {
  auto made = std::make_unique<weights>();
  made->kernel = kernel != nullptr ? kernel : &nets::best_encoder_kernel();
  const loader from{file, *made->kernel};
  DHR_TRY(const auto* words, file.find("embeddings.word_embeddings.weight"));
  const auto count = words->values.size() / width;
  DHR_TRY(words, file.find("embeddings.word_embeddings.weight",
                           {static_cast<std::uint32_t>(count), width}));
  DHR_TRY(const auto* positions,
          file.find("embeddings.position_embeddings.weight", {tokens_max, width}));
  DHR_TRY(const auto* types, file.find("embeddings.token_type_embeddings.weight", {2, width}));
  made->words = words->values;
  made->positions = positions->values;
  for (std::size_t i = 0; i < made->positions.size(); ++i) {
    made->positions[i] += types->values[i % width];
  }
  DHR_TRY(made->after_embedding, from.normalisation("embeddings.LayerNorm"));
  for (std::size_t i = 0; i < layer_count; ++i) {
    DHR_TRY(made->layers[i], from.encoder_layer("encoder.layer." + std::to_string(i)));
  }
  return std::shared_ptr<const sentence_encoder>{new sentence_encoder{std::move(made)}};
}

std::size_t sentence_encoder::vocabulary_size() const { return weights_->count(); }

result<std::vector<float>> sentence_encoder::encode(
    std::span<const std::vector<token_id>> sentences) const {
  DHR_TRY(weights_->check(sentences));
  const auto& kernel = *weights_->kernel;
  std::vector<float> vectors(sentences.size() * width);
  float* target = vectors.data();
  std::size_t longest = 0;
  for (const auto& sentence : sentences) longest = std::max(longest, sentence.size());
  scratch at{kernel, std::min(tokens_of(sentences), std::max(batch_tokens, longest)), longest};
  while (!sentences.empty()) {
    const auto batch = sentences.first(batch_size(sentences));
    weights_->embed(batch, at.stream.data());
    for (const auto& layer : weights_->layers) run(kernel, layer, batch, tokens_of(batch), at);
    const float* token = at.stream.data();
    for (const auto& sentence : batch) {
      for (std::size_t i = 0; i < sentence.size(); ++i, token += width) {
        std::transform(token, token + width, target, target, std::plus<>{});
      }
      const float share = 1 / static_cast<float>(sentence.size());
      std::transform(target, target + width, target, [&](float sum) { return sum * share; });
      target += width;
    }
    sentences = sentences.subspan(batch.size());
  }
  return vectors;
}

}  // namespace dhr
