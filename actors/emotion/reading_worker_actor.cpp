#include "actors/emotion/reading_worker_actor.hpp"

#include <algorithm>
#include <exception>
#include <new>
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
using worker_impl = reading_worker_actor::extend<caf::reacts_to<step_atom, std::uint64_t>>;

struct reading_job {
  std::uint64_t number = 0;
  read_emotion request;
};
using reading_batcher = batcher<reading_job>;

struct batch_outcome {
  result<std::vector<label_scores>> scores;
  std::optional<device_failure> failure;  // of the device
};

batch_outcome read_with(sentence_reader& reader, const std::vector<std::string>& sentences) {
  try {
    auto scores = reader.read(sentences);
    if (!scores) {
      const auto failure = failure_of(scores.assume_error().code);
      return {std::move(scores), failure};
    }
    if (scores.assume_value().size() == sentences.size()) return {std::move(scores), std::nullopt};
    return {fail(errc::failed, "the net answered another number of sentences"),
            device_failure::fault};
  } catch (const std::bad_alloc&) {
    return {fail(errc::overloaded, "the memory does not suffice"), device_failure::out_of_memory};
  } catch (const std::exception& thrown) {
    return {fail(errc::failed, thrown.what()), device_failure::fault};
  } catch (...) {
    return {fail(errc::failed, "something unknown was thrown"), device_failure::fault};
  }
}

// Lives on: the worker's thread. Owned by: its actor.
class worker_state {
 public:
  static inline const char* name = "reading_worker";
  using pointer = worker_impl::stateful_pointer<worker_state>;

  worker_state() = default;

  void start(pointer self, reading_worker_client asker, reading_worker_options options) {
    self_ = self;
    asker_ = std::move(asker);
    options_ = std::move(options);
    DHR_ASSERT(options_.reader && options_.time && options_.metrics);
    waiting_.emplace(options_.batches, options_.queue);
  }

  void accept(std::uint64_t number, read_emotion request) {
    const auto longest = options_.batches.buckets.back();
    const auto length = std::min<std::size_t>(options_.reader->length_of(request.text), longest);
    work_terms terms;
    terms.turn = request.turn;
    // What the user said is read before the answer begins, whose first clause somebody waits for.
    const bool is_first = request.index == 0 || request.index == users_words;
    terms.kind = is_first ? work_class::first : work_class::later;
    terms.deadline = now() + request.budget;
    reading_job job{number, std::move(request)};
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

  void exchange(const reader_parcel& parcel) {
    options_.reader = std::move(parcel.inside->reader);
    options_.thresholds = parcel.inside->thresholds;
    DHR_ASSERT(options_.reader);
  }

  void step(std::uint64_t number) {
    if (number != steps_) return;
    due_.reset();
    auto batch = waiting_->take(now());
    options_.metrics->queue_depth(waiting_->size());
    for (const auto& entry : batch.expired) {
      refuse(entry.work, {errc::deadline, "the clause waited too long to be read", {}, {}});
    }
    if (batch.entries.empty() || read(batch.entries)) arm();
  }

 private:
  mono_time now() const noexcept { return options_.time->now(); }

  void refuse(const reading_job& job, error reason) {
    if (const auto drop = drop_of(reason.code)) options_.metrics->request_dropped(*drop);
    answer_failure(job, std::move(reason));
  }

  void answer_failure(const reading_job& job, error reason) {
    self_->send(asker_, job.number,
                reading_failed{job.request.turn, job.request.index, std::move(reason)});
  }

  // False if that was the end of this worker.
  bool read(std::vector<reading_batcher::entry>& entries) {
    std::vector<std::string> sentences;
    for (const auto& entry : entries) {
      options_.metrics->request_begun(entry.waited);
      sentences.push_back(std::move(entry.work.request.text));
    }
    const auto begun = now();
    auto outcome = read_with(*options_.reader, sentences);
    if (outcome.failure && !options_.is_last_resort) {
      options_.metrics->queue_depth(0);
      self_->send(asker_, worker_failed{options_.id, *outcome.failure,
                                        std::move(outcome.scores).assume_error()});
      self_->quit();
      return false;
    }
    const auto took = now() - begun;
    options_.metrics->batch_finished(entries.size(), took);
    waiting_->batch_finished(entries.size(), took);
    // To come again later, as errc::overloaded says, would be of no use for these.
    if (outcome.failure) {
      outcome.scores = fail(errc::failed, std::move(outcome.scores).assume_error().message);
    }
    for (std::size_t i = 0; i < entries.size(); ++i) {
      const auto& job = entries[i].work;
      if (!outcome.scores) {
        answer_failure(job, outcome.scores.error());
      } else {
        self_->send(asker_, job.number,
                    emotion_read{job.request.turn, job.request.index, outcome.scores.value()[i],
                                 options_.thresholds});
      }
    }
    return true;
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
  reading_worker_client asker_;
  reading_worker_options options_;
  std::optional<reading_batcher> waiting_;
  std::optional<mono_time> due_;  // of the step that is on its way
  std::uint64_t steps_ = 0;       // the last one that was sent
};

// The options travel in a shared_ptr, since CAF copies the arguments of a spawn.
worker_impl::behavior_type worker_behavior(worker_state::pointer self, reading_worker_client asker,
                                           std::shared_ptr<reading_worker_options> options) {
  self->state.start(self, std::move(asker), std::move(*options));
  return {[self](std::uint64_t number, const read_emotion& request) {
            self->state.accept(number, request);
          },
          [self](const cancel_feeling& x) { self->state.cancel(x); },
          [self](const reader_parcel& x) { self->state.exchange(x); },
          [self](step_atom, std::uint64_t number) { self->state.step(number); }};
}

void load_and_tell(caf::event_based_actor* self, const reader_loading_client& asker,
                   const std::shared_ptr<const load_order>& order) {
  self->send(asker, loading_done{std::make_shared<loaded_readers>(load_readers(*order))});
}

}  // namespace

reading_worker_actor spawn_reading_worker(caf::actor_system& system, worker_spawn how,
                                          reading_worker_client asker,
                                          reading_worker_options options) {
  auto shared = std::make_shared<reading_worker_options>(std::move(options));
  if (how == worker_spawn::detached) {
    return system.spawn<caf::detached>(worker_behavior, std::move(asker), std::move(shared));
  }
  return system.spawn(worker_behavior, std::move(asker), std::move(shared));
}

void spawn_reader_loading(caf::actor_system& system, worker_spawn how, reader_loading_client asker,
                          load_order order) {
  const auto shared = std::make_shared<const load_order>(std::move(order));
  if (how == worker_spawn::detached) {
    system.spawn<caf::detached>(load_and_tell, std::move(asker), shared);
  } else {
    system.spawn(load_and_tell, std::move(asker), shared);
  }
}

}  // namespace dhr
