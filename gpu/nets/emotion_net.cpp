#include "gpu/nets/emotion_net.hpp"

#include <algorithm>
#include <cmath>

#include "gpu/nets/packed_matrix.hpp"
#include "gpu/nets/sentence_encoder.hpp"
#include "gpu/nets/weights_file.hpp"
#include "gpu/nets/word_pieces.hpp"
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

// The names of the labels that the file was trained for: their bytes, a line each.
result<void> check_labels(const weights_file& file, const std::filesystem::path& path) {
  DHR_TRY(const auto* bytes, file.find("labels"));
  std::string expected;
  for (const auto label : emotion_labels) (expected += label) += '\n';
  const auto is_same = [](char one, float other) { return static_cast<float>(one) == other; };
  if (!std::ranges::equal(expected, bytes->values, is_same)) {
    return fail(errc::failed, path.string() + " is of a net with other labels", path.string());
  }
  return ok();
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
  const auto path = folder / "emotion.weights";
  auto made = std::make_unique<parts>();
  DHR_TRY(made->pieces, word_pieces::load(folder / "vocab.txt"));
  DHR_TRY(const auto file, weights_file::read(path));
  DHR_TRY(check_labels(file, path));
  DHR_TRY(made->encoder, sentence_encoder::take(file));
  if (made->pieces->size() != made->encoder->vocabulary_size()) {
    return fail(errc::failed, (folder / "vocab.txt").string() + " does not fit " + path.string());
  }
  DHR_TRY(made->hidden, dense(file, "head.hidden", width));
  DHR_TRY(made->output, dense(file, "head.output", emotion_labels.size()));
  DHR_TRY(const auto* thresholds, file.find("thresholds", {emotion_labels.size()}));
  std::ranges::copy(thresholds->values, made->thresholds.begin());
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
