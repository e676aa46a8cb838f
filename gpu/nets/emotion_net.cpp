#include "gpu/nets/emotion_net.hpp"

#include <algorithm>
#include <cmath>

#include "gpu/nets/emotion_files.hpp"
#include "gpu/nets/packed_matrix.hpp"
#include "gpu/nets/sentence_encoder.hpp"
#include "runtime/base/assert.hpp"

namespace dhr {
namespace {

using packed = nets::packed_matrix<16>;

constexpr std::size_t width = sentence_encoder::width;

result<packed> dense(const weights_file& file, const std::string& name, std::uint32_t outputs) {
  DHR_TRY(const auto* weight, file.find(name + ".weight", {outputs, width}));
  DHR_TRY(const auto* bias, file.find(name + ".bias", {outputs}));
  return packed{outputs, width,
                [&](std::size_t to, std::size_t from) { return weight->values[to * width + from]; },
                [&](std::size_t to) { return bias->values[to]; }};
}

}  // namespace

struct emotion_net::parts {
  std::shared_ptr<const word_pieces> pieces;
  std::shared_ptr<const sentence_encoder> encoder;
  packed hidden;
  packed output;
  emotion_values thresholds{};
};

emotion_net::emotion_net(std::unique_ptr<const parts> loaded) : parts_{std::move(loaded)} {}

emotion_net::~emotion_net() = default;

result<std::shared_ptr<const emotion_net>> emotion_net::load(const std::filesystem::path& folder) {
  DHR_TRY(const auto files, read_emotion_files(folder));
  return take(files, folder);
}

result<std::shared_ptr<const emotion_net>> emotion_net::take(const emotion_files& files,
                                                             const std::filesystem::path& folder) {
  auto made = std::make_unique<parts>();
  made->pieces = files.pieces;
  made->thresholds = files.thresholds;
  DHR_TRY(made->encoder, sentence_encoder::take(files.weights));
  DHR_TRY(check_vocabulary(folder, *made->pieces, made->encoder->vocabulary_size()));
  DHR_TRY(made->hidden, dense(files.weights, "head.hidden", width));
  DHR_TRY(made->output, dense(files.weights, "head.output", emotion_labels.size()));
  return std::shared_ptr<const emotion_net>{new emotion_net{std::move(made)}};
}

emotion_values emotion_net::probabilities(std::string_view text) const {
  const std::string one{text};
  return probabilities(std::span{&one, 1}).front();
}

std::vector<emotion_values> emotion_net::probabilities(std::span<const std::string> texts) const {
  std::vector<std::vector<token_id>> ids;
  ids.reserve(texts.size());
  for (const auto& text : texts) ids.push_back(parts_->pieces->ids(text, tokens_max));
  const auto encoded = parts_->encoder->encode(ids);
  DHR_ASSERT(encoded.has_value());  // the pieces are of the encoder's own vocabulary
  const auto& vectors = encoded.assume_value();

  std::vector<float> hidden(vectors.size());
  parts_->hidden.multiply(texts.size(), vectors.data(), width, hidden.data(), width);
  for (auto& value : hidden) value = std::tanh(value);
  const auto stride = parts_->output.padded_rows();
  std::vector<float> logits(texts.size() * stride);
  parts_->output.multiply(texts.size(), hidden.data(), width, logits.data(), stride);

  std::vector<emotion_values> made(texts.size());
  for (std::size_t i = 0; i < made.size(); ++i) {
    std::transform(logits.begin() + static_cast<std::ptrdiff_t>(i * stride),
                   logits.begin() + static_cast<std::ptrdiff_t>(i * stride + emotion_labels.size()),
                   made[i].begin(), [](float logit) { return 1 / (1 + std::exp(-logit)); });
  }
  return made;
}

const emotion_values& emotion_net::thresholds() const { return parts_->thresholds; }

}  // namespace dhr
