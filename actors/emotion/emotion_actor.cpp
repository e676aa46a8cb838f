#include "actors/emotion/emotion_actor.hpp"

#include <utility>

#include "actors/emotion/user_mood.hpp"

namespace dhr {
namespace {

// Lives on: the scheduler. Owned by: its actor.
class emotion_state {
 public:
  static inline const char* name = "emotion";
  using pointer = emotion_actor::stateful_pointer<emotion_state>;

  emotion_state() = default;

  void start(pointer self, emotion_client session, emotion_reader_actor reader,
             emotion_options options) {
    self_ = self;
    session_ = std::move(session);
    reader_ = std::move(reader);
    options_ = std::move(options);
    self_->monitor(session_);
    self_->set_down_handler([self](const caf::down_msg&) { self->quit(); });
  }

  void take(const feel& clause) {
    turn_now(clause.turn);
    read(clause.turn, clause.index, clause.text);
  }

  void take(const feel_user& words) {
    melody_ = words.melody;
    read(words.turn, users_words, words.text);
  }

  void take(const outcome_known& told) {
    turn_now(told.turn);
    context_.outcome = told.outcome;
  }

  void take(const cancel_feeling& message) { self_->send(reader_, message); }

  void take(const emotion_read& answer) {
    const auto strengths = strengths_of(answer.scores, answer.thresholds);
    const auto raw = feelings_of(strengths);
    if (answer.index == users_words) {
      context_.user = mood_of_user(raw, melody_);
      return;
    }
    if (answer.turn != turn_) return;
    const auto adjusted = adjust(raw, context_, options_.limits);
    context_.before = adjusted.weights;
    self_->send(session_, felt{answer.turn,
                               answer.index,
                               adjusted.weights,
                               raw,
                               face_emotions_of(strengths, raw, adjusted.weights),
                               answer.scores,
                               {adjusted.rules.begin(), adjusted.rules.end()}});
  }

 private:
  // A new turn begins without the feelings and the outcome of the one before.
  void turn_now(const turn_id& turn) {
    if (turn == turn_) return;
    turn_ = turn;
    context_.before.reset();
    context_.outcome = 0;
  }

  void read(const turn_id& turn, std::uint32_t index, const std::string& text) {
    self_->send(reader_, read_emotion{turn, index, text, options_.budget},
                emotion_reader_client{self_});
  }

  pointer self_ = nullptr;
  emotion_client session_;
  emotion_reader_actor reader_;
  emotion_options options_;
  turn_id turn_;
  feeling_context context_;
  std::optional<prosody> melody_;  // of the user's last words
};

emotion_actor::behavior_type emotion_behavior(emotion_state::pointer self, emotion_client session,
                                              emotion_reader_actor reader,
                                              emotion_options options) {
  self->state.start(self, std::move(session), std::move(reader), std::move(options));
  return {[self](const emotion_read& x) { self->state.take(x); },
          // The worker has counted it; the clause is spoken with what was felt before.
          [](const reading_failed&) {}, [self](const feel& x) { self->state.take(x); },
          [self](const feel_user& x) { self->state.take(x); },
          [self](const outcome_known& x) { self->state.take(x); },
          [self](const cancel_feeling& x) { self->state.take(x); }};
}

}  // namespace

emotion_actor spawn_emotion(caf::actor_system& system, emotion_client session,
                            emotion_reader_actor reader, emotion_options options) {
  return system.spawn(emotion_behavior, std::move(session), std::move(reader), std::move(options));
}

}  // namespace dhr
