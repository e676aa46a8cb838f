#include "actors/conversation/language_worker_actor.hpp"

#include <algorithm>
#include <chrono>

namespace dhr {

void language_worker_state::start(pointer self, language_worker_parts parts) {
  self_ = self;
  parts_ = std::move(parts);
}

void language_worker_state::wake() {
  if (awake_) return;
  awake_ = true;
  self_->send(self_, language_step_atom::value);
}

void language_worker_state::begin(const generate& request, const generation_client& client) {
  const mono_time now = parts_.time->now();
  cancel(request.turn);
  if (auto submitted = parts_.runner->submit(request, now); !submitted) {
    refuse(request, client, submitted.error());
  } else {
    replies_.insert_or_assign(request.turn, reply{client, now});
  }
  wake();
}

// The runner knows the least time to tell, and not how long its steps take.
void language_worker_state::refuse(const generate& request, const generation_client& client,
                                   error reason) {
  count_failure(reason.code);
  if (reason.code == errc::overloaded) {
    reason.retry_after =
        std::max(reason.retry_after.value_or(milliseconds{0}),
                 pace_.wait_for(static_cast<std::size_t>(parts_.runner->queued())));
  }
  self_->send(client, generation_failed{request.turn, std::move(reason)});
}

void language_worker_state::cancel(const turn_id& turn) {
  if (!parts_.runner->cancel(turn)) return;
  deliver(generation_failed{turn, {errc::cancelled, "the turn was interrupted", "embedded", {}}});
}

void language_worker_state::prepare(const prefill& hint) {
  parts_.runner->prepare(hint, parts_.time->now());
  wake();
}

void language_worker_state::step() {
  awake_ = false;
  if (parts_.runner->is_idle()) return;
  const auto begun = parts_.time->now();
  const auto events = parts_.runner->step(begun);
  const auto took = parts_.time->now() - begun;
  count_step(took);
  // Without replies it only prepared one that nobody has asked for yet.
  const bool is_asked = !replies_.empty();
  worked_off_ = 0;
  for (const auto& event : events) {
    std::visit([this](const auto& e) { deliver(e); }, event);
  }
  if (is_asked) pace_.batch_finished(worked_off_, took);
  if (!parts_.runner->is_idle()) wake();
}

void language_worker_state::count_step(nanoseconds took) {
  const auto& step = parts_.runner->last_step();
  const auto queued = parts_.runner->queued();
  parts_.metrics->step_finished(step.tokens, took);
  parts_.metrics->queue_depth(queued);
  for (const auto waited : step.waits) parts_.device_metrics->request_begun(waited);
  if (step.requests > 0) {
    parts_.device_metrics->batch_finished(static_cast<std::size_t>(step.requests), took);
  }
  parts_.device_metrics->queue_depth(static_cast<std::size_t>(queued));
}

void language_worker_state::count_failure(errc code) {
  parts_.metrics->generation_failed(code);
  if (const auto drop = drop_of(code)) parts_.device_metrics->request_dropped(*drop);
}

template <class Piece>
void language_worker_state::deliver_piece(const Piece& piece) {
  const auto found = replies_.find(piece.turn);
  if (found == replies_.end()) return;
  if (!std::exchange(found->second.has_first_token, true)) {
    const std::chrono::duration<double> waited = parts_.time->now() - found->second.asked;
    parts_.metrics->first_token(waited.count());
  }
  self_->send(found->second.client, piece);
}

void language_worker_state::deliver(const generation_done& done) {
  const auto found = replies_.find(done.turn);
  if (found == replies_.end()) return;
  parts_.metrics->tokens_generated(done.usage.output_tokens);
  parts_.metrics->prompt_tokens(done.usage.input_tokens - done.usage.cached_tokens,
                                done.usage.cached_tokens);
  self_->send(found->second.client, done);
  replies_.erase(found);
  ++worked_off_;
}

void language_worker_state::deliver(const generation_failed& failed) {
  const auto found = replies_.find(failed.turn);
  if (found == replies_.end()) return;
  count_failure(failed.reason.code);
  self_->send(found->second.client, failed);
  replies_.erase(found);
  // What was dropped took no time to speak of.
  if (!drop_of(failed.reason.code)) ++worked_off_;
}

language_worker_impl::behavior_type language_worker(language_worker_state::pointer self,
                                                    language_worker_parts parts) {
  self->state.start(self, std::move(parts));
  return {
      [=](const generate& request, const generation_client& client) {
        self->state.begin(request, client);
      },
      [=](const cancel_generation& m) { self->state.cancel(m.turn); },
      [=](const prefill& m) { self->state.prepare(m); },
      [=](language_step_atom) { self->state.step(); },
  };
}

}  // namespace dhr
