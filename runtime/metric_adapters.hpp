#pragma once
// The rooms' own counters, written to the node's registry.

#include <memory>

#include "actors/conversation/language_metrics.hpp"
#include "actors/session/metrics.hpp"
#include "actors/speech/metrics.hpp"
#include "runtime/base/metrics.hpp"

namespace dhr {

// All of them share `counts`.
[[nodiscard]] std::shared_ptr<session_metrics> make_session_metrics(
    std::shared_ptr<metrics> counts);
[[nodiscard]] std::shared_ptr<speech_metrics> make_speech_metrics(std::shared_ptr<metrics> counts);
[[nodiscard]] std::shared_ptr<language_metrics> make_language_metrics(
    std::shared_ptr<metrics> counts);

}  // namespace dhr
