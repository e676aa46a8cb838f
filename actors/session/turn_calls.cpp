// The part of the turn machine that deals with the functions that a reply calls. While the reply is
// held its calls are kept, and told by the turn that resumes it. A call of which a part was told
// when the answer was interrupted is told there from its beginning.

#include <utility>

#include "actors/session/turn_machine.hpp"

namespace dhr {

void turn_machine::on(const function_call_piece& event, mono_time now) {
  const bool held = is_held(event.turn);
  if (!held && !is_of_reply(event.turn)) return;
  auto& calls = held ? held_->reply.calls : reply_.calls;
  const auto [known, is_new] = calls.try_emplace(event.index, event);
  if (!is_new) known->second.arguments += event.arguments;
  if (held) {
    if (calls.size() > config_.clauses_waiting_max) on(release_turn{}, now);
    return;
  }
  const auto index = event.index - reply_.calls_told;
  send(call_piece{index, call_item_id(index), event.call_id, event.name, event.arguments});
  progress_ = now;
}

void turn_machine::on(const function_call_ready& event, mono_time now) {
  if (is_held(event.turn)) {
    auto& ready = held_->reply.calls_ready;
    if (ready.size() >= config_.clauses_waiting_max) return on(release_turn{}, now);
    ready.push_back(event);
    return;
  }
  if (!is_of_reply(event.turn)) return;
  reply_.calls.erase(event.index);
  const auto index = event.index - reply_.calls_told;
  conversation_item item;
  item.id = call_item_id(index);
  item.role = item_role::assistant;
  item.kind = item_kind::function_call;
  item.call_id = event.call_id;
  item.name = event.name;
  item.text = event.arguments;
  const auto previous = calls_.empty() ? request_.item_id : calls_.back().id;
  calls_.push_back(item);
  send(call_ready{index, std::move(item), previous});
  progress_ = now;
}

std::string turn_machine::call_item_id(std::uint32_t index) const {
  return request_.item_id + "_call" + std::to_string(index);
}

void turn_machine::tell_kept_calls(mono_time now) {
  const auto pieces = std::exchange(reply_.calls, {});
  const auto ready = std::exchange(reply_.calls_ready, {});
  for (const auto& [index, piece] : pieces) on(piece, now);
  for (const auto& call : ready) on(call, now);
}

}  // namespace dhr
