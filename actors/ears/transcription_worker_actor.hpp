#pragma once
// The device worker of the ears: one attempt at a time for all conversations of the node; those
// that somebody waits for go before the tentative ones. Between two attempts it reads its mailbox,
// so that a cancellation or a newer attempt takes effect before the next one is begun.

#include <memory>

#include "actors/ears/transcriber.hpp"
#include "actors/ears/transcription_actors.hpp"
#include "actors/ears/transcription_metrics.hpp"
#include "actors/speech/synthesis_worker_actor.hpp"
#include "gpu/work_queue.hpp"
#include "gpu/worker_metrics.hpp"
#include "runtime/base/clock.hpp"

namespace dhr {

struct transcription_worker_options {
  std::unique_ptr<transcriber> ears;  // not null; knows English
  const clock* time = nullptr;        // not null; outlives the worker
  std::shared_ptr<transcription_metrics> metrics = std::make_shared<no_transcription_metrics>();
  std::shared_ptr<worker_metrics> device_metrics = std::make_shared<no_worker_metrics>();
  work_queue_options queue{64, milliseconds{500}, 4096};
  std::chrono::seconds sound_max{600};  // of one request
};

// Answers a language other than English with errc::invalid_argument at "language"; ignores the
// prompt. Ends with caf::anon_send_exit; attempts that wait then get no answer, and their askers
// see the worker go down.
[[nodiscard]] transcription_actor spawn_transcription_worker(caf::actor_system& system,
                                                             worker_spawn how,
                                                             transcription_worker_options options);

}  // namespace dhr
