#include "runtime/feeling.hpp"

#include <algorithm>
#include <utility>

#include "actors/emotion/emotion_reader_actor.hpp"
#include "runtime/emotion_model_files.hpp"

namespace dhr {
namespace {

feelings in_order(double joy, double confidence, double surprise, double thoughtfulness,
                  double concern) {
  feelings made;
  made[feeling::joy] = static_cast<float>(joy);
  made[feeling::confidence] = static_cast<float>(confidence);
  made[feeling::surprise] = static_cast<float>(surprise);
  made[feeling::thoughtfulness] = static_cast<float>(thoughtfulness);
  made[feeling::concern] = static_cast<float>(concern);
  return made;
}

// A card's graphs are captured while it is warmed up.
constexpr milliseconds warm_up_patience{60'000};

emotion_reader_limits limits_of(const config& settings) {
  return {static_cast<std::size_t>(settings.emotions.threads), settings.gpu.memory_fraction,
          static_cast<std::size_t>(settings.gpu.batch_size)};
}

reading_device make_device(const compute_device& device, const config& settings,
                           const feeling_parts& parts) {
  const bool is_cpu = device.kind == device_kind::cpu;
  const auto batch_max = is_cpu ? settings.emotions.batch_max : settings.gpu.batch_size;
  return {device,
          emotion_batches(static_cast<std::size_t>(batch_max), settings.emotions.wait_max_ms),
          parts.counts(device)};
}

emotion_options options_of(const settings::emotions& wanted) {
  emotion_options made;
  made.limits.threshold =
      in_order(wanted.joy_threshold, wanted.confidence_threshold, wanted.surprise_threshold,
               wanted.thoughtfulness_threshold, wanted.concern_threshold);
  made.limits.most = in_order(wanted.joy_max, wanted.confidence_max, wanted.surprise_max,
                              wanted.thoughtfulness_max, wanted.concern_max);
  return made;
}

// A card that was asked for by its name is never silently replaced.
result<void> check_tried(const device_watch& watch, const std::vector<compute_device>& wanted,
                         bool were_named) {
  for (const auto& device : wanted) {
    const auto why = watch.why_lost(device);
    if (!were_named || !why) continue;
    return fail(
        errc::unavailable,
        *why + "; gpu.device names " + to_string(device) + ": say auto or cpu to do without it",
        "gpu.device");
  }
  if (watch.is_ready()) return ok();
  return fail(errc::unavailable, "no device can read emotions: " + watch.last_trouble() +
                                     "; emotions.enabled: false does without");
}

}  // namespace

result<feeling_worker> start_feeling(const config& settings, const feeling_parts& parts) {
  const auto& wanted = settings.emotions;
  feeling_worker made;
  auto devices = choose_devices(settings.gpu.device, devices_in_stock());
  if (!devices) {
    auto problem = std::move(devices).assume_error();
    problem.message = "gpu.device: " + problem.message;
    return boost::outcome_v2::failure(std::move(problem));
  }
  if (!wanted.enabled) return made;
  const emotion_model_files files{model_path(parts.deps_dir, wanted.model), wanted.calibration};
  const auto limits = limits_of(settings);
  emotion_reader_options options;
  DHR_TRY(options.model, open_emotion_model(files, limits));
  if (const auto accuracy = options.model->accuracy()) parts.registry->emotion_accuracy(*accuracy);
  options.open = [files, limits](const emotion_model& running) {
    return reopen_emotion_model(files, limits, running);
  };
  auto all = devices.assume_value();
  options.cpu_is_wanted = std::ranges::find(all, compute_device{}) != all.end();
  if (!options.cpu_is_wanted) all.push_back({});
  for (const auto& device : all) options.devices.push_back(make_device(device, settings, parts));
  options.queue.depth_max = static_cast<std::size_t>(wanted.queue_max);
  options.time = &parts.time;
  made.watch = std::make_shared<device_watch>(parts.registry, parts.devices, all);
  options.watch = made.watch;
  options.models = parts.models;
  const auto readers =
      spawn_emotion_reader(parts.system, worker_spawn::detached, std::move(options));
  made.reader = readers;
  made.reload = [readers] { caf::anon_send(readers, reload_model_atom::value); };
  made.options = options_of(wanted);
  if (made.watch->wait_until_tried(warm_up_patience)) {
    auto checked = check_tried(*made.watch, devices.assume_value(), settings.gpu.device != "auto");
    if (!checked) {
      caf::anon_send_exit(readers, caf::exit_reason::user_shutdown);
      return boost::outcome_v2::failure(std::move(checked).assume_error());
    }
  }
  return made;
}

}  // namespace dhr
