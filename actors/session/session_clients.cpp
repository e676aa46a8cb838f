// Who listens to the session: attaching, losing and finding clients again.

#include <algorithm>
#include <utility>

#include "actors/session/session_state.hpp"

namespace dhr {

void session_state::on(const attach_client& message, const client_actor& client) {
  stir();
  // What is held back is for the client that was there.
  const auto attach_later = [&] { stored_.clients.emplace_back(message, client); };
  if (awaits_store()) return attach_later();
  // Of a client that was lost meanwhile, some of what is under way is lost as well.
  if (std::exchange(rest_.let_go, false) && message.continues && client_) return go_on_with(client);
  // Only who says what it saw last can go on with a turn, and only if it can be told all of it.
  // What waits for the turn's end begins when the client knows where it is.
  const auto missed = message.seen ? missed_since(*message.seen) : std::nullopt;
  std::deque<waiting_response> waiting;
  if (!missed) {
    if (message.seen) waiting = std::move(waiting_);
    waiting_.clear();
    perform(turn_->advance(cancel_turn{"client_replaced"}, now()));
    if (awaits_store()) {
      waiting_ = std::move(waiting);
      return attach_later();
    }
  }
  if (client_ && client_ != client) {
    send(session_closed{"replaced", "another client took this conversation over"});
    self_->demonitor(client_.address());
    forget_half_said();
  }
  if (!resumable_) sent_.forget_all(sequence_);
  client_ = client;
  ++client_generation_;
  paced_ = message.paced;
  resumable_ = message.resumable;
  self_->monitor(client_);
  if (message.continues) {
    environment_->metrics->client_taken_over();
    send(session_taken_over{settings_, last_items()});
  } else if (message.seen) {
    replay(missed);
  } else {
    send(session_opened{settings_});
  }
  perform(turn_->advance(go_on_sending{}, now()));
  restart_idle_animation();
  for (auto& response : waiting) waiting_.push_back(std::move(response));
  respond_to_waiting();
  watch_for_rest();
}

// The session was about to end for this client's silence: what has been begun since then goes on. A
// client of another node comes back through another relay.
void session_state::go_on_with(const client_actor& client) {
  if (client_ != client) {
    self_->demonitor(client_.address());
    client_ = client;
    self_->monitor(client_);
  }
  environment_->metrics->client_taken_over();
  send(session_taken_over{settings_, last_items()});
  // Its earlier relay may have gone meanwhile.
  perform(turn_->advance(go_on_sending{}, now()));
  watch_for_rest();
}

std::vector<std::string> session_state::last_items() const {
  const auto& items = items_.items();
  std::vector<std::string> ids;
  const auto skipped = items.size() - std::min(items.size(), taken_over_items);
  for (auto item = items.begin() + static_cast<std::ptrdiff_t>(skipped); item != items.end();
       ++item) {
    ids.push_back(item->id);
  }
  return ids;
}

std::optional<std::vector<session_event>> session_state::missed_since(
    const event_mark& seen) const {
  if (!resumable_ || seen.epoch != turn_->current().epoch.value) return std::nullopt;
  return sent_.after(seen);
}

void session_state::replay(const std::optional<std::vector<session_event>>& missed) {
  environment_->metrics->client_resumed(missed.has_value());
  if (missed) {
    // As they were, under their old numbers; the client's door drops what the mark covers.
    for (const auto& event : *missed) self_->send(client_, event);
    return send(session_resumed{missed->size()});
  }
  send(session_opened{settings_});
  send(
      resume_gap{"what was sent after that event is no longer there; the items of the "
                 "conversation follow"});
  std::string previous;
  for (const auto& item : items_.items()) {
    send(item_added{item, std::exchange(previous, item.id)});
  }
}

// A client that may come back finds its answer where it left it; for any other the turn is over.
void session_state::client_lost() {
  client_ = nullptr;
  stir();
  forget_half_said();
  if (resumable_) {
    perform(turn_->advance(pause_sending{}, now()));
  } else {
    waiting_.clear();
    perform(turn_->advance(cancel_turn{"client_lost"}, now()));
  }
  if (!closed_) wait_for_client();
}

// Its microphone is gone. What it committed, or had said to the end, still gets its words.
void session_state::forget_half_said() {
  if (ears_) tell_ears(forget_heard{});
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

// One timer for all events: they may become twice as old as they have to.
void session_state::forget_later() {
  if (std::exchange(will_forget_sent_, true)) return;
  self_->delayed_send(self_, environment_->config.replay.age_max, session_forget_sent{});
}

void session_state::on(const session_forget_sent&) {
  will_forget_sent_ = false;
  if (client_) sent_.forget_older(now());
  if (!sent_.empty()) forget_later();
}

}  // namespace dhr
