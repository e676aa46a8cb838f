#pragma once
// Where a device worker's actor runs.

namespace dhr {

enum class worker_spawn {
  detached,   // a thread of its own: what a node does, since the work blocks
  scheduled,  // on the scheduler: deterministic tests, or a worker whose work takes no time
};

}  // namespace dhr
