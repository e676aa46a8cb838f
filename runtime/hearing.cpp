#include "runtime/hearing.hpp"

#include <utility>

#include "actors/ears/fallback_transcriber_actor.hpp"
#include "actors/ears/moonshine_adapter.hpp"
#include "actors/ears/openai_transcriber_actor.hpp"
#include "actors/ears/transcription_worker_actor.hpp"
#include "runtime/metric_adapters.hpp"

namespace dhr {
namespace {

using settings::transcription_kind;

turn_detection_kind kind_of(settings::turn_detection_kind kind) {
  switch (kind) {
    case settings::turn_detection_kind::server_vad:
      return turn_detection_kind::server_vad;
    case settings::turn_detection_kind::none:
      return turn_detection_kind::none;
    case settings::turn_detection_kind::semantic_vad:
      break;
  }
  return turn_detection_kind::semantic_vad;
}

eagerness_kind kind_of(settings::eagerness_kind kind) {
  switch (kind) {
    case settings::eagerness_kind::low:
      return eagerness_kind::low;
    case settings::eagerness_kind::medium:
      return eagerness_kind::medium;
    case settings::eagerness_kind::high:
      return eagerness_kind::high;
    case settings::eagerness_kind::automatic:
      break;
  }
  return eagerness_kind::automatic;
}

// One of the nets that all conversations share; it is not warmed up.
template <class Net>
result<std::shared_ptr<const Net>> load_net(const std::filesystem::path& path,
                                            const hearing_parts& parts) {
  const auto entry = parts.models.loading({path.stem().string(), {path}, "fp32"});
  DHR_TRY(auto net, Net::load(path));
  parts.models.ready(entry);
  return net;
}

result<transcription_actor> start_moonshine(const settings::ears& wanted,
                                            const hearing_parts& parts) {
  moonshine_options options;
  options.encoder = model_path(parts.deps_dir, wanted.encoder);
  options.decoder = model_path(parts.deps_dir, wanted.decoder);
  options.tokens = model_path(parts.deps_dir, wanted.tokens);
  options.threads = wanted.threads;
  const auto entry = parts.models.loading({"moonshine", {options.encoder, options.decoder}});
  options.loaded = [&models = parts.models, entry] { models.warming(entry); };
  DHR_TRY(auto ears, make_moonshine(std::move(options)));
  parts.models.ready(entry);
  transcription_worker_options worker;
  worker.ears = std::move(ears);
  worker.time = &parts.time;
  worker.metrics = parts.counts;
  worker.device_metrics =
      make_worker_metrics(parts.registry, {"transcription", "cpu", "moonshine"});
  worker.queue.depth_max = static_cast<std::size_t>(wanted.queue_max);
  return spawn_transcription_worker(parts.system, worker_spawn::detached, std::move(worker));
}

transcription_actor start_server_client(const settings::ears& wanted, const hearing_parts& parts) {
  openai_transcriber_config config;
  config.base_url = wanted.server.base_url;
  config.api_key = wanted.server.api_key.value;
  config.model = wanted.server.model;
  config.connect_timeout = wanted.server.connect_timeout_ms;
  config.answer_timeout = wanted.server.timeout_ms;
  config.retries = wanted.server.retries;
  config.queue.depth_max = static_cast<std::size_t>(wanted.queue_max);
  config.device_metrics =
      make_worker_metrics(parts.registry, {"transcription", "server", wanted.server.model});
  parts.models.served(config.model);
  return spawn_openai_transcriber(parts.system, parts.io, std::move(config), parts.time,
                                  parts.counts);
}

result<transcription_actor> start_transcription(const settings::ears& wanted,
                                                const hearing_parts& parts) {
  if (wanted.transcription == transcription_kind::moonshine) return start_moonshine(wanted, parts);
  auto server = start_server_client(wanted, parts);
  if (wanted.server.fallback == settings::ears_fallback::none) return server;
  DHR_TRY(auto moonshine, start_moonshine(wanted, parts));
  return spawn_fallback_transcriber(parts.system, std::move(server), std::move(moonshine));
}

hearing_actor start_hearing_worker(const settings::ears& wanted,
                                   std::shared_ptr<const turn_end_net> net,
                                   const hearing_parts& parts) {
  hearing_worker_options worker;
  worker.net = std::move(net);
  worker.time = &parts.time;
  const auto model = std::filesystem::path{wanted.turn_end_model}.stem().string();
  worker.metrics = make_worker_metrics(parts.registry, {"hearing", "cpu", model});
  return spawn_hearing_worker(parts.system, worker_spawn::detached, std::move(worker));
}

}  // namespace

listening_settings default_listening(const settings::ears& wanted) {
  listening_settings listening;
  auto& detection = listening.detection;
  detection.kind = kind_of(wanted.turn_detection);
  detection.threshold = wanted.threshold;
  detection.prefix_padding = wanted.prefix_padding_ms;
  detection.silence_duration = wanted.silence_duration_ms;
  detection.eagerness = kind_of(wanted.eagerness);
  detection.interrupt_response = wanted.interrupt_response;
  return listening;
}

result<hearing> start_hearing(const settings::ears& wanted, const hearing_parts& parts) {
  hearing made;
  if (wanted.transcription == transcription_kind::none) return made;
  auto& listening = made.ears.listening;
  DHR_TRY(auto activity, load_net<voice_activity_net>(
                             model_path(parts.deps_dir, wanted.voice_activity_model), parts));
  DHR_TRY(auto turn_end,
          load_net<turn_end_net>(model_path(parts.deps_dir, wanted.turn_end_model), parts));
  DHR_TRY(auto transcription, start_transcription(wanted, parts));
  listening.net = std::move(activity);
  listening.guard_echo = wanted.echo_guard;
  listening.endpoints.utterance_max = wanted.utterance_max_s;
  made.transcription = std::move(transcription);
  made.worker = start_hearing_worker(wanted, std::move(turn_end), parts);
  made.ears.transcription = made.transcription;
  made.ears.hearing = made.worker;
  made.ears.time = &parts.time;
  if (wanted.transcription == transcription_kind::moonshine) made.ears.languages = {"en"};
  return made;
}

}  // namespace dhr
