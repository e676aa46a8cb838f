#pragma once
// The net of models/emotion as a reader of sentences.

#include <memory>

#include "actors/emotion/sentence_reader.hpp"
#include "gpu/nets/emotion_net.hpp"

namespace dhr {

// `net` is not null. For the temperature see calibration.hpp.
[[nodiscard]] std::unique_ptr<sentence_reader> make_net_reader(
    std::shared_ptr<const emotion_net> net, double temperature);

}  // namespace dhr
