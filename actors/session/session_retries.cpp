// A turn is taken once (G2): who asks for it again, under the same key, because no answer came or
// its node died, is answered with what the first attempt came to.
//
//   under way, or waits ──▶ its events, which come to whoever is attached
//   ended whole         ──▶ its words again; the sound is not kept
//   anything else       ──▶ a new turn: of that one the history has nothing but what was asked

#include <algorithm>
#include <utility>

#include "actors/session/session_state.hpp"

namespace dhr {

bool session_state::is_retry(const create_response& request) {
  const auto& key = request.idempotency_key;
  if (key.empty()) return false;
  if (request.out_of_band) {
    refuse(request.request,
           error{errc::invalid_argument,
                 "a response outside of the conversation has no key: asking twice changes nothing",
                 "idempotency_key",
                 {}});
    return true;
  }
  const bool under_way = turn_->phase() != turn_phase::idle;
  const bool waits = std::any_of(waiting_.begin(), waiting_.end(), [&](const auto& response) {
    return response.request.idempotency_key == key;
  });
  if (waits || (under_way && key == turn_key_)) return true;
  const auto* turn = answered_.find(key);
  // Two responses do not mix; the one under way is the reason that is told.
  if (turn == nullptr || under_way) return false;
  tell_again(*turn, request);
  return true;
}

// What was deleted since is left out.
void session_state::tell_again(const answered_turn& turn, const create_response& request) {
  environment_->metrics->turn_answered_again();
  turn_started started;
  turn_finished finished;
  started.response_id = finished.response_id = turn.response_id;
  started.settings = apply(settings_, request.patch);
  started.metadata = request.metadata;
  finished.status = turn.status;
  finished.reason = turn.reason;
  for (const auto& id : turn.item_ids) {
    const auto* item = items_.find(id);
    if (item == nullptr) continue;
    if (item->kind == item_kind::function_call) {
      finished.calls.push_back(*item);
    } else {
      finished.item = *item;
    }
  }
  started.item_id = finished.item.id;
  send(std::move(started));
  send(notice{answered_before,
              "this turn was answered before: its words follow, without sound and face"});
  if (!finished.item.text.empty()) send(text_piece{finished.item.text});
  std::uint32_t index = 0;
  for (const auto& call : finished.calls) {
    send(call_piece{index, call.id, call.call_id, call.name, call.text});
    send(call_ready{index++, call, {}});
  }
  send(std::move(finished));
}

// Of the turn under way. One that failed or was cancelled may be tried again.
void session_state::keep_outcome(const turn_finished& message) {
  const bool is_whole =
      message.status == turn_status::completed || message.status == turn_status::incomplete;
  if (turn_key_.empty() || !is_whole) return;
  answered_turn turn{turn_key_, message.response_id, {}, message.status, message.reason};
  if (!message.item.id.empty()) turn.item_ids.push_back(message.item.id);
  for (const auto& call : message.calls) turn.item_ids.push_back(call.id);
  answered_.record(std::move(turn));
}

}  // namespace dhr
