#include "actors/speech/voice_actor.hpp"

#include <type_traits>

namespace dhr {

void voice_state::start(pointer self, speech_client session, synthesis_actor worker,
                        voice_options options) {
  self_ = self;
  session_ = std::move(session);
  worker_ = std::move(worker);
  sequencer_.emplace(std::move(options));
  self->monitor(session_);
  self->monitor(worker_);
  self->set_down_handler([self](const caf::down_msg& message) { self->state.down(message); });
  self->set_exit_handler(
      [self](const caf::exit_msg& message) { self->state.leave(message.reason); });
}

void voice_state::perform(voice_effects effects) {
  for (auto& effect : effects) {
    std::visit(
        [this](auto& message) {
          using message_type = std::decay_t<decltype(message)>;
          if constexpr (std::is_same_v<message_type, speak>) {
            asked_ = message.turn;
            self_->send(worker_, std::move(message), synthesis_client{self_});
          } else if constexpr (std::is_same_v<message_type, cancel_speech>) {
            asked_.reset();
            self_->send(worker_, std::move(message));
          } else {
            self_->send(session_, std::move(message));
          }
        },
        effect);
  }
}

void voice_state::down(const caf::down_msg& message) {
  if (message.source == session_.address()) {
    leave({});
    return;
  }
  worker_down_ = true;
  perform(sequencer_->worker_lost(
      {errc::unavailable, "the synthesis worker has stopped", "voice", {}}));
}

void voice_state::leave(caf::error reason) {
  if (asked_ && !worker_down_) self_->send(worker_, cancel_speech{*asked_});
  self_->quit(std::move(reason));
}

voice_actor::behavior_type voice_behavior(voice_state::pointer self, speech_client session,
                                          synthesis_actor worker, voice_options options) {
  self->state.start(self, std::move(session), std::move(worker), std::move(options));
  return {[self](const speech_ready& answer) { self->state.take(answer); },
          [self](const speech_failed& answer) { self->state.take(answer); },
          [self](const speak& request) { self->state.take(request); },
          [self](const cancel_speech& request) { self->state.take(request); }};
}

}  // namespace dhr
