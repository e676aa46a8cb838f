#include "actors/emotion/emotion_reader_actor.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gpu/batcher.hpp"
#include "runtime/base/assert.hpp"

namespace dhr {
namespace {

using step_atom = caf::atom_constant<caf::atom("step")>;
// The interface with the worker's own "go on".
using reader_impl = emotion_reader_actor::extend<caf::reacts_to<step_atom, std::uint64_t>>;

struct reading_job {
  read_emotion request;
  emotion_reader_client client;
};
using reading_batcher = batcher<reading_job>;

// Lives on: the worker's thread. Owned by: its actor.
class reader_state {
 public:
  static inline const char* name = "emotion_reader";
  using pointer = reader_impl::stateful_pointer<reader_state>;

  reader_state() = default;

  void start(pointer self, emotion_reader_options options) {
    self_ = self;
    options_ = std::move(options);
    DHR_ASSERT(options_.reader && options_.time && options_.metrics);
    waiting_.emplace(options_.batches, options_.queue);
  }

  void accept(read_emotion request, emotion_reader_client client) {
    const auto longest = options_.batches.buckets.back();
    const auto length = std::min<std::size_t>(options_.reader->length_of(request.text), longest);
    work_terms terms;
    terms.turn = request.turn;
    // What the user said is read before the answer begins, whose first clause somebody waits for.
    const bool is_first = request.index == 0 || request.index == users_words;
    terms.kind = is_first ? work_class::first : work_class::later;
    terms.deadline = now() + request.budget;
    reading_job job{std::move(request), std::move(client)};
    auto pushed =
        waiting_->push(std::move(terms), static_cast<std::uint32_t>(length), now(), std::move(job));
    if (!pushed) return refuse(job, std::move(pushed).assume_error());
    options_.metrics->queue_depth(waiting_->size());
    arm();
  }

  void cancel(const cancel_feeling& message) {
    for (const auto& entry : waiting_->cancel(message.turn)) {
      refuse(entry.work, {errc::cancelled, "the turn was cancelled", {}, {}});
    }
    options_.metrics->queue_depth(waiting_->size());
  }

  void step(std::uint64_t number) {
    if (number != steps_) return;
    due_.reset();
    auto batch = waiting_->take(now());
    options_.metrics->queue_depth(waiting_->size());
    for (const auto& entry : batch.expired) {
      refuse(entry.work, {errc::deadline, "the clause waited too long to be read", {}, {}});
    }
    if (!batch.entries.empty()) read(batch.entries);
    arm();
  }

 private:
  mono_time now() const noexcept { return options_.time->now(); }

  void refuse(const reading_job& job, error reason) {
    if (const auto drop = drop_of(reason.code)) options_.metrics->request_dropped(*drop);
    self_->send(job.client, reading_failed{job.request.turn, job.request.index, std::move(reason)});
  }

  void read(std::vector<reading_batcher::entry>& entries) {
    std::vector<std::string> sentences;
    for (const auto& entry : entries) {
      options_.metrics->request_begun(entry.waited);
      sentences.push_back(std::move(entry.work.request.text));
    }
    const auto begun = now();
    auto scores = options_.reader->read(sentences);
    options_.metrics->batch_finished(entries.size(), now() - begun);
    for (std::size_t i = 0; i < entries.size(); ++i) {
      const auto& job = entries[i].work;
      if (!scores) {
        refuse(job, scores.error());
      } else {
        self_->send(job.client,
                    emotion_read{job.request.turn, job.request.index, scores.value().at(i)});
      }
    }
  }

  // When the next batch is due; an earlier time replaces one that was asked for.
  void arm() {
    const auto due = waiting_->due_at();
    if (!due || (due_ && *due_ <= *due)) return;
    due_ = due;
    ++steps_;
    if (*due <= now()) return self_->send(self_, step_atom::value, steps_);
    self_->delayed_send(self_, *due - now(), step_atom::value, steps_);
  }

  pointer self_ = nullptr;
  emotion_reader_options options_;
  std::optional<reading_batcher> waiting_;
  std::optional<mono_time> due_;  // of the step that is on its way
  std::uint64_t steps_ = 0;       // the last one that was sent
};

// The options travel in a shared_ptr, since CAF copies the arguments of a spawn.
reader_impl::behavior_type reader_behavior(reader_state::pointer self,
                                           std::shared_ptr<emotion_reader_options> options) {
  self->state.start(self, std::move(*options));
  return {[self](const read_emotion& request, const emotion_reader_client& client) {
            self->state.accept(request, client);
          },
          [self](const cancel_feeling& x) { self->state.cancel(x); },
          [self](step_atom, std::uint64_t number) { self->state.step(number); }};
}

}  // namespace

batch_limits emotion_batches(std::size_t batch_max, milliseconds wait_max) {
  batch_limits limits;
  limits.batch_max = batch_max;
  limits.wait_max = wait_max;
  limits.buckets = {16, 32, 64};
  return limits;
}

emotion_reader_actor spawn_emotion_reader(caf::actor_system& system, worker_spawn how,
                                          emotion_reader_options options) {
  auto shared = std::make_shared<emotion_reader_options>(std::move(options));
  if (how == worker_spawn::detached) {
    return system.spawn<caf::detached>(reader_behavior, std::move(shared));
  }
  return system.spawn(reader_behavior, std::move(shared));
}

}  // namespace dhr
