#include "actors/session/session_actor.hpp"

#include <functional>
#include <utility>

#include "actors/session/session_state.hpp"

namespace dhr {

void session_state::begin(std::shared_ptr<const session_environment> environment,
                          conversation_id conversation, session_epoch epoch) {
  environment_ = std::move(environment);
  const auto& config = environment_->config;
  settings_ = config.defaults;
  items_ = item_log{config.items_max};
  turn_.emplace(std::move(conversation), epoch, config.turn);
  conversation_restarts_.emplace(config.restarts);
  voice_restarts_.emplace(config.restarts);
  avatar_restarts_.emplace(config.restarts);
  spawn_children(true, true, true);
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
  environment_->metrics->session_ended();
}

// ---- clients

void session_state::on(const attach_client& message, const client_actor& client) {
  if (client_ && client_ != client) {
    perform(turn_->advance(cancel_turn{"client_replaced"}, now()));
    send(session_closed{"replaced", "another client took this conversation over"});
    self_->demonitor(client_.address());
  }
  client_ = client;
  ++client_generation_;
  paced_ = message.paced;
  self_->monitor(client_);
  send(session_opened{settings_});
  restart_idle_animation();
}

void session_state::on(const update_session& message) {
  auto patch = checked(message.patch);
  if (!patch) return refuse(message.request, std::move(patch).assume_error());
  settings_ = apply(std::move(settings_), patch.assume_value());
  send(settings_changed{settings_});
  restart_idle_animation();
}

void session_state::on(const create_item& message) {
  auto item = message.item;
  if (item.id.empty()) item.id = make_random_id("item_");
  auto previous = items_.insert(item, message.previous);
  if (!previous) return refuse(message.request, std::move(previous).assume_error());
  send(item_added{std::move(item), std::move(previous).assume_value()});
}

void session_state::on(const delete_item& message) {
  if (auto erased = items_.erase(message.item_id); !erased) {
    return refuse(message.request, std::move(erased).assume_error());
  }
  send(item_deleted{message.item_id});
}

void session_state::on(const retrieve_item& message) {
  const auto* item = items_.find(message.item_id);
  if (item == nullptr) {
    return refuse(
        message.request,
        error{errc::not_found, "there is no item '" + message.item_id + "'", "item_id", {}});
  }
  send(item_retrieved{*item});
}

void session_state::on(const create_response& message) {
  if (draining_) {
    return refuse(message.request, error{errc::unavailable, "the server is shutting down", {}, {}});
  }
  if (turn_->phase() != turn_phase::idle) {
    return refuse(message.request,
                  error{errc::overloaded,
                        "a response is under way already; cancel it or wait for response.done",
                        turn_->response_id(),
                        {}});
  }
  auto patch = checked(message.patch);
  if (!patch) return refuse(message.request, std::move(patch).assume_error());
  ++idle_generation_;
  turn_request request;
  request.response_id = make_random_id("resp_");
  request.item_id = make_random_id("item_");
  request.previous_item_id = items_.last_id();
  request.settings = apply(settings_, patch.assume_value());
  request.history = items_.messages();
  request.paced = paced_;
  perform(turn_->advance(begin_turn{std::move(request)}, now()));
}

void session_state::on(const cancel_response& message) {
  const auto& current = turn_->response_id();
  if (current.empty() || (!message.response_id.empty() && message.response_id != current)) {
    return refuse(message.request,
                  error{errc::not_found, "there is no such response under way", "response_id", {}});
  }
  perform(turn_->advance(cancel_turn{"client_cancelled"}, now()));
}

void session_state::on(const drain_session& message) {
  draining_ = true;
  if (turn_->phase() == turn_phase::idle) return close("shutdown", "the server is shutting down");
  self_->delayed_send(self_, message.grace, session_grace_over{});
}

result<settings_patch> session_state::checked(settings_patch patch) const {
  if (patch.voice) {
    DHR_TRY(auto voice, environment_->resolve_voice(*patch.voice));
    patch.voice = std::move(voice);
  }
  return patch;
}

void session_state::refuse(const std::string& request, error reason) {
  send(request_failed{request, std::move(reason)});
}

// ---- the turn

void session_state::on_turn_event(const turn_event& event) {
  perform(turn_->advance(event, now()));
}

void session_state::perform(turn_effects effects) {
  for (auto& effect : effects) perform_one(effect);
}

void session_state::perform_one(turn_effect& effect) {
  struct visitor {
    session_state& session;
    void operator()(converse& x) const { session.self_->send(session.conversation_, std::move(x)); }
    void operator()(speak& x) const { session.self_->send(session.voice_, std::move(x)); }
    void operator()(animate& x) const { session.self_->send(session.avatar_, std::move(x)); }
    void operator()(stop_children& x) const {
      session.self_->send(session.conversation_, cancel_reply{x.turn});
      session.self_->send(session.voice_, cancel_speech{x.turn});
    }
    void operator()(emit& x) const {
      if (auto* finished = std::get_if<turn_finished>(&x.payload)) {
        const auto copy = *finished;
        session.send(x.turn, std::move(x.payload));
        session.on_turn_end(copy);
      } else {
        session.send(x.turn, std::move(x.payload));
      }
    }
    void operator()(const wake_at& x) const {
      const auto wait = std::max(x.when - session.now(), nanoseconds{0});
      session.self_->delayed_send(session.self_, wait,
                                  session_wake{session.turn_->current().number});
    }
    void operator()(const chunk_late& x) const { session.environment_->metrics->chunk_late(x.by); }
    void operator()(const stale_dropped&) const { session.environment_->metrics->stale_dropped(); }
  };
  std::visit(visitor{*this}, effect);
}

void session_state::on_turn_end(const turn_finished& message) {
  // The id is a new one, so that only a full log refuses the reply; the client has been told it.
  std::ignore = items_.insert(message.item, "");
  environment_->metrics->turn_ended(message);
  if (draining_) return close("shutdown", "the server is shutting down");
  restart_idle_animation();
}

void session_state::on(const engine_changed& message) {
  send(message.turn,
       notice{"engine_fallback", "the reply comes from '" + message.to + "' instead of '" +
                                     message.from + "': " + message.why});
}

void session_state::on(const voice_changed& message) {
  send(message.turn, notice{"voice_fallback", "the voice is '" + message.to + "' instead of '" +
                                                  message.from + "': " + message.why});
}

void session_state::on(const session_wake& message) {
  if (message.turn_number == turn_->current().number) on_turn_event(wake_turn{});
}

// ---- the resting face

// Begins anew when the sound of the last turn will have been heard.
void session_state::restart_idle_animation() {
  ++idle_generation_;
  if (!settings_.idle_animation || !client_ || turn_->phase() != turn_phase::idle) return;
  const auto wait = std::max(turn_->heard_at() - now(), nanoseconds{0});
  self_->delayed_send(self_, wait, session_idle_frames{idle_generation_});
}

void session_state::on(const session_idle_frames& message) {
  if (message.generation != idle_generation_ || !client_) return;
  const auto frames = static_cast<std::uint32_t>(environment_->config.turn.fps);
  self_->send(avatar_, idle_request{frames});
  self_->delayed_send(self_, std::chrono::seconds{1}, message);
}

void session_state::on(const idle_ready& message) {
  if (turn_->phase() == turn_phase::idle && settings_.idle_animation) {
    send(idle_chunk{message.first_frame, message.frames});
  }
}

// ---- life and death

void session_state::send(const turn_id& turn, session_payload payload) {
  if (client_) self_->send(client_, session_event{turn, ++sequence_, std::move(payload)});
}

void session_state::send(session_payload payload) {
  auto turn = turn_->current();
  turn.number = 0;
  send(turn, std::move(payload));
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
  }
}

void session_state::client_lost() {
  client_ = nullptr;
  perform(turn_->advance(cancel_turn{"client_lost"}, now()));
  if (!closed_) wait_for_client();
}

void session_state::wait_for_client() {
  self_->delayed_send(self_, environment_->config.idle_timeout,
                      session_client_timeout{++client_generation_});
}

void session_state::on(const session_client_timeout& message) {
  if (!client_ && message.generation == client_generation_) {
    close("idle", "no client came back");
  }
}

void session_state::on(const session_grace_over&) {
  perform(turn_->advance(cancel_turn{"server_shutdown"}, now()));
}

void session_state::child_lost(std::string_view child, const caf::error& reason) {
  if (closed_) return;
  const bool conversation = child == "conversation";
  const bool voice = child == "voice";
  auto& budget =
      conversation ? conversation_restarts_ : (voice ? voice_restarts_ : avatar_restarts_);
  const auto what = "the conversation's " + std::string{child} + " actor ended unexpectedly (" +
                    self_->system().render(reason) + ")";
  const bool restart = budget->spend(now());
  if (restart) {
    spawn_children(conversation, voice, !conversation && !voice);
    environment_->metrics->child_restarted(child);
  }
  perform(turn_->advance(break_turn{error{errc::failed, what, std::string{child}, {}}}, now()));
  if (closed_) return;
  if (!restart) return close("failed", what + " too often; begin a new conversation");
  send(notice{"restarted", what + " and was restarted"});
}

void session_state::close(std::string reason, std::string message) {
  closed_ = true;
  send(session_closed{std::move(reason), std::move(message)});
  self_->quit();
}

namespace {

session_self::behavior_type session_behavior(session_self::stateful_pointer<session_state> self,
                                             std::shared_ptr<const session_environment> environment,
                                             conversation_id conversation, session_epoch epoch) {
  auto& state = self->state;
  state.begin(std::move(environment), std::move(conversation), epoch);
  self->set_down_handler([self](caf::down_msg& x) { self->state.on_down(x); });
  return {
      [self](const attach_client& x, const client_actor& client) { self->state.on(x, client); },
      [self](const update_session& x) { self->state.on(x); },
      [self](const create_item& x) { self->state.on(x); },
      [self](const delete_item& x) { self->state.on(x); },
      [self](const retrieve_item& x) { self->state.on(x); },
      [self](const create_response& x) { self->state.on(x); },
      [self](const cancel_response& x) { self->state.on(x); },
      [self](const drain_session& x) { self->state.on(x); },
      [self](const clause_ready& x) { self->state.on_turn_event(x); },
      [self](const text_ready& x) { self->state.on_turn_event(x); },
      [self](const reply_finished& x) { self->state.on_turn_event(x); },
      [self](const reply_failed& x) { self->state.on_turn_event(x); },
      [self](const engine_changed& x) { self->state.on(x); },
      [self](const speech_ready& x) { self->state.on_turn_event(x); },
      [self](const speech_failed& x) { self->state.on_turn_event(x); },
      [self](const voice_changed& x) { self->state.on(x); },
      [self](const frames_ready& x) { self->state.on_turn_event(x); },
      [self](const idle_ready& x) { self->state.on(x); },
      [self](const session_wake& x) { self->state.on(x); },
      [self](const session_idle_frames& x) { self->state.on(x); },
      [self](const session_client_timeout& x) { self->state.on(x); },
      [self](const session_grace_over& x) { self->state.on(x); },
  };
}

}  // namespace

session_actor spawn_session(caf::actor_system& system,
                            std::shared_ptr<const session_environment> environment,
                            conversation_id conversation, session_epoch epoch) {
  return system.spawn(session_behavior, std::move(environment), std::move(conversation), epoch);
}

}  // namespace dhr
