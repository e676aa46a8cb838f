#pragma once
// The device worker of the voices: one clause at a time for all conversations of the node, first
// clauses before later ones. Between two clauses it reads its mailbox, so that a cancellation takes
// effect before the next clause is begun.

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "actors/speech/actors.hpp"
#include "actors/speech/metrics.hpp"
#include "actors/speech/synthesizer.hpp"
#include "gpu/work_queue.hpp"
#include "gpu/worker_metrics.hpp"
#include "gpu/worker_spawn.hpp"
#include "runtime/base/clock.hpp"

namespace dhr {

// By the name that clients ask for.
using voice_map = std::map<std::string, std::unique_ptr<synthesizer>, std::less<>>;

// The entry of a voice under its own name.
void add_voice(voice_map& voices, std::unique_ptr<synthesizer> voice);

struct synthesis_worker_options {
  voice_map voices;
  const clock* time = nullptr;  // not null; outlives the worker
  std::shared_ptr<speech_metrics> metrics = std::make_shared<no_speech_metrics>();
  std::shared_ptr<worker_metrics> device_metrics = std::make_shared<no_worker_metrics>();
  work_queue_options queue;
};

// Ends with caf::anon_send_exit; clauses that wait then get no answer, and the voice children see
// the worker go down.
[[nodiscard]] synthesis_actor spawn_synthesis_worker(caf::actor_system& system, worker_spawn how,
                                                     synthesis_worker_options options);

}  // namespace dhr
