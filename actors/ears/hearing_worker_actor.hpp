#pragma once
// The device worker that judges whether words are complete and measures how they were said, one
// request at a time for all conversations of the node.

#include <memory>

#include "actors/ears/actors.hpp"
#include "gpu/nets/turn_end_net.hpp"
#include "runtime/base/clock.hpp"

namespace dhr {

// Called on the worker's thread.
class hearing_metrics {
 public:
  virtual ~hearing_metrics() = default;
  virtual void end_judged(nanoseconds /*took*/) noexcept {}
  virtual void request_dropped() noexcept {}  // its deadline had passed
};

struct hearing_worker_options {
  std::shared_ptr<const turn_end_net> net;  // null: every end is unjudged
  const clock* time = nullptr;              // not null; outlives the worker
  std::shared_ptr<hearing_metrics> metrics = std::make_shared<hearing_metrics>();
};

// On a thread of its own with `detached`. What it is late for it drops, so its mailbox cannot grow
// beyond what conversations ask within a deadline.
[[nodiscard]] hearing_actor spawn_hearing_worker(caf::actor_system& system, bool detached,
                                                 hearing_worker_options options);

}  // namespace dhr
