#include "gpu/torch/torch_emotion_net.hpp"

#include <ATen/core/grad_mode.h>
#include <c10/core/InferenceMode.h>
#ifdef DHR_WITH_CUDA
#include <c10/cuda/CUDAFunctions.h>
#endif

#include <algorithm>
#include <string>
#include <utility>

#include "gpu/batch_rules.hpp"
#include "gpu/nets/emotion_files.hpp"
#include "gpu/nets/sentence_encoder.hpp"
#include "gpu/torch/device_lane.hpp"
#include "gpu/torch/torch_encoder.hpp"
#include "gpu/torch/torch_errors.hpp"
#include "runtime/base/assert.hpp"

namespace dhr {
namespace {

// A batch's rows are padded with sentences of one token, whose probabilities nobody reads.
constexpr token_id padding_id = 0;

result<batch_limits> limits_of(const torch_net_options& options) {
  batch_limits made{.batch_max = options.row_sizes.empty() ? 0 : options.row_sizes.back(),
                    .buckets = options.lengths,
                    .row_sizes = options.row_sizes};
  DHR_TRY(check(made));
  if (options.row_sizes.front() == 0) {
    return fail(errc::invalid_argument, "a batch has at least one row", "row_sizes");
  }
  if (options.lengths.front() < 2 || options.lengths.back() > sentence_encoder::tokens_max) {
    return fail(errc::invalid_argument,
                "a sentence has 2 to " + std::to_string(sentence_encoder::tokens_max) + " tokens",
                "lengths");
  }
  if (!(options.memory_fraction > 0 && options.memory_fraction <= 1)) {
    return fail(errc::invalid_argument, "a share of the memory is above 0 and at most 1",
                "memory_fraction");
  }
  return made;
}

result<std::unique_ptr<device_lane>> lane_on(const compute_device& device,
                                             const lane_options& options) {
  if (device.kind == device_kind::cpu) return make_cpu_lane(options);
#ifdef DHR_WITH_CUDA
  const auto cards = torch_emotion_net::device_count();
  if (device.index >= 0 && device.index < cards) return make_cuda_lane(device.index, options);
  return fail(errc::unavailable,
              "there is no " + to_string(device) + "; torch sees " + std::to_string(cards) +
                  " cards (see nvidia-smi)",
              to_string(device));
#else
  return fail(errc::unavailable,
              "there is no " + to_string(device) +
                  ": this program is built without CUDA; build it with -DDHR_CUDA=ON",
              to_string(device));
#endif
}

}  // namespace

std::vector<std::size_t> row_sizes_up_to(std::size_t batch_size) {
  std::vector<std::size_t> sizes;
  for (std::size_t size = 1; size < batch_size; size *= 2) sizes.push_back(size);
  sizes.push_back(batch_size);
  return sizes;
}

struct torch_emotion_net::parts {
  batch_limits limits;
  std::shared_ptr<const word_pieces> pieces;
  emotion_values thresholds{};
  std::unique_ptr<device_lane>
      lane;  // made first and destroyed last: the tensors are on its device
  torch_encoder encoder;
  bool is_lost = false;

  // Runs what may throw, on the lane's stream and without gradients.
  template <class Work>
  result<void> guarded(const Work& work) {
    if (is_lost) return fail(errc::unavailable, "the device is lost since an earlier error");
    try {
      const c10::InferenceMode no_gradients;
      work();
      return ok();
    } catch (...) {
      is_lost = lane->is_lost();
      return boost::outcome_v2::failure(error_of_current_exception(is_lost));
    }
  }

  [[nodiscard]] device_lane::computation computation() const {
    return [this](const at::Tensor& inputs, batch_shape shape) {
      return encoder.probabilities(inputs, shape, lane->stream());
    };
  }

  [[nodiscard]] std::size_t row_size(std::size_t sentences) const {
    return rows_for(limits, sentences);
  }

  [[nodiscard]] std::vector<token_id> ids(std::string_view text) const {
    return pieces->ids(text, limits.buckets.back());
  }

  // Lengths first, then the ids, row by row.
  void stage(std::span<const std::vector<token_id>> sentences, batch_shape shape) {
    const auto inputs = lane->inputs();
    std::ranges::fill(inputs.first(shape.rows), 1);
    std::ranges::fill(inputs.subspan(shape.rows, shape.tokens()), padding_id);
    for (std::size_t row = 0; row < sentences.size(); ++row) {
      inputs[row] = static_cast<std::int32_t>(sentences[row].size());
      std::ranges::copy(sentences[row], inputs.subspan(shape.rows + row * shape.length).begin());
    }
  }

  [[nodiscard]] emotion_values output(std::size_t row) const {
    emotion_values made;
    std::ranges::copy(lane->outputs().subspan(row * made.size(), made.size()), made.begin());
    return made;
  }
};

torch_emotion_net::torch_emotion_net(std::unique_ptr<parts> loaded) : parts_{std::move(loaded)} {}

torch_emotion_net::~torch_emotion_net() = default;

result<std::unique_ptr<torch_emotion_net>> torch_emotion_net::load(
    const std::filesystem::path& folder, const compute_device& device,
    const torch_net_options& options) {
  DHR_TRY(const auto files, read_emotion_files(folder));
  return take(files, folder, device, options);
}

result<std::unique_ptr<torch_emotion_net>> torch_emotion_net::take(
    const emotion_files& files, const std::filesystem::path& folder, const compute_device& device,
    const torch_net_options& options) {
  auto made = std::make_unique<parts>();
  DHR_TRY(made->limits, limits_of(options));
  made->pieces = files.pieces;
  made->thresholds = files.thresholds;

  const batch_shape largest{options.row_sizes.back(), options.lengths.back()};
  const auto narrow = options.precision.value_or(
      device.kind == device_kind::cuda ? net_precision::float16 : net_precision::float32);
  try {
    DHR_TRY(made->lane, lane_on(device, {.inputs_max = largest.inputs(),
                                         .outputs_max = largest.rows * emotion_labels.size(),
                                         .memory_fraction = options.memory_fraction,
                                         .graphs = options.graphs}));
  } catch (...) {
    return boost::outcome_v2::failure(error_of_current_exception(false));
  }
  result<torch_encoder> taken = torch_encoder{};
  DHR_TRY(made->guarded([&] {
    made->lane->on_stream([&] {
      taken = torch_encoder::take(
          files.weights, {.device = made->lane->device(),
                          .precision = narrow == net_precision::float16 ? at::kHalf : at::kFloat,
                          .own_kernels = options.own_kernels});
    });
  }));
  DHR_TRY(made->encoder, std::move(taken));
  DHR_TRY(check_vocabulary(folder, *made->pieces, made->encoder.vocabulary_size()));
  return std::unique_ptr<torch_emotion_net>{new torch_emotion_net{std::move(made)}};
}

result<void> torch_emotion_net::warm_up() {
  auto& at = *parts_;
  for (const auto rows : at.limits.row_sizes) {
    for (const std::size_t length : at.limits.buckets) {
      DHR_TRY(at.guarded([&] {
        const batch_shape shape{rows, length};
        at.stage({}, shape);
        // Libraries choose and load their kernels at the first use, which can't be captured.
        at.lane->compute(shape, at.computation());
        at.lane->capture(shape, at.computation());
      }));
    }
  }
  return ok();
}

result<std::vector<emotion_values>> torch_emotion_net::probabilities(
    std::span<const std::string> texts) {
  auto& at = *parts_;
  std::vector<std::vector<std::size_t>> places(at.limits.buckets.size());  // by bucket
  std::vector<std::vector<token_id>> ids;
  ids.reserve(texts.size());
  for (std::size_t i = 0; i < texts.size(); ++i) {
    ids.push_back(at.ids(texts[i]));
    const auto bucket = bucket_of(at.limits, static_cast<std::uint32_t>(ids.back().size()));
    DHR_ASSERT(bucket.has_value());  // the ids are cut at the last bucket
    places[*bucket].push_back(i);
  }
  std::vector<emotion_values> made(texts.size());
  std::vector<std::vector<token_id>> batch;
  for (std::size_t bucket = 0; bucket < places.size(); ++bucket) {
    for (std::span<const std::size_t> left = places[bucket]; !left.empty();) {
      const auto own = left.first(std::min(left.size(), at.limits.batch_max));
      left = left.subspan(own.size());
      batch.clear();
      for (const auto place : own) batch.push_back(std::move(ids[place]));
      const batch_shape shape{at.row_size(own.size()), at.limits.buckets[bucket]};
      DHR_TRY(at.guarded([&] {
        at.stage(batch, shape);
        at.lane->compute(shape, at.computation());
      }));
      for (std::size_t row = 0; row < own.size(); ++row) made[own[row]] = at.output(row);
    }
  }
  return made;
}

std::size_t torch_emotion_net::length_of(std::string_view text) const {
  return parts_->ids(text).size();
}

const emotion_values& torch_emotion_net::thresholds() const { return parts_->thresholds; }

std::uintptr_t torch_emotion_net::stream() const {
  return reinterpret_cast<std::uintptr_t>(parts_->lane->stream());
}

std::size_t torch_emotion_net::graph_count() const { return parts_->lane->graph_count(); }

int torch_emotion_net::device_count() noexcept {
#ifdef DHR_WITH_CUDA
  return c10::cuda::device_count();
#else
  return 0;
#endif
}

}  // namespace dhr
