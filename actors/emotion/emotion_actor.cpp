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

  // The last words count: those that wait while others are read give way to newer ones.
  void take(const feel_user& words) {
    if (reading_) {
      next_ = words;
    } else {
      read_user(words);
    }
  }

  void take(const feel_melody& told) {
    melody_ = told;
    if (told.item_id == said_.item_id) feel_with_user();
  }

  void take(const mood_known& told) { context_.user = told.mood; }

  void take(const outcome_known& told) {
    turn_now(told.turn);
    context_.outcome = told.outcome;
  }

  void take(const cancel_feeling& message) { self_->send(reader_, message); }

  void take(const emotion_read& answer) {
    const auto strengths = strengths_of(answer.scores, answer.thresholds);
    const auto raw = feelings_of(strengths);
    if (answer.index == users_words) {
      if (goes_on_with_newer()) return;
      said_ = {std::exchange(reading_, std::nullopt)->item_id, raw};
      return feel_with_user();
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

  // The worker has counted it. A clause is spoken with what was felt before; of a user who said
  // something else since then, nothing is known.
  void take(const reading_failed& failure) {
    if (failure.index != users_words || goes_on_with_newer()) return;
    const auto words = *std::exchange(reading_, std::nullopt);
    // An answer to them that was thought ahead was dropped: they have been said all the same.
    if (failure.reason.code == errc::cancelled) return read_user(words);
    said_ = {};
    feel_with_user();
  }

 private:
  // A new turn begins without the feelings and the outcome of the one before.
  void turn_now(const turn_id& turn) {
    if (turn == turn_) return;
    turn_ = turn;
    context_.before.reset();
    context_.outcome = 0;
  }

  // The reader has answered for the words that it was asked of; whether it is asked of others now.
  bool goes_on_with_newer() {
    if (!next_) return false;
    read_user(*std::exchange(next_, std::nullopt));
    return true;
  }

  void read_user(const feel_user& words) {
    reading_ = words;
    read(words.turn, users_words, words.text);
  }

  void feel_with_user() {
    const bool has_melody = melody_.item_id == said_.item_id;
    const auto mood = mood_of_user(
        said_.expressed, has_melody ? std::optional{melody_.melody} : std::optional<prosody>{});
    if (mood == context_.user) return;
    context_.user = mood;
    self_->send(session_, mood_known{mood});
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

  // What the user said: with the reader, waiting for that, and read last.
  std::optional<feel_user> reading_;
  std::optional<feel_user> next_;
  struct {
    std::string item_id;
    feelings expressed;
  } said_;
  feel_melody melody_;  // that was told last
};

emotion_actor::behavior_type emotion_behavior(emotion_state::pointer self, emotion_client session,
                                              emotion_reader_actor reader,
                                              emotion_options options) {
  self->state.start(self, std::move(session), std::move(reader), std::move(options));
  return {[self](const emotion_read& x) { self->state.take(x); },
          [self](const reading_failed& x) { self->state.take(x); },
          [self](const feel& x) { self->state.take(x); },
          [self](const feel_user& x) { self->state.take(x); },
          [self](const feel_melody& x) { self->state.take(x); },
          [self](const mood_known& x) { self->state.take(x); },
          [self](const outcome_known& x) { self->state.take(x); },
          [self](const cancel_feeling& x) { self->state.take(x); }};
}

}  // namespace

emotion_actor spawn_emotion(caf::actor_system& system, emotion_client session,
                            emotion_reader_actor reader, emotion_options options) {
  return system.spawn(emotion_behavior, std::move(session), std::move(reader), std::move(options));
}

}  // namespace dhr
