#include "actors/session/session_actor.hpp"

#include <functional>
#include <utility>

#include "actors/session/session_state.hpp"

namespace dhr {

void session_state::begin(std::shared_ptr<const session_environment> environment,
                          conversation_id conversation, std::string owner, session_epoch epoch,
                          std::optional<session_memory> restored) {
  environment_ = std::move(environment);
  owner_ = std::move(owner);
  const auto& config = environment_->config;
  settings_ = restored ? std::move(restored->settings) : config.defaults;
  items_ = item_log{config.items_max};
  sent_ = event_log{config.replay};
  std::uint64_t last_turn = 0;
  if (restored) {
    last_turn = restored->turn_number;
    heart_.mood = restored->mood;
    answered_.restore(std::move(restored->answered));
    for (auto& item : restored->items) std::ignore = items_.insert(std::move(item), "");
  }
  turn_.emplace(std::move(conversation), epoch, config.turn, last_turn);
  restarts_.emplace(config.restarts);
  spawn_children(true, true, true);
  spawn_emotion();
  environment_->metrics->session_began();
  wait_for_client();
}

void session_state::spawn_children(bool conversation, bool voice, bool avatar) {
  if (conversation) {
    conversation_ = environment_->spawn_conversation(self_);
    self_->monitor(conversation_);
  }
  if (voice) {
    voice_ = environment_->spawn_voice(self_);
    self_->monitor(voice_);
  }
  if (avatar) {
    const auto seed = std::hash<conversation_id>{}(turn_->current().conversation);
    avatar_ = environment_->spawn_avatar(self_, seed);
    self_->monitor(avatar_);
  }
}

// A session's children end with it. CAF's registry holds local actors that were sent over the wire
// until they exit, so each is told explicitly.
session_state::~session_state() {
  if (!environment_) return;
  const auto leave = [](const auto& child) {
    if (child) caf::anon_send_exit(child, caf::exit_reason::user_shutdown);
  };
  leave(conversation_);
  leave(voice_);
  leave(avatar_);
  leave(ears_);
  leave(heart_.child);
  environment_->metrics->session_ended();
}

bool session_state::may_act() const {
  return !environment_->lease || environment_->lease->is_open(now());
}

void session_state::on(const drain_session& message) {
  draining_ = true;
  moves_ = message.moves;
  // Who is speaking, or waits for the words of what was said, may end.
  const bool heard_all = unsettled_.empty() && wordless_.empty();
  if (turn_->phase() == turn_phase::idle && heard_all) return end_when_drained();
  self_->delayed_send(self_, message.grace, session_grace_over{});
}

error session_state::ending() const {
  if (!moves_) return {errc::unavailable, "the server is shutting down", {}, {}};
  return {errc::unavailable,
          "the conversation is about to go on at another node: ask again",
          {},
          milliseconds{1'000}};
}

void session_state::close_drained() {
  for (const auto& response : std::exchange(waiting_, {})) {
    if (!response.by_voice) refuse(response.request.request, ending());
  }
  if (moves_) return close("moved", "the conversation goes on at another node");
  close("shutdown", "the server is shutting down");
}

// What the store has is another owner's from now on: the turn under way is not saved, and one that
// waits for the store may be lost.
void session_state::on(const leave_conversation&) {
  stored_.events.clear();
  close("moved", "the conversation goes on at another node");
}

void session_state::on(const session_grace_over&) {
  if (turn_->phase() == turn_phase::idle) return end_when_drained();
  perform(turn_->advance(cancel_turn{"server_shutdown"}, now()));
}

void session_state::on_down(const caf::down_msg& message) {
  if (client_ && message.source == client_) {
    client_lost();
  } else if (message.source == conversation_) {
    child_lost("conversation", message.reason);
  } else if (message.source == voice_) {
    child_lost("voice", message.reason);
  } else if (message.source == avatar_) {
    child_lost("avatar", message.reason);
  } else if (message.source == ears_) {
    ears_lost(message.reason);
  } else if (message.source == heart_.child) {
    emotion_lost(message.reason);
  }
}

void session_state::child_lost(std::string_view child, const caf::error& reason) {
  if (closed_) return;
  const bool conversation = child == "conversation";
  const bool voice = child == "voice";
  auto& budget =
      conversation ? restarts_->conversation : (voice ? restarts_->voice : restarts_->avatar);
  const auto what = "the conversation's " + std::string{child} + " actor ended unexpectedly (" +
                    self_->system().render(reason) + ")";
  const bool restart = budget.spend(now());
  if (restart) {
    spawn_children(conversation, voice, !conversation && !voice);
    environment_->metrics->child_restarted(child);
  }
  perform(turn_->advance(break_turn{error{errc::failed, what, std::string{child}, {}}}, now()));
  if (closed_) return;
  if (!restart) return close("failed", what + " too often; begin a new conversation");
  send(notice{"restarted", what + " and was restarted"});
}

// What was being said into them is lost; new ones come with the next sound.
void session_state::ears_lost(const caf::error& reason) {
  if (closed_) return;
  ears_ = nullptr;
  const auto what =
      "the conversation's ears ended unexpectedly (" + self_->system().render(reason) + ")";
  if (!restarts_->ears.spend(now())) return close("failed", what + " too often");
  environment_->metrics->child_restarted("ears");
  send(notice{"restarted", what + " and are restarted"});
  unsettled_.clear();
  partial_ = {};
  utterance_items_.clear();  // new ears count from one again
  for (const auto& item_id : std::exchange(wordless_, {})) {
    send(transcript_failed_for{item_id, error{errc::unavailable, what, {}, {}}});
  }
  perform(turn_->advance(forget_foreseen{}, now()));
  perform(turn_->advance(release_turn{}, now()));
  go_on();
}

void session_state::close(std::string reason, std::string message) {
  closed_ = true;
  tell_held();
  send(session_closed{std::move(reason), std::move(message)});
  self_->quit();
}

namespace {

session_self::behavior_type session_behavior(session_self::stateful_pointer<session_state> self,
                                             std::shared_ptr<const session_environment> environment,
                                             conversation_id conversation, std::string owner,
                                             session_epoch epoch,
                                             std::optional<session_memory> restored) {
  auto& state = self->state;
  state.begin(std::move(environment), std::move(conversation), std::move(owner), epoch,
              std::move(restored));
  self->set_down_handler([self](caf::down_msg& x) { self->state.on_down(x); });
  return {
      [self](const attach_client& x, const client_actor& client) { self->state.on(x, client); },
      [self](const client_request& x) { self->state.on(x); },
      [self](const drain_session& x) { self->state.on(x); },
      [self](const leave_conversation& x) { self->state.on(x); },
      [self](sound_taken_atom x) { return self->state.on(x); },
      [self](const clause_ready& x) { self->state.on_turn_event(x); },
      [self](const text_ready& x) { self->state.on_turn_event(x); },
      [self](const reply_finished& x) { self->state.on_turn_event(x); },
      [self](const reply_failed& x) { self->state.on_turn_event(x); },
      [self](const engine_changed& x) { self->state.on(x); },
      [self](const function_call_piece& x) { self->state.on_turn_event(x); },
      [self](const function_call_ready& x) { self->state.on_turn_event(x); },
      [self](const speech_ready& x) { self->state.on_turn_event(x); },
      [self](const speech_failed& x) { self->state.on_turn_event(x); },
      [self](const voice_changed& x) { self->state.on(x); },
      [self](const frames_ready& x) { self->state.on_turn_event(x); },
      [self](const idle_ready& x) { self->state.on(x); },
      [self](const ears_event& x) { self->state.on(x); },
      [self](const felt& x) { self->state.on_turn_event(x); },
      [self](const mood_known& x) { self->state.on(x); },
      [self](const conversation_stored& x) { self->state.on(x); },
      [self](const session_wake& x) { self->state.on(x); },
      [self](const session_idle_frames& x) { self->state.on(x); },
      [self](const session_client_timeout& x) { self->state.on(x); },
      [self](const session_forget_sent& x) { self->state.on(x); },
      [self](const session_grace_over& x) { self->state.on(x); },
      [self](const session_rest& x) { self->state.on(x); },
      [self](const session_store_late& x) { self->state.on(x); },
  };
}

}  // namespace

session_actor spawn_session(caf::actor_system& system,
                            std::shared_ptr<const session_environment> environment,
                            conversation_id conversation, std::string owner, session_epoch epoch,
                            std::optional<session_memory> restored) {
  return system.spawn(session_behavior, std::move(environment), std::move(conversation),
                      std::move(owner), epoch, std::move(restored));
}

}  // namespace dhr
