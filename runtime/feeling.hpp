#pragma once
// The node's reader of emotion, started from the configuration.

#include <caf/all.hpp>
#include <filesystem>
#include <functional>
#include <memory>

#include "actors/emotion/actors.hpp"
#include "actors/emotion/emotion_actor.hpp"
#include "gpu/model_registry.hpp"
#include "gpu/worker_metrics.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/base/config.hpp"
#include "runtime/base/result.hpp"
#include "runtime/device_watch.hpp"

namespace dhr {

struct feeling_worker {
  emotion_reader_actor reader;          // null: nothing is felt; else ended by the host
  emotion_options options;              // of each conversation's own child
  std::shared_ptr<device_watch> watch;  // null: nothing is felt
  // Looks at the net's files anew. Thread-safe, does not block; what becomes of it is logged. Null:
  // nothing is felt.
  std::function<void()> reload;
};

struct feeling_parts {
  caf::actor_system& system;
  const clock& time;
  std::filesystem::path deps_dir;
  std::shared_ptr<metrics> registry;
  std::shared_ptr<device_counts> devices;
  std::function<std::shared_ptr<worker_metrics>(const compute_device&)> counts;
  std::shared_ptr<model_registry> models;
};

// Loads the net (a fifth of a second, on a card seconds) and returns when each device has read once
// per bucket. The registry is told the net's accuracy where it is known. An error says which file
// or device is missing and what to do.
[[nodiscard]] result<feeling_worker> start_feeling(const config& settings,
                                                   const feeling_parts& parts);

}  // namespace dhr
