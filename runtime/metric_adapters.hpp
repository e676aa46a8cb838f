#pragma once
// The rooms' own counters, written to the node's registry.

#include <memory>

#include "actors/conversation/language_metrics.hpp"
#include "actors/ears/transcription_metrics.hpp"
#include "actors/session/metrics.hpp"
#include "actors/speech/metrics.hpp"
#include "gpu/worker_metrics.hpp"
#include "runtime/base/metrics.hpp"
#include "runtime/cluster/metrics.hpp"
#include "runtime/relay/metrics.hpp"
#include "runtime/store/metrics.hpp"
#include "runtime/workload.hpp"

namespace dhr {

// All of them share `counts`.
[[nodiscard]] std::shared_ptr<session_metrics> make_session_metrics(
    std::shared_ptr<metrics> counts);
[[nodiscard]] std::shared_ptr<speech_metrics> make_speech_metrics(std::shared_ptr<metrics> counts,
                                                                  std::shared_ptr<workload> work);
[[nodiscard]] std::shared_ptr<language_metrics> make_language_metrics(
    std::shared_ptr<metrics> counts, std::shared_ptr<workload> work);
[[nodiscard]] std::shared_ptr<transcription_metrics> make_transcription_metrics(
    std::shared_ptr<metrics> counts, std::shared_ptr<workload> work);
// Of one device worker; beside those of its room.
[[nodiscard]] std::shared_ptr<worker_metrics> make_worker_metrics(std::shared_ptr<metrics> counts,
                                                                  const worker_labels& labels);
// Of the worker that reads emotion on this device.
[[nodiscard]] std::shared_ptr<worker_metrics> make_feeling_metrics(std::shared_ptr<metrics> counts,
                                                                   std::shared_ptr<workload> work,
                                                                   const std::string& device);
// Tells trouble in the log as well.
[[nodiscard]] std::shared_ptr<store_metrics> make_store_metrics(std::shared_ptr<metrics> counts);
[[nodiscard]] std::shared_ptr<cluster_metrics> make_cluster_metrics(
    std::shared_ptr<metrics> counts);
[[nodiscard]] std::shared_ptr<relay_metrics> make_relay_metrics(std::shared_ptr<metrics> counts);

}  // namespace dhr
