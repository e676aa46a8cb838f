#pragma once
// The device worker that reads emotion: clauses of all conversations meet in its batcher, and what
// is due is read together. Between two batches it reads its mailbox, so that a cancellation takes
// effect before the next one is begun.

#include <memory>

#include "actors/emotion/actors.hpp"
#include "actors/emotion/sentence_reader.hpp"
#include "gpu/batch_rules.hpp"
#include "gpu/work_queue.hpp"
#include "gpu/worker_metrics.hpp"
#include "gpu/worker_spawn.hpp"
#include "runtime/base/clock.hpp"

namespace dhr {

// By length: a batch of clauses of up to 16 tokens does not wait for one of 64.
[[nodiscard]] batch_limits emotion_batches(std::size_t batch_max, milliseconds wait_max);

struct emotion_reader_options {
  std::unique_ptr<sentence_reader> reader;  // not null; used by the actor's thread alone
  batch_limits batches = emotion_batches(64, milliseconds{4});
  work_queue_options queue;
  const clock* time = nullptr;  // not null; outlives the actor
  std::shared_ptr<worker_metrics> metrics = std::make_shared<no_worker_metrics>();
};

// Ends with caf::anon_send_exit; clauses that wait then get no answer.
[[nodiscard]] emotion_reader_actor spawn_emotion_reader(caf::actor_system& system, worker_spawn how,
                                                        emotion_reader_options options);

}  // namespace dhr
