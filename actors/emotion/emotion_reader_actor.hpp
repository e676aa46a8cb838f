#pragma once
// The node's reader of emotion, whom all conversations ask: in front of one worker for each device.
//
//   emotion child ──read_emotion──▶ reader ──▶ worker of cuda:0 ──▶ its net
//                                      ├─────▶ worker of cuda:1
//                                      └─────▶ worker of cpu: the last resort
//
// A conversation stays on its device (gpu/device_placement.hpp). Every request is kept here until
// it is answered: when a device fails, what it had goes to others in its order and with what is
// left of its time, and the device is warmed again after a rest (gpu/device_health.hpp). One that
// was with several devices that failed goes to the CPU, and is given up if even its worker ends.
//
// Another version of the model is loaded and warmed beside the one that works, for all devices or
// none; each worker takes it up between two batches.

#include <memory>
#include <vector>

#include "actors/emotion/actors.hpp"
#include "actors/emotion/emotion_model.hpp"
#include "gpu/batch_rules.hpp"
#include "gpu/device_health.hpp"
#include "gpu/device_metrics.hpp"
#include "gpu/device_placement.hpp"
#include "gpu/work_queue.hpp"
#include "gpu/worker_metrics.hpp"
#include "gpu/worker_spawn.hpp"
#include "runtime/base/clock.hpp"

namespace dhr {

// By length: a batch of clauses of up to 16 tokens does not wait for one of 64.
[[nodiscard]] inline batch_limits emotion_batches(std::size_t batch_max, milliseconds wait_max) {
  return {batch_max, wait_max, {16, 32, 64}, {}};
}

struct reading_device {
  compute_device device;
  batch_limits batches = emotion_batches(64, milliseconds{4});
  std::shared_ptr<worker_metrics> metrics = std::make_shared<no_worker_metrics>();
};

struct emotion_reader_options {
  std::shared_ptr<const emotion_model> model;  // not null
  emotion_model_opener open;                   // null: the model stays what it is
  std::vector<reading_device> devices;         // each once; the CPU is among them
  bool cpu_is_wanted = true;                   // false: it is the last resort alone
  work_queue_options queue;                    // of each device
  rest_limits rests;
  placement_options placement;
  const clock* time = nullptr;  // not null; outlives the actor
  std::shared_ptr<device_metrics> watch = std::make_shared<no_device_metrics>();
  std::shared_ptr<model_registry> models = std::make_shared<model_registry>();
};

using reload_model_atom = caf::atom_constant<caf::atom("reload")>;

// What the host holds of it. At `reload` the model's files are looked at anew.
using emotion_readers_actor = emotion_reader_actor::extend<caf::reacts_to<reload_model_atom>>;

// Lives on: the scheduler; its workers, and what loads their readers, as `workers` says. Ends, with
// its workers, by caf::anon_send_exit; clauses that wait then get no answer.
[[nodiscard]] emotion_readers_actor spawn_emotion_reader(caf::actor_system& system,
                                                         worker_spawn workers,
                                                         emotion_reader_options options);

}  // namespace dhr
