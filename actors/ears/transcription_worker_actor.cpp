#include "actors/ears/transcription_worker_actor.hpp"

#include <optional>
#include <utility>

#include "actors/ears/sound_samples.hpp"
#include "actors/ears/transcription_rules.hpp"
#include "runtime/base/assert.hpp"

namespace dhr {
namespace {

using step_atom = caf::atom_constant<caf::atom("step")>;
// The interface with the worker's own "go on".
using transcription_impl = transcription_actor::extend<caf::reacts_to<step_atom>>;

struct transcription_job {
  transcribe request;
  transcription_client client;
};
using transcription_queue = work_queue<transcription_job>;

// Lives on: the worker's thread. Owned by: its actor.
class worker_state {
 public:
  static inline const char* name = "transcription_worker";
  using pointer = transcription_impl::stateful_pointer<worker_state>;

  worker_state() = default;

  void start(pointer self, transcription_worker_options options) {
    self_ = self;
    options_ = std::move(options);
    DHR_ASSERT(options_.ears && options_.time != nullptr && options_.metrics != nullptr);
    queue_.emplace(options_.queue);
  }

  void accept(transcribe request, transcription_client client) {
    if (auto problem = complaint(request)) return refuse(request, client, std::move(*problem));
    if (request.attempt > 0) drop(request.utterance, request.attempt - 1, "a newer attempt came");
    const auto now = options_.time->now();
    auto terms = terms_of(request, now);
    transcription_job job{std::move(request), std::move(client)};
    if (auto pushed = queue_->push(std::move(terms), now, std::move(job)); !pushed) {
      return refuse(job.request, job.client, pushed.error());
    }
    tell_depth();
    go_on();
  }

  void cancel(const cancel_transcription& request) {
    drop(request.utterance, request.attempt, "nobody waits for the words");
    tell_depth();
  }

  void step() {
    step_sent_ = false;
    auto popped = queue_->pop(options_.time->now());
    tell_depth();
    for (auto& entry : popped.expired) {
      refuse(entry.work.request, entry.work.client,
             {errc::deadline, "the speech waited too long to be transcribed", "ears", {}});
    }
    for (auto& entry : popped.next) write_down(entry);
    if (!queue_->empty()) go_on();
  }

 private:
  std::optional<error> complaint(const transcribe& request) const {
    if (!is_english(request.language)) {
      return error{errc::invalid_argument,
                   "the embedded recogniser knows English alone; configure a transcription server",
                   "language",
                   {}};
    }
    return complaint_about_sound(request, options_.sound_max);
  }

  void drop(const turn_id& utterance, std::uint32_t attempt, const char* why) {
    for (auto& entry : queue_->cancel(attempt_key(utterance, attempt), utterance.conversation)) {
      refuse(entry.work.request, entry.work.client, {errc::cancelled, why, {}, {}});
    }
  }

  void tell_depth() {
    options_.metrics->transcription_queue_depth(queue_->size());
    options_.device_metrics->queue_depth(queue_->size());
  }

  void refuse(const transcribe& request, const transcription_client& client, error reason) {
    options_.metrics->transcription_dropped(reason.code);
    if (const auto drop = drop_of(reason.code)) options_.device_metrics->request_dropped(*drop);
    self_->send(client, transcript_failed{request.utterance, request.attempt, std::move(reason)});
  }

  void go_on() {
    if (std::exchange(step_sent_, true)) return;
    self_->send(self_, step_atom::value);
  }

  void write_down(transcription_queue::entry& entry) {
    const auto& request = entry.work.request;
    const auto begun = options_.time->now();
    auto text = options_.ears->transcribe(to_float(request.pcm));
    const auto took = options_.time->now() - begun;
    options_.device_metrics->request_begun(entry.waited);
    options_.device_metrics->batch_finished(1, took);
    queue_->batch_finished(1, took);
    if (!text) return refuse(request, entry.work.client, std::move(text).assume_error());
    options_.metrics->transcription_finished(entry.waited, took, sound_of(request));
    self_->send(entry.work.client,
                transcript_ready{request.utterance, request.attempt, std::move(text).assume_value(),
                                 std::chrono::round<milliseconds>(took)});
  }

  pointer self_ = nullptr;
  transcription_worker_options options_;
  std::optional<transcription_queue> queue_;
  bool step_sent_ = false;  // and not yet received
};

// The options travel in a shared_ptr, since CAF copies the arguments of a spawn.
transcription_impl::behavior_type worker_behavior(
    worker_state::pointer self, std::shared_ptr<transcription_worker_options> options) {
  self->state.start(self, std::move(*options));
  return {[self](const transcribe& request, const transcription_client& client) {
            self->state.accept(request, client);
          },
          [self](const cancel_transcription& request) { self->state.cancel(request); },
          [self](step_atom) { self->state.step(); }};
}

}  // namespace

transcription_actor spawn_transcription_worker(caf::actor_system& system, worker_spawn how,
                                               transcription_worker_options options) {
  auto shared = std::make_shared<transcription_worker_options>(std::move(options));
  if (how == worker_spawn::detached)
    return system.spawn<caf::detached>(worker_behavior, std::move(shared));
  return system.spawn(worker_behavior, std::move(shared));
}

}  // namespace dhr
