#include "actors/speech/synthesis_worker_actor.hpp"

#include <algorithm>
#include <optional>
#include <span>
#include <utility>

#include "actors/speech/timeline.hpp"
#include "runtime/base/assert.hpp"

namespace dhr {
namespace {

constexpr double rate_min = 0.25;
constexpr double rate_max = 2.0;
constexpr double liveliness_min = 0.5;
constexpr double liveliness_max = 1.5;
constexpr milliseconds pause_max{1'000};

using step_atom = caf::atom_constant<caf::atom("step")>;
// The interface with the worker's own "go on".
using synthesis_impl = synthesis_actor::extend<caf::reacts_to<step_atom>>;

struct synthesis_job {
  speak request;
  synthesis_client client;
};
using synthesis_queue = work_queue<synthesis_job>;

constexpr std::size_t typical_bytes = 60;  // of a clause

// A voice takes about as long as the text is, and a little for the shortest.
std::uint32_t cost_of(const speak& request) {
  const auto bytes = 10 + std::min<std::size_t>(request.text.size(), 100 * typical_bytes);
  return static_cast<std::uint32_t>(typical_cost * bytes / typical_bytes);
}

// Lives on: the worker's thread. Owned by: its actor.
class worker_state {
 public:
  static inline const char* name = "synthesis_worker";
  using pointer = synthesis_impl::stateful_pointer<worker_state>;

  void start(pointer self, synthesis_worker_options options) {
    self_ = self;
    options_ = std::move(options);
    DHR_ASSERT(options_.time != nullptr && options_.metrics != nullptr);
    queue_.emplace(options_.queue);
  }

  void accept(speak request, synthesis_client client) {
    if (auto problem = complaint(request)) return refuse(request, client, std::move(*problem));
    const auto now = options_.time->now();
    work_terms terms{.turn = request.turn, .deadline = now + request.budget};
    if (request.index == 0) terms.kind = work_class::first;
    terms.cost = cost_of(request);
    synthesis_job job{std::move(request), std::move(client)};
    if (auto pushed = queue_->push(std::move(terms), now, std::move(job)); !pushed) {
      return refuse(job.request, job.client, pushed.error());
    }
    tell_depth();
    go_on();
  }

  void cancel(const cancel_speech& request) {
    for (auto& entry : queue_->cancel(request.turn)) {
      refuse(entry.work.request, entry.work.client,
             {errc::cancelled, "the turn was cancelled", {}, {}});
    }
    tell_depth();
  }

  void step() {
    step_sent_ = false;
    auto popped = queue_->pop(options_.time->now());
    tell_depth();
    for (auto& entry : popped.expired) {
      refuse(entry.work.request, entry.work.client,
             {errc::deadline, "the clause waited too long for the voice", "voice", {}});
    }
    for (auto& entry : popped.next) synthesize(entry);
    if (!queue_->empty()) go_on();
  }

 private:
  std::optional<error> complaint(const speak& request) const {
    if (options_.voices.find(request.voice) == options_.voices.end()) {
      return error{errc::not_found, "there is no voice '" + request.voice + "' here", "voice", {}};
    }
    if (!(request.style.rate >= rate_min && request.style.rate <= rate_max)) {
      return error{errc::invalid_argument, "the rate of speech is from 0.25 to 2", "rate", {}};
    }
    if (!(request.style.liveliness >= liveliness_min &&
          request.style.liveliness <= liveliness_max)) {
      return error{
          errc::invalid_argument, "the liveliness of speech is from 0.5 to 1.5", "liveliness", {}};
    }
    if (request.pause < milliseconds{0} || request.pause > pause_max) {
      return error{errc::invalid_argument, "a pause is of at most a second", "pause", {}};
    }
    return std::nullopt;
  }

  void tell_depth() {
    options_.metrics->queue_depth(queue_->size());
    options_.device_metrics->queue_depth(queue_->size());
  }

  void refuse(const speak& request, const synthesis_client& client, error reason) {
    options_.metrics->clause_dropped(reason.code);
    if (const auto drop = drop_of(reason.code)) options_.device_metrics->request_dropped(*drop);
    self_->send(client, speech_failed{request.turn, request.index, std::move(reason)});
  }

  void go_on() {
    if (std::exchange(step_sent_, true)) return;
    self_->send(self_, step_atom::value);
  }

  void synthesize(synthesis_queue::entry& entry) {
    const auto& request = entry.work.request;
    const auto begun = options_.time->now();
    auto spoken =
        options_.voices.find(request.voice)->second->synthesize(request.text, request.style);
    const auto took = options_.time->now() - begun;
    options_.device_metrics->request_begun(entry.waited);
    options_.device_metrics->batch_finished(1, took);
    queue_->batch_finished(1, took);
    // A voice says invalid_argument when there is nothing to speak: a clause without sound.
    const bool nothing_to_speak = !spoken && spoken.error().code == errc::invalid_argument;
    if (!spoken && !nothing_to_speak) return refuse(request, entry.work.client, spoken.error());
    speech_ready answer{
        request.turn, request.index, {}, {}, {}, std::chrono::round<milliseconds>(took)};
    nanoseconds sound{0};
    if (spoken) {
      auto& utterance = spoken.value();
      add_leading_silence(utterance, samples_in(request.pause.count()));
      const auto count = static_cast<std::int64_t>(utterance.samples.size());
      sound = nanoseconds{count * 1'000'000'000 / speech_sample_rate};
      answer.pcm = shared_bytes::of(std::span<const std::int16_t>{utterance.samples});
      answer.phonemes = std::move(utterance.phonemes);
      answer.words = std::move(utterance.words);
    }
    options_.metrics->synthesis_finished(entry.waited, took, sound);
    self_->send(entry.work.client, std::move(answer));
  }

  pointer self_ = nullptr;
  synthesis_worker_options options_;
  std::optional<synthesis_queue> queue_;
  bool step_sent_ = false;  // and not yet received
};

// The options travel in a shared_ptr, since CAF copies the arguments of a spawn.
synthesis_impl::behavior_type worker_behavior(worker_state::pointer self,
                                              std::shared_ptr<synthesis_worker_options> options) {
  self->state.start(self, std::move(*options));
  return {[self](const speak& request, const synthesis_client& client) {
            self->state.accept(request, client);
          },
          [self](const cancel_speech& request) { self->state.cancel(request); },
          [self](step_atom) { self->state.step(); }};
}

}  // namespace

void add_voice(voice_map& voices, std::unique_ptr<synthesizer> voice) {
  std::string name{voice->name()};
  voices[std::move(name)] = std::move(voice);
}

synthesis_actor spawn_synthesis_worker(caf::actor_system& system, worker_spawn how,
                                       synthesis_worker_options options) {
  auto shared = std::make_shared<synthesis_worker_options>(std::move(options));
  if (how == worker_spawn::detached)
    return system.spawn<caf::detached>(worker_behavior, std::move(shared));
  return system.spawn(worker_behavior, std::move(shared));
}

}  // namespace dhr
