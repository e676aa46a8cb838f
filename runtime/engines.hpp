#pragma once
// Starts the configured language engine.

#include <memory>
#include <optional>
#include <string>

#include "actors/conversation/actors.hpp"
#include "actors/conversation/history.hpp"
#include "actors/conversation/language_metrics.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/base/config.hpp"
#include "runtime/base/metrics.hpp"
#include "runtime/base/result.hpp"
#include "runtime/model_entries.hpp"

namespace boost::asio {
class io_context;
}

namespace dhr {

struct engine {
  engine_actor actor;
  token_counter count;
  std::string name;  // "embedded smollm2-135m-instruct-q4_0.gguf", for the log and the readiness
};

struct engine_parts {
  caf::actor_system& system;
  boost::asio::io_context& io;  // of the outbound client; outlives the engine
  const clock& time;
  std::filesystem::path deps_dir;
  std::shared_ptr<language_metrics> counts;
  std::shared_ptr<metrics> registry;  // for those of the device worker
  model_entries& models;
  std::optional<std::string> recite;  // recites this instead of what is configured
};

// Loads the model and reads the persona, which takes a second or two. errc::unavailable names the
// file that is missing.
[[nodiscard]] result<engine> start_engine(const settings::conversation& wanted, engine_parts parts);

}  // namespace dhr
