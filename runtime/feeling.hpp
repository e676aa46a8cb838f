#pragma once
// The node's reader of emotion, started from the configuration.

#include <caf/all.hpp>
#include <filesystem>
#include <memory>
#include <optional>

#include "actors/emotion/actors.hpp"
#include "actors/emotion/emotion_actor.hpp"
#include "gpu/worker_metrics.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/base/config.hpp"
#include "runtime/base/result.hpp"

namespace dhr {

struct feeling_worker {
  emotion_reader_actor reader;     // null: nothing is felt; else ended by the host
  std::optional<double> accuracy;  // of the calibration, where a file gives it
  emotion_options options;         // of each conversation's own child
};

struct feeling_parts {
  caf::actor_system& system;
  const clock& time;
  std::filesystem::path deps_dir;
  std::shared_ptr<worker_metrics> counts;
};

// Loads the net (a fifth of a second). An error says which file is missing and what to do.
[[nodiscard]] result<feeling_worker> start_feeling(const config& settings,
                                                   const feeling_parts& parts);

}  // namespace dhr
