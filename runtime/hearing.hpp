#pragma once
// The node's ears: nets, transcription and hearing worker, started from the configuration.

#include <caf/all.hpp>
#include <filesystem>
#include <functional>
#include <memory>

#include "actors/ears/actors.hpp"
#include "actors/ears/ears_actor.hpp"
#include "actors/ears/hearing_worker_actor.hpp"
#include "actors/ears/transcription_metrics.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/base/config.hpp"
#include "runtime/base/metrics.hpp"
#include "runtime/model_entries.hpp"

namespace boost::asio {
class io_context;
}

namespace dhr {

// Workers that all conversations share; ended with stop_hearing before the actor system goes.
struct hearing {
  transcription_actor transcription;  // null: the node does not listen
  hearing_actor worker;
  ears_options ears;  // for each conversation's own
};

struct hearing_parts {
  caf::actor_system& system;
  boost::asio::io_context& io;
  const clock& time;
  std::filesystem::path deps_dir;
  std::shared_ptr<transcription_metrics> counts;
  std::shared_ptr<metrics> registry;  // for those of the device worker
  model_entries& models;
};

// Loads the models (about a second). An error says which file is missing and what to do.
[[nodiscard]] result<hearing> start_hearing(const settings::ears& wanted,
                                            const hearing_parts& parts);

// How a session listens that says nothing about it.
[[nodiscard]] listening_settings default_listening(const settings::ears& wanted);

}  // namespace dhr
