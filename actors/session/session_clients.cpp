// Who listens to the session: attaching, losing and finding clients again.

#include <algorithm>
#include <utility>

#include "actors/session/session_state.hpp"

namespace dhr {

void session_state::on(const attach_client& message, const client_actor& client) {
  // Only who says what it saw last can go on with a turn, and only with one that was kept for it.
  if (!message.seen || !resumable_) {
    perform(turn_->advance(cancel_turn{"client_replaced"}, now()));
  }
  if (client_ && client_ != client) {
    send(session_closed{"replaced", "another client took this conversation over"});
    self_->demonitor(client_.address());
  }
  client_ = client;
  ++client_generation_;
  paced_ = message.paced;
  resumable_ = message.resumable;
  self_->monitor(client_);
  if (message.seen) {
    replay(*message.seen);
  } else {
    send(session_opened{settings_});
  }
  perform(turn_->advance(go_on_sending{}, now()));
  restart_idle_animation();
}

void session_state::replay(const event_mark& seen) {
  const auto& current = turn_->current();
  const auto missed = seen.epoch == current.epoch.value ? sent_.after(seen) : std::nullopt;
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
  if (resumable_) {
    perform(turn_->advance(pause_sending{}, now()));
  } else {
    perform(turn_->advance(cancel_turn{"client_lost"}, now()));
  }
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

void session_state::on(const session_forget_sent&) { sent_.forget_older(now()); }

}  // namespace dhr
