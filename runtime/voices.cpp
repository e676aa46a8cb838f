#include "runtime/voices.hpp"

#include <utility>
#include <vector>

#include "actors/speech/flite_voice.hpp"
#include "actors/speech/piper_voice.hpp"
#include "actors/speech/synthesis_worker_actor.hpp"
#include "actors/speech/tone_voice.hpp"
#include "runtime/metric_adapters.hpp"

namespace dhr {
namespace {

using settings::voice_fallback;
using settings::voice_kind;

result<std::unique_ptr<synthesizer>> load(voice_kind kind, const settings::voice& wanted,
                                          const voice_parts& parts) {
  auto& models = parts.models;
  switch (kind) {
    case voice_kind::joe: {
      piper_options options;
      options.model = model_path(parts.deps_dir, wanted.piper_model);
      options.tokens = model_path(parts.deps_dir, wanted.piper_tokens);
      options.threads = wanted.threads;
      options.espeak.program = wanted.espeak_program;
      const auto entry = models.loading({options.name, {options.model}});
      options.loaded = [&models, entry] { models.warming(entry); };
      DHR_TRY(auto voice, make_piper_voice(std::move(options), parts.time));
      models.ready(entry);
      return voice;
    }
    case voice_kind::slt: {
      DHR_TRY(auto voice, make_flite_voice({}));
      models.ready(models.loading({std::string{voice->name()}, {}}));
      return voice;
    }
    case voice_kind::tone:
      return make_tone_voice();
  }
  return fail(errc::invalid_argument, "there is no such voice", "voice.name");
}

}  // namespace

result<voices> start_voices(const settings::voice& wanted, const voice_parts& parts) {
  synthesis_worker_options worker;
  worker.time = &parts.time;
  worker.metrics = parts.counts;
  worker.queue.depth_max = static_cast<std::size_t>(wanted.queue_max);
  std::vector<std::string> names;
  const auto add = [&](voice_kind kind) -> result<std::string> {
    DHR_TRY(auto voice, load(kind, wanted, parts));
    std::string name{voice->name()};
    if (!worker.voices.contains(name)) {
      names.push_back(name);
      add_voice(worker.voices, std::move(voice));
    }
    return name;
  };
  DHR_TRY(const auto main_voice, add(wanted.name));
  worker.device_metrics = make_worker_metrics(parts.registry, {"synthesis", "cpu", main_voice});
  voice_options options;
  if (wanted.fallback == voice_fallback::slt && wanted.name != voice_kind::slt) {
    DHR_TRY(auto second, add(voice_kind::slt));
    options.fall_backs.push_back(std::move(second));
  }
  DHR_TRY(auto catalogue, voice_catalogue::make(std::move(names), main_voice));
  const auto how = wanted.name == voice_kind::tone && wanted.fallback == voice_fallback::none
                       ? worker_spawn::scheduled
                       : worker_spawn::detached;
  return voices{spawn_synthesis_worker(parts.system, how, std::move(worker)), std::move(catalogue),
                std::move(options)};
}

}  // namespace dhr
