#pragma once
// The engine "sglang": any server that streams OpenAI chat completions. One actor for all
// conversations; each reply is an HTTP call of its own.

#include <memory>
#include <string>

#include "actors/conversation/actors.hpp"
#include "actors/conversation/language_metrics.hpp"
#include "gpu/worker_metrics.hpp"
#include "runtime/base/clock.hpp"

namespace boost::asio {
class io_context;
}

namespace dhr {

struct openai_engine_config {
  std::string base_url;  // "http://host:30000", with or without /v1
  std::string api_key;   // empty: no Authorization header
  std::string model;     // the served name
  milliseconds connect_timeout{2'000};
  milliseconds first_token_timeout{10'000};
  milliseconds idle_timeout{5'000};
  int retries = 2;            // before the first token, for what is worth another try
  milliseconds backoff{200};  // before the first retry; doubled each time, with jitter
  // Of the server as a worker; not null. A batch is a call that ended by itself, whatever came of
  // it; what waits is what will be called again.
  std::shared_ptr<worker_metrics> device_metrics = std::make_shared<no_worker_metrics>();
};

// `io` carries the calls and outlives the engine; `time` as well.
engine_actor spawn_openai_engine(caf::actor_system& system, boost::asio::io_context& io,
                                 openai_engine_config config, const clock& time,
                                 std::shared_ptr<language_metrics> metrics);

// The address of the completions below a base address.
[[nodiscard]] std::string completions_url(std::string base_url);

}  // namespace dhr
