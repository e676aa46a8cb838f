#pragma once
// Transcription by any server with the OpenAI API's `POST /v1/audio/transcriptions`. One actor for
// all conversations; each attempt is an HTTP call of its own, and only so many run at once.

#include <memory>
#include <string>

#include "actors/ears/transcription_actors.hpp"
#include "actors/ears/transcription_metrics.hpp"
#include "gpu/work_queue.hpp"
#include "gpu/worker_metrics.hpp"
#include "runtime/base/clock.hpp"

namespace boost::asio {
class io_context;
}

namespace dhr {

struct openai_transcriber_config {
  std::string base_url;  // "http://host:8000", with or without /v1
  std::string api_key;   // empty: no Authorization header
  std::string model;     // the served name
  milliseconds connect_timeout{2'000};
  milliseconds answer_timeout{10'000};  // from the request to the answer; the budget bounds it too
  int retries = 2;                      // for what is worth another try
  milliseconds backoff{200};            // before the first retry; doubled each time, with jitter
  std::size_t calls_max = 8;            // at once
  work_queue_options queue{64, milliseconds{500}, 4096};  // of those that wait for a call
  std::chrono::seconds sound_max{600};                    // of one request
  // Of the server as a worker; not null. A batch is a call, also one that failed, but not
  // one that was cancelled.
  std::shared_ptr<worker_metrics> device_metrics = std::make_shared<no_worker_metrics>();
};

// `io` carries the calls and outlives the actor; `time` as well. A cancelled or superseded attempt
// is answered at once and its connection closed. Sound in which nothing is loud is answered with an
// empty text without a call. Ends with caf::anon_send_exit; attempts under way then get no answer.
[[nodiscard]] transcription_actor spawn_openai_transcriber(
    caf::actor_system& system, boost::asio::io_context& io, openai_transcriber_config config,
    const clock& time, std::shared_ptr<transcription_metrics> metrics);

}  // namespace dhr
