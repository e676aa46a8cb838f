#pragma once
// The net of models/emotion as a reader of sentences.

#include <memory>

#include "actors/emotion/sentence_reader.hpp"
#include "gpu/nets/emotion_net.hpp"

namespace dhr {

// `net` is not null. For the temperature see calibration.hpp. A batch of more than 8 is shared by
// `threads` threads, at least 1, which the call waits for.
[[nodiscard]] std::unique_ptr<sentence_reader> make_net_reader(
    std::shared_ptr<const emotion_net> net, double temperature, std::size_t threads);

}  // namespace dhr
