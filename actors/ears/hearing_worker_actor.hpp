#pragma once
// The device worker that judges whether words are complete and measures how they were said, one
// request at a time for all conversations of the node; ends go before melodies, since somebody
// waits for them. Between two requests it reads its mailbox, so that a newer attempt takes effect
// before the one that it replaces is begun.

#include <memory>

#include "actors/ears/actors.hpp"
#include "gpu/nets/turn_end_net.hpp"
#include "gpu/work_queue.hpp"
#include "gpu/worker_metrics.hpp"
#include "gpu/worker_spawn.hpp"
#include "runtime/base/clock.hpp"

namespace dhr {

struct hearing_worker_options {
  std::shared_ptr<const turn_end_net> net;  // null: every end is unjudged
  const clock* time = nullptr;              // not null; outlives the worker
  std::shared_ptr<worker_metrics> metrics = std::make_shared<no_worker_metrics>();  // not null
  work_queue_options queue{64, milliseconds{200}, 4096};
};

// Ends with caf::anon_send_exit; requests that wait then get no answer.
[[nodiscard]] hearing_actor spawn_hearing_worker(caf::actor_system& system, worker_spawn how,
                                                 hearing_worker_options options);

}  // namespace dhr
