#include "runtime/feeling.hpp"

#include <utility>

#include "actors/emotion/emotion_net_adapter.hpp"
#include "actors/emotion/emotion_reader_actor.hpp"
#include "runtime/calibration_file.hpp"

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

}  // namespace

result<feeling_worker> start_feeling(const config& settings, const feeling_parts& parts) {
  const auto& wanted = settings.emotions;
  feeling_worker made;
  if (!wanted.enabled) return made;
  DHR_TRY(auto net, emotion_net::load(model_path(parts.deps_dir, wanted.model)));
  emotion_calibration calibration{1, {net->thresholds()}};
  if (!wanted.calibration.empty()) {
    DHR_TRY(const auto file, read_calibration(wanted.calibration));
    calibration = file.calibration;
    made.accuracy = file.accuracy;
  }
  made.options.thresholds = calibration.thresholds;
  emotion_reader_options options;
  options.reader = make_net_reader(std::move(net), calibration.temperature,
                                   static_cast<std::size_t>(wanted.threads));
  options.batches = emotion_batches(static_cast<std::size_t>(wanted.batch_max), wanted.wait_max_ms);
  options.queue.depth_max = static_cast<std::size_t>(wanted.queue_max);
  options.time = &parts.time;
  options.metrics = parts.counts;
  made.reader = spawn_emotion_reader(parts.system, worker_spawn::detached, std::move(options));
  made.options.limits.threshold =
      in_order(wanted.joy_threshold, wanted.confidence_threshold, wanted.surprise_threshold,
               wanted.thoughtfulness_threshold, wanted.concern_threshold);
  made.options.limits.most = in_order(wanted.joy_max, wanted.confidence_max, wanted.surprise_max,
                                      wanted.thoughtfulness_max, wanted.concern_max);
  return made;
}

}  // namespace dhr
