#pragma once
// The device worker that reads emotion on one device: clauses of all its conversations meet in its
// batcher, and what is due is read together. Between two batches it reads its mailbox, so that a
// cancellation, and another reader, take effect before the next one is begun.
//
// A device that fails ends its worker, which frees what it held there; on the last resort a batch
// that fails is answered with its error and the worker goes on.

#include <memory>

#include "actors/emotion/reading_worker_actors.hpp"
#include "gpu/batch_rules.hpp"
#include "gpu/work_queue.hpp"
#include "gpu/worker_metrics.hpp"
#include "gpu/worker_spawn.hpp"
#include "runtime/base/clock.hpp"

namespace dhr {

struct reading_worker_options {
  std::uint64_t id = 0;                     // what it calls itself in worker_failed
  std::unique_ptr<sentence_reader> reader;  // not null, warmed up; used by the actor's thread alone
  label_scores thresholds = evenly(0.5f);   // of the reader's net
  batch_limits batches;
  work_queue_options queue;
  const clock* time = nullptr;  // not null; outlives the actor
  std::shared_ptr<worker_metrics> metrics = std::make_shared<no_worker_metrics>();
  bool is_last_resort = false;
};

// Ends with caf::anon_send_exit; clauses that wait then get no answer.
[[nodiscard]] reading_worker_actor spawn_reading_worker(caf::actor_system& system, worker_spawn how,
                                                        reading_worker_client asker,
                                                        reading_worker_options options);

// Carries the order out on a thread of its own, tells the asker, and ends.
void spawn_reader_loading(caf::actor_system& system, worker_spawn how, reader_loading_client asker,
                          load_order order);

}  // namespace dhr
