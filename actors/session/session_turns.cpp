// The turn: when it begins, what the machine wants done, what follows its end.

#include <algorithm>
#include <utility>

#include "actors/session/session_state.hpp"

namespace dhr {

// ---- beginning

turn_request session_state::new_turn() const {
  turn_request made;
  made.response_id = make_random_id("resp_");
  made.item_id = make_random_id("item_");
  made.previous_item_id = items_.last_id();
  made.paced = paced_;
  return made;
}

result<turn_request> session_state::request_for(const create_response& request) const {
  DHR_TRY(auto patch, checked(request.patch));
  auto made = new_turn();
  made.settings = apply(settings_, patch);
  if (request.input) {
    DHR_TRY(const auto input, referenced(*request.input));
    made.history = item_log::messages(input);
  } else {
    made.history = items_.messages();
  }
  made.out_of_band = request.out_of_band;
  made.metadata = request.metadata;
  return made;
}

// An item of which only the id is given stands for that of the conversation.
result<std::vector<conversation_item>> session_state::referenced(
    std::vector<conversation_item> input) const {
  for (auto& item : input) {
    if (item.id.empty() || !item.text.empty()) continue;
    const auto* known = items_.find(item.id);
    if (known == nullptr) {
      return fail(errc::not_found, "there is no item '" + item.id + "'", "response.input");
    }
    item = *known;
  }
  return input;
}

void session_state::respond(const create_response& request, const hearing_timings& hearing) {
  auto made = request_for(request);
  if (!made) return refuse(request.request, std::move(made).assume_error());
  made.assume_value().hearing = hearing;
  // What was said and waits for an answer is in the history that this one answers.
  if (!request.out_of_band && !request.input) {
    std::erase_if(waiting_, [](const waiting_response& x) { return x.by_voice; });
  }
  ++idle_generation_;
  out_of_band_ = request.out_of_band;
  turn_key_ = request.idempotency_key;
  perform(turn_->advance(begin_turn{std::move(made).assume_value()}, now()));
}

// Once the turn under way has ended, nobody waits to be attached and the words of all items are
// known; what was said is not answered into what is being said.
bool session_state::may_begin(bool by_voice) const {
  return turn_->phase() == turn_phase::idle && wordless_.empty() && stored_.clients.empty() &&
         !(by_voice && somebody_speaks());
}

// Now, or when it may begin. One answer is enough for all that was said meanwhile.
void session_state::respond_when_free(waiting_response response) {
  if (may_begin(response.by_voice)) return respond(response.request, response.hearing);
  if (response.by_voice) {
    const auto known = std::find_if(waiting_.begin(), waiting_.end(),
                                    [](const waiting_response& x) { return x.by_voice; });
    if (known != waiting_.end()) {
      known->hearing = response.hearing;
      return;
    }
  }
  if (waiting_.size() >= environment_->config.responses_waiting_max) {
    return refuse(response.request.request, error{errc::overloaded,
                                                  "too many responses wait for the one under way",
                                                  {},
                                                  milliseconds{1'000}});
  }
  waiting_.push_back(std::move(response));
}

void session_state::respond_to_waiting() {
  // One that is refused does not keep the next from its turn.
  while (!draining_) {
    const auto next = std::find_if(waiting_.begin(), waiting_.end(),
                                   [&](const auto& x) { return may_begin(x.by_voice); });
    if (next == waiting_.end()) return;
    const auto response = std::move(*next);
    waiting_.erase(next);
    respond(response.request, response.hearing);
  }
}

// ---- going on

void session_state::on_turn_event(const turn_event& event) {
  stir();
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
    void operator()(feel& x) const { session.self_->send(session.heart_.child, std::move(x)); }
    void operator()(animate& x) const { session.self_->send(session.avatar_, std::move(x)); }
    void operator()(stop_reply& x) const {
      session.self_->send(session.conversation_, cancel_reply{std::move(x.reply)});
    }
    void operator()(stop_voice& x) const {
      if (session.heart_.child) session.self_->send(session.heart_.child, cancel_feeling{x.turn});
      session.self_->send(session.voice_, cancel_speech{std::move(x.turn)});
    }
    void operator()(emit& x) const {
      if (auto* finished = std::get_if<turn_finished>(&x.payload)) {
        session.end_turn(x.turn, std::move(*finished));
      } else {
        session.send(x.turn, std::move(x.payload));
      }
    }
    void operator()(item_cut& x) const {
      session.items_.set_text(x.item_id, std::move(x.text), item_status::incomplete);
    }
    void operator()(sound_sent& x) const {
      if (session.ears_) session.tell_ears(face_sounded{x.begins, std::move(x.pcm)});
    }
    void operator()(const sound_stopped&) const {
      if (session.ears_) session.tell_ears(face_silenced{session.now()});
    }
    void operator()(const wake_at& x) const {
      const auto wait = std::max(x.when - session.now(), nanoseconds{0});
      session.self_->delayed_send(session.self_, wait,
                                  session_wake{session.turn_->current().number});
    }
    void operator()(const chunk_late& x) const { session.environment_->metrics->chunk_late(x.by); }
    void operator()(const foresight_ended& x) const {
      session.environment_->metrics->foresight_ended(x.was_right);
    }
    void operator()(const stale_dropped&) const { session.environment_->metrics->stale_dropped(); }
  };
  std::visit(visitor{*this}, effect);
}

void session_state::on(const session_wake& message) {
  if (message.turn_number == turn_->current().number) on_turn_event(wake_turn{});
}

// Of a turn that is foreseen and has not begun, no client knows the number.
turn_id session_state::told_turn(turn_id turn) const {
  if (turn_->phase() == turn_phase::idle) turn.number = 0;
  return turn;
}

void session_state::on(const engine_changed& message) {
  send(told_turn(message.turn),
       notice{"engine_fallback", "the reply comes from '" + message.to + "' instead of '" +
                                     message.from + "': " + message.why});
}

void session_state::on(const voice_changed& message) {
  send(told_turn(message.turn),
       notice{"voice_fallback", "the voice is '" + message.to + "' instead of '" + message.from +
                                    "': " + message.why});
}

// ---- the end

void session_state::end_turn(const turn_id& turn, turn_finished message) {
  // Before the client is told, who may look at the counts then.
  environment_->metrics->turn_ended(message);
  if (!out_of_band_) {
    // The ids are new ones, so that only a full log refuses the answer; the client has been told
    // it.
    if (!message.item.id.empty()) std::ignore = items_.insert(message.item, "");
    for (const auto& call : message.calls) std::ignore = items_.insert(call, "");
    keep_outcome(message);
    save_turn();
  }
  turn_key_.clear();
  send(turn, std::move(message));
  if (draining_) return end_when_drained();
  restart_idle_animation();
  respond_to_waiting();
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

// ---- sending

void session_state::send(const turn_id& turn, session_payload payload) {
  if (!may_act() && !std::holds_alternative<session_closed>(payload)) return;
  session_event event{turn, ++sequence_, std::move(payload)};
  if (awaits_store()) return stored_.events.push_back(std::move(event));
  deliver(std::move(event));
}

void session_state::deliver(session_event event) {
  // A client that comes back has no use for how the face rested meanwhile.
  // Nor is the end of another client's connection its own.
  const bool of_use = !std::holds_alternative<idle_chunk>(event.payload) &&
                      !std::holds_alternative<session_closed>(event.payload);
  if (resumable_ && of_use) {
    sent_.add(event, now());
    forget_later();
  }
  if (client_) self_->send(client_, std::move(event));
}

void session_state::send(session_payload payload) {
  auto turn = turn_->current();
  turn.number = 0;
  send(turn, std::move(payload));
}

}  // namespace dhr
