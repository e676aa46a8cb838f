#include "actors/ears/fallback_transcriber_actor.hpp"

#include <unordered_map>
#include <utility>

#include "actors/ears/transcription_rules.hpp"

namespace dhr {
namespace {

using fallback_impl = transcription_actor::extend_with<transcription_client>;

class fallback_state {
 public:
  static inline const char* name = "fallback_transcriber";
  using pointer = fallback_impl::stateful_pointer<fallback_state>;

  fallback_state() = default;

  void start(pointer self, transcription_actor server, transcription_actor stand_in) {
    self_ = self;
    server_ = std::move(server);
    stand_in_ = std::move(stand_in);
    self->set_exit_handler([self](const caf::exit_msg& message) {
      self->send_exit(self->state.server_, message.reason);
      self->send_exit(self->state.stand_in_, message.reason);
      self->quit(message.reason);
    });
  }

  void ask(const transcribe& request, const transcription_client& client) {
    asked_.insert_or_assign(attempt_key(request.utterance, request.attempt),
                            attempt{request, client, {}});
    self_->send(server_, request, transcription_client{self_});
  }

  void cancel(const cancel_transcription& request) {
    self_->send(server_, request);
    self_->send(stand_in_, request);
  }

  void answer(transcript_ready answer) {
    auto found = asked_.extract(attempt_key(answer.utterance, answer.attempt));
    if (found.empty()) return;
    answer.fallback = found.mapped().why;
    self_->send(found.mapped().client, std::move(answer));
  }

  void fail(const transcript_failed& failure) {
    const auto found = asked_.find(attempt_key(failure.utterance, failure.attempt));
    if (found == asked_.end()) return;
    auto& tried = found->second;
    if (failure.reason.code == errc::cancelled || !tried.why.empty()) {
      self_->send(tried.client, failure);
      asked_.erase(found);
      return;
    }
    tried.why = "the transcription server failed: " + failure.reason.message;
    self_->send(stand_in_, tried.request, transcription_client{self_});
  }

 private:
  struct attempt {
    transcribe request;
    transcription_client client;
    std::string why;  // the stand-in was asked
  };

  pointer self_ = nullptr;
  transcription_actor server_;
  transcription_actor stand_in_;
  std::unordered_map<turn_id, attempt>
      asked_;  // each is answered, so it is bounded by their queues
};

fallback_impl::behavior_type fallback_behavior(fallback_state::pointer self,
                                               transcription_actor server,
                                               transcription_actor stand_in) {
  self->state.start(self, std::move(server), std::move(stand_in));
  return {[self](const transcribe& x, const transcription_client& client) {
            self->state.ask(x, client);
          },
          [self](const cancel_transcription& x) { self->state.cancel(x); },
          [self](const transcript_ready& x) { self->state.answer(x); },
          [self](const transcript_failed& x) { self->state.fail(x); }};
}

}  // namespace

transcription_actor spawn_fallback_transcriber(caf::actor_system& system,
                                               transcription_actor server,
                                               transcription_actor stand_in) {
  return system.spawn(fallback_behavior, std::move(server), std::move(stand_in));
}

}  // namespace dhr
