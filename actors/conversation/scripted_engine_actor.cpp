#include "actors/conversation/scripted_engine_actor.hpp"

#include "actors/conversation/history.hpp"

namespace dhr {

void scripted_engine_state::start(pointer self, scripted_engine_config config) {
  self_ = self;
  config_ = std::move(config);
}

void scripted_engine_state::begin(const generate& request, const generation_client& client) {
  cancel(request.turn);
  reply r{++recitals_, client, 0, self_->clock().now(), {}, request.sampling.tokens_max};
  for (const auto& message : request.messages) {
    r.usage.input_tokens += estimate_tokens(message.content);
  }
  schedule(request.turn, replies_.emplace(request.turn, std::move(r)).first->second);
}

void scripted_engine_state::schedule(const turn_id& turn, reply& r) {
  if (r.next < config_.script.size()) r.due += config_.script[r.next].after;
  if (r.due <= self_->clock().now()) {
    self_->send(self_, script_tick_atom::value, turn, r.recital);
  } else {
    self_->scheduled_send(self_, r.due, script_tick_atom::value, turn, r.recital);
  }
}

void scripted_engine_state::tick(const turn_id& turn, std::uint64_t recital) {
  const auto found = replies_.find(turn);
  if (found == replies_.end() || found->second.recital != recital) return;
  reply& r = found->second;
  const bool full = r.usage.output_tokens >= r.tokens_max;
  if (r.next >= config_.script.size() || full) {
    const bool complete = r.next >= config_.script.size();
    self_->send(
        r.client,
        generation_done{turn, r.usage, complete ? finish_reason::stop : finish_reason::max_tokens});
    replies_.erase(found);
    return;
  }
  self_->send(r.client, token_piece{turn, config_.script[r.next].text});
  ++r.next;
  ++r.usage.output_tokens;
  schedule(turn, r);
}

void scripted_engine_state::cancel(const turn_id& turn) {
  const auto found = replies_.find(turn);
  if (found == replies_.end()) return;
  self_->send(found->second.client,
              generation_failed{turn, {errc::cancelled, "the turn was interrupted", {}, {}}});
  replies_.erase(found);
}

scripted_engine_impl::behavior_type scripted_engine(scripted_engine_state::pointer self,
                                                    scripted_engine_config config) {
  self->state.start(self, std::move(config));
  return {
      [=](const generate& request, const generation_client& client) {
        self->state.begin(request, client);
      },
      [=](const cancel_generation& m) { self->state.cancel(m.turn); },
      [=](script_tick_atom, const turn_id& turn, std::uint64_t recital) {
        self->state.tick(turn, recital);
      },
  };
}

scripted_engine_config script_of(std::string_view text, milliseconds after) {
  scripted_engine_config config;
  while (!text.empty()) {
    const std::size_t end = text.find(' ', 1);
    config.script.push_back({std::string{text.substr(0, end)}, after});
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end);
  }
  return config;
}

}  // namespace dhr
