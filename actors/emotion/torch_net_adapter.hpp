#pragma once
// The net of models/emotion by libtorch as a reader of sentences; in builds with DHR_TORCH.

#include <memory>

#include "actors/emotion/sentence_reader.hpp"
#include "gpu/torch/torch_emotion_net.hpp"

namespace dhr {

// `net` is not null. For the temperature see calibration.hpp.
[[nodiscard]] std::unique_ptr<sentence_reader> make_torch_reader(
    std::unique_ptr<torch_emotion_net> net, double temperature);

}  // namespace dhr
