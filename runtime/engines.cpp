#include "runtime/engines.hpp"

#include <algorithm>
#include <sstream>
#include <thread>
#include <utility>
#include <vector>

#include "actors/conversation/fallback_engine_actor.hpp"
#include "actors/conversation/language_worker_actor.hpp"
#include "actors/conversation/openai_engine_actor.hpp"
#include "actors/conversation/scripted_engine_actor.hpp"
#include "runtime/base/log.hpp"
#include "runtime/metric_adapters.hpp"

namespace dhr {
namespace {

using settings::engine_kind;
using settings::fallback_kind;

constexpr logger out{"actors/conversation"};

std::vector<std::string> words_of(const std::string& text) {
  std::istringstream in{text};
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(std::move(word));
  return words;
}

// The script that settings::scripted describes. A word's space comes with it, so that a sentence is
// whole with its last word.
scripted_engine_config script_for(const settings::scripted& wanted) {
  const auto words = words_of(wanted.text);
  scripted_engine_config script;
  for (int i = 0; i < wanted.tokens; ++i) {
    auto word = words[static_cast<std::size_t>(i) % words.size()];
    const bool ends = i + 1 == wanted.first_sentence_tokens || i + 1 == wanted.tokens;
    word += ends ? ". " : " ";
    script.script.push_back({std::move(word), wanted.token_interval_ms});
  }
  return script;
}

result<engine> start_scripted(const settings::conversation& wanted, const engine_parts& parts) {
  auto script =
      parts.recite ? script_of(*parts.recite, milliseconds{0}) : script_for(wanted.scripted);
  return engine{parts.system.spawn(scripted_engine, std::move(script)), estimate_tokens,
                "scripted"};
}

void log_of_the_model(language_log_level level, std::string_view line) {
  switch (level) {
    case language_log_level::debug:
      return out.trace(line);
    case language_log_level::info:
      return out.debug(line);
    case language_log_level::warning:
      return out.warn(line);
    case language_log_level::error:
      return out.error(line);
  }
}

// All cores but one: the model's threads wait for each other at every layer, so a core that the
// voice takes away from one of them stops them all, and the first sound comes later than with fewer
// threads.
int spare_threads() {
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()) - 1);
}

result<engine> start_embedded(const settings::conversation& wanted, const std::string& model,
                              const engine_parts& parts) {
  set_language_log(log_of_the_model);
  llama_config config;
  config.model_path = model_path(parts.deps_dir, model);
  config.threads = wanted.threads > 0 ? wanted.threads : spare_threads();
  config.opening_threads =
      wanted.threads > 0 ? wanted.threads : static_cast<int>(std::thread::hardware_concurrency());
  config.sequences_max = wanted.sequences_max;
  // Half of the sequences may fill their context; most conversations are short.
  config.context_tokens = wanted.context_tokens * std::max(1, wanted.sequences_max / 2);
  const auto entry =
      parts.models.loading({std::filesystem::path{model}.stem().string(), {config.model_path}});
  DHR_TRY(auto runner, llama_runner::load(config));
  parts.models.warming(entry, runner->model()->precision());
  DHR_TRY(runner->warm_up(wanted.instructions));
  parts.models.ready(entry);
  auto count = make_token_counter(runner->model());
  language_worker_parts worker{
      std::move(runner), parts.counts, &parts.time,
      make_worker_metrics(parts.registry,
                          {"generation", "cpu", std::filesystem::path{model}.stem().string()})};
  return engine{parts.system.spawn<caf::detached>(language_worker, std::move(worker)),
                std::move(count), "embedded " + model};
}

result<engine> start_sglang(const settings::conversation& wanted, const engine_parts& parts) {
  const auto& server = wanted.sglang;
  openai_engine_config config;
  config.base_url = server.base_url;
  config.api_key = server.api_key.value;
  config.model = wanted.model;
  config.connect_timeout = server.connect_timeout_ms;
  config.first_token_timeout = server.first_token_timeout_ms;
  config.idle_timeout = server.idle_timeout_ms;
  config.retries = server.retries;
  parts.models.served(wanted.model);
  config.device_metrics =
      make_worker_metrics(parts.registry, {"generation", "server", wanted.model});
  auto first = spawn_openai_engine(parts.system, parts.io, config, parts.time, parts.counts);
  if (wanted.fallback == fallback_kind::none) {
    return engine{std::move(first), estimate_tokens, "sglang " + wanted.model};
  }
  DHR_TRY(auto second, start_embedded(wanted, wanted.fallback_model, parts));
  fallback_parts both{std::move(first),
                      "sglang",
                      std::move(second.actor),
                      "embedded",
                      {server.breaker_failures, server.breaker_cooldown_s},
                      &parts.time,
                      parts.counts};
  // The embedded model's tokenizer counts for both: it is at hand, and close enough for the other.
  return engine{spawn_fallback_engine(parts.system, std::move(both)), std::move(second.count),
                "sglang " + wanted.model + ", else " + second.name};
}

}  // namespace

result<engine> start_engine(const settings::conversation& wanted, engine_parts parts) {
  if (parts.recite || wanted.engine == engine_kind::scripted) return start_scripted(wanted, parts);
  if (wanted.engine == engine_kind::sglang) return start_sglang(wanted, parts);
  return start_embedded(wanted, wanted.model, parts);
}

}  // namespace dhr
