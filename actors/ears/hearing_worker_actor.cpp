#include "actors/ears/hearing_worker_actor.hpp"

#include <utility>
#include <vector>

#include "actors/ears/sound_samples.hpp"

namespace dhr {
namespace {

struct hearing_state {
  static inline const char* name = "hearing_worker";
  using pointer = hearing_actor::stateful_pointer<hearing_state>;

  pointer self = nullptr;
  hearing_worker_options options;

  hearing_state() = default;

  void judge(const judge_end& request, const hearing_client& client) const {
    end_judged answer{request.utterance, request.attempt, std::nullopt};
    const auto begun = options.time->now();
    if (begun > request.deadline) {
      options.metrics->request_dropped();
    } else if (options.net) {
      answer.probability = options.net->turn_end_probability(to_float(request.pcm));
      options.metrics->end_judged(options.time->now() - begun);
    }
    self->send(client, std::move(answer));
  }

  void measure(const measure_melody& request, const hearing_client& client) const {
    if (options.time->now() > request.deadline) return options.metrics->request_dropped();
    self->send(client, melody_measured{request.utterance, measure_prosody(to_float(request.pcm))});
  }
};

hearing_actor::behavior_type hearing_behavior(hearing_state::pointer self,
                                              const hearing_worker_options& options) {
  self->state.self = self;
  self->state.options = options;
  return {
      [self](const judge_end& x, const hearing_client& client) { self->state.judge(x, client); },
      [self](const measure_melody& x, const hearing_client& client) {
        self->state.measure(x, client);
      }};
}

}  // namespace

hearing_actor spawn_hearing_worker(caf::actor_system& system, bool detached,
                                   hearing_worker_options options) {
  if (detached) return system.spawn<caf::detached>(hearing_behavior, std::move(options));
  return system.spawn(hearing_behavior, std::move(options));
}

}  // namespace dhr
