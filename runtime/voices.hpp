#pragma once
// Loads the configured voices and starts the worker that owns them.

#include <filesystem>
#include <memory>
#include <string>

#include "actors/speech/actors.hpp"
#include "actors/speech/clause_sequencer.hpp"
#include "actors/speech/metrics.hpp"
#include "actors/speech/voice_catalogue.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/base/config.hpp"
#include "runtime/base/metrics.hpp"
#include "runtime/base/result.hpp"
#include "runtime/model_entries.hpp"

namespace dhr {

struct voices {
  synthesis_actor worker;
  voice_catalogue catalogue;
  voice_options options;  // of each session's voice child
};

struct voice_parts {
  caf::actor_system& system;
  const clock& time;
  std::filesystem::path deps_dir;
  std::shared_ptr<speech_metrics> counts;
  std::shared_ptr<metrics> registry;  // for those of the device worker
  model_entries& models;
};

// errc::not_found or errc::unavailable with the file or program that is missing. A fall-back voice
// that cannot be loaded fails as well: it would be missing when it is needed.
[[nodiscard]] result<voices> start_voices(const settings::voice& wanted, const voice_parts& parts);

}  // namespace dhr
