#include "actors/ears/hearing_worker_actor.hpp"

#include <optional>
#include <utility>
#include <variant>

#include "actors/ears/sound_samples.hpp"
#include "actors/ears/transcription_rules.hpp"
#include "runtime/base/assert.hpp"

namespace dhr {
namespace {

using step_atom = caf::atom_constant<caf::atom("step")>;
// The interface with the worker's own "go on".
using hearing_impl = hearing_actor::extend<caf::reacts_to<step_atom>>;

struct hearing_job {
  std::variant<judge_end, measure_melody> request;
  hearing_client client;
};
using hearing_queue = work_queue<hearing_job>;

work_terms terms_of(const judge_end& request) {
  return {.turn = attempt_key(request.utterance, request.attempt),
          .kind = work_class::first,
          .deadline = request.deadline,
          .owner = request.utterance.conversation};
}

// In a line of its own, or the conversation's next end would stand behind it.
work_terms terms_of(const measure_melody& request) {
  return {.turn = request.utterance,
          .deadline = request.deadline,
          .owner = {request.utterance.conversation.value + "/melodies"}};
}

// Lives on: the worker's thread. Owned by: its actor.
class worker_state {
 public:
  static inline const char* name = "hearing_worker";
  using pointer = hearing_impl::stateful_pointer<worker_state>;

  worker_state() = default;

  void start(pointer self, hearing_worker_options options) {
    self_ = self;
    options_ = std::move(options);
    DHR_ASSERT(options_.time != nullptr && options_.metrics != nullptr);
    queue_.emplace(options_.queue);
  }

  void accept(const judge_end& request, const hearing_client& client) {
    if (!options_.net) return answer(request, client, {});
    if (request.attempt > 0) drop_before(request);
    push(request, client);
  }

  void accept(const measure_melody& request, const hearing_client& client) {
    push(request, client);
  }

  void step() {
    step_sent_ = false;
    auto popped = queue_->pop(options_.time->now());
    tell_depth();
    for (const auto& entry : popped.expired) {
      refuse(entry.work, {errc::deadline, "the sound waited too long to be heard", "ears", {}});
    }
    for (const auto& entry : popped.next) hear(entry);
    if (!queue_->empty()) go_on();
  }

 private:
  template <class Request>
  void push(const Request& request, const hearing_client& client) {
    hearing_job job{request, client};
    auto pushed = queue_->push(terms_of(request), options_.time->now(), std::move(job));
    if (!pushed) return refuse(job, std::move(pushed).assume_error());
    tell_depth();
    go_on();
  }

  // Speech went on after them.
  void drop_before(const judge_end& request) {
    const auto key = attempt_key(request.utterance, request.attempt - 1);
    for (const auto& entry : queue_->cancel(key, request.utterance.conversation)) {
      refuse(entry.work, {errc::cancelled, "a newer attempt came", {}, {}});
    }
  }

  void refuse(const hearing_job& job, error reason) {
    if (const auto drop = drop_of(reason.code)) options_.metrics->request_dropped(*drop);
    // Nobody waits for a melody.
    if (const auto* judge = std::get_if<judge_end>(&job.request)) {
      answer(*judge, job.client, std::move(reason));
    }
  }

  void answer(const judge_end& request, const hearing_client& client,
              std::optional<error> problem) {
    self_->send(client,
                end_judged{request.utterance, request.attempt, std::nullopt, std::move(problem)});
  }

  void hear(const hearing_queue::entry& entry) {
    const auto begun = options_.time->now();
    options_.metrics->request_begun(entry.waited);
    std::visit([&](const auto& request) { compute(request, entry.work.client); },
               entry.work.request);
    const auto took = options_.time->now() - begun;
    options_.metrics->batch_finished(1, took);
    queue_->batch_finished(1, took);
  }

  void compute(const judge_end& request, const hearing_client& client) {
    const auto probability = options_.net->turn_end_probability(to_float(request.pcm));
    self_->send(client, end_judged{request.utterance, request.attempt, probability, {}});
  }

  void compute(const measure_melody& request, const hearing_client& client) {
    self_->send(client, melody_measured{request.utterance, measure_prosody(to_float(request.pcm))});
  }

  void tell_depth() { options_.metrics->queue_depth(queue_->size()); }

  void go_on() {
    if (std::exchange(step_sent_, true)) return;
    self_->send(self_, step_atom::value);
  }

  pointer self_ = nullptr;
  hearing_worker_options options_;
  std::optional<hearing_queue> queue_;
  bool step_sent_ = false;  // and not yet received
};

hearing_impl::behavior_type worker_behavior(worker_state::pointer self,
                                            const hearing_worker_options& options) {
  self->state.start(self, options);
  return {
      [self](const judge_end& x, const hearing_client& client) { self->state.accept(x, client); },
      [self](const measure_melody& x, const hearing_client& client) {
        self->state.accept(x, client);
      },
      [self](step_atom) { self->state.step(); }};
}

}  // namespace

hearing_actor spawn_hearing_worker(caf::actor_system& system, worker_spawn how,
                                   hearing_worker_options options) {
  if (how == worker_spawn::detached) {
    return system.spawn<caf::detached>(worker_behavior, std::move(options));
  }
  return system.spawn(worker_behavior, std::move(options));
}

}  // namespace dhr
