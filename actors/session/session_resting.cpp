// Passivation: a conversation whose client is connected and silent is saved and ends. Requests of
// the client may be on their way meanwhile, so that it happens in two steps:
//
//   session ──session_closed{passive}──▶ client: from now on it asks its door for the conversation
//      │ for rest_linger it can still be woken, by a request that was sent before or by the door
//      ▼
//   the end

#include <algorithm>
#include <utility>

#include "actors/session/session_state.hpp"

namespace dhr {
namespace {

// Longer than a message takes from a client at another node: a link that is silent for longer is
// given up.
constexpr std::chrono::seconds rest_linger{6};

}  // namespace

void session_state::stir() {
  rest_.stirred_at = now();
  rest_.rests = false;
}

void session_state::watch_for_rest() {
  const auto after = environment_->config.passivate_after;
  if (after <= milliseconds{0} || !environment_->save) return;
  if (std::exchange(rest_.is_watched, true)) return;
  self_->delayed_send(self_, after, session_rest{});
}

// Only a client that can find the conversation again may lose it. What the ears have heard is in no
// snapshot, nor is the count of samples from which clients are told when somebody spoke.
bool session_state::may_rest() const {
  return client_ && resumable_ && !draining_ && may_act() && !ears_ && !settings_.idle_animation &&
         turn_->phase() == turn_phase::idle && !turn_->holds() && waiting_.empty() &&
         wordless_.empty() && !somebody_speaks() && !awaits_store();
}

void session_state::on(const session_rest&) {
  rest_.is_watched = false;
  if (closed_ || !client_) return;
  if (rest_.rests) {
    closed_ = true;
    environment_->metrics->passivated();
    return self_->quit();
  }
  const nanoseconds after = environment_->config.passivate_after;
  const auto left = std::max(rest_.stirred_at, turn_->heard_at()) + after - now();
  if (left <= nanoseconds{0} && may_rest()) return rest();
  rest_.is_watched = true;
  self_->delayed_send(self_, left > nanoseconds{0} ? left : after, session_rest{});
}

void session_state::rest() {
  save();
  rest_.rests = rest_.let_go = rest_.is_watched = true;
  send(session_closed{"passive", "nothing has happened for a while"});
  self_->delayed_send(self_, rest_linger, session_rest{});
}

}  // namespace dhr
