// What is felt: the emotion child, the user's words and how they were said.

#include <utility>

#include "actors/emotion/readable.hpp"
#include "actors/session/session_state.hpp"

namespace dhr {

// A child that takes another's place, or begins in a conversation's next life, knows what the user
// feels.
void session_state::spawn_emotion() {
  if (!environment_->config.turn.feels) return;
  heart_.child = environment_->spawn_emotion(self_);
  self_->monitor(heart_.child);
  if (heart_.mood != feelings{}) self_->send(heart_.child, mood_known{heart_.mood});
}

// The turn goes on; what is felt of its clauses so far stays.
void session_state::emotion_lost(const caf::error& reason) {
  if (closed_) return;
  const auto what = "the conversation's emotion actor ended unexpectedly (" +
                    self_->system().render(reason) + ")";
  if (!restarts_->emotion.spend(now())) return close("failed", what + " too often");
  environment_->metrics->child_restarted("emotion");
  heart_.words = {};
  spawn_emotion();
  send(notice{"restarted", what + " and was restarted"});
}

// Before the answer to them is asked for. Words that were felt ahead, when they seemed to be all,
// are not felt again.
void session_state::feel_words(const std::string& item_id, const std::string& text) {
  if (!heart_.child || text.empty()) return;
  std::pair words{item_id, std::string{readable(text)}};
  if (words == heart_.words) return;
  heart_.words = std::move(words);
  auto turn = turn_->current();
  ++turn.number;
  self_->send(heart_.child, feel_user{std::move(turn), item_id, heart_.words.second});
}

void session_state::take(const melody_heard& event) {
  const auto item_id = item_of(event.utterance);
  if (heart_.child) self_->send(heart_.child, feel_melody{item_id, event.melody});
  send(speech_melody{item_id, event.melody});
}

// The words were stored when they came; what they tell of the user belongs to them.
void session_state::on(const mood_known& message) {
  if (closed_) return;
  heart_.mood = message.mood;
  save();
}

}  // namespace dhr
