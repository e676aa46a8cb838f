#pragma once
// The engine "sglang": any server that streams OpenAI chat completions. One actor for all
// conversations; each reply is an HTTP call of its own.

#include <memory>
#include <string>

#include "actors/conversation/actors.hpp"
#include "actors/conversation/language_metrics.hpp"
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
};

// `io` carries the calls and outlives the engine; `time` as well.
engine_actor spawn_openai_engine(caf::actor_system& system, boost::asio::io_context& io,
                                 openai_engine_config config, const clock& time,
                                 std::shared_ptr<language_metrics> metrics);

// The address of the completions below a base address.
[[nodiscard]] std::string completions_url(std::string base_url);

}  // namespace dhr
