#include "actors/conversation/fallback_engine_actor.hpp"

#include <algorithm>
#include <unordered_map>
#include <utility>
#include <vector>

namespace dhr {
namespace {

// It asks the engines in its own name, so that it sees what they answer.
using fallback_engine_impl = engine_actor::extend_with<generation_client>;

class fallback_engine_state {
 public:
  static inline const char* name = "fallback_engine";
  using pointer = fallback_engine_impl::stateful_pointer<fallback_engine_state>;

  fallback_engine_state() = default;

  void start(pointer self, fallback_parts parts) {
    self_ = self;
    parts_ = std::move(parts);
    breaker_ = circuit_breaker{parts_.breaker};
    self_->monitor(parts_.first);
    self_->monitor(parts_.second);
    self_->set_down_handler([this](const caf::down_msg& message) { down(message); });
  }

  // The engines end with this one.
  ~fallback_engine_state() {
    for (const auto& engine : {parts_.first, parts_.second}) {
      if (engine) caf::anon_send_exit(engine, caf::exit_reason::user_shutdown);
    }
  }

  void begin(const generate& request, const generation_client& client) {
    auto& asked = replies_[request.turn];
    asked = {client, request, true, false, parts_.time->now()};
    if (first_down_ || !breaker_.allows(parts_.time->now())) {
      return ask_second(asked, parts_.first_name + " failed before and is left alone for a while");
    }
    self_->send(parts_.first, request, generation_client{self_});
  }

  void cancel(const cancel_generation& message) {
    const auto found = replies_.find(message.turn);
    if (found == replies_.end()) return;
    self_->send(found->second.at_first ? parts_.first : parts_.second, message);
  }

  void prepare(const prefill& hint) {
    self_->send(first_down_ ? parts_.second : parts_.first, hint);
  }

  // A token_piece or a tool_call_piece.
  template <class Piece>
  void take(const Piece& piece) {
    const auto found = replies_.find(piece.turn);
    if (found == replies_.end()) return;
    auto& asked = found->second;
    if (asked.at_first && !asked.has_token) breaker_.succeeded();
    asked.has_token = true;
    self_->send(asked.client, piece);
  }

  void finish(const generation_done& done) {
    const auto found = replies_.find(done.turn);
    if (found == replies_.end()) return;
    self_->send(found->second.client, done);
    replies_.erase(found);
  }

  void fail_reply(const generation_failed& failed) {
    const auto found = replies_.find(failed.turn);
    if (found == replies_.end()) return;
    auto& asked = found->second;
    const bool cancelled = failed.reason.code == errc::cancelled;
    if (asked.at_first && !cancelled) breaker_.failed(parts_.time->now());
    if (asked.at_first && !asked.has_token && !cancelled) {
      return ask_second(asked, failed.reason.message);
    }
    self_->send(asked.client, failed);
    replies_.erase(found);
  }

  void pass_on(const engine_fallback& message) {
    const auto found = replies_.find(message.turn);
    if (found != replies_.end()) self_->send(found->second.client, message);
  }

 private:
  struct pending {
    generation_client client;
    generate request;
    bool at_first = true;
    bool has_token = false;
    mono_time asked_at{};
  };

  // Nobody answers for an engine that is gone: the replies that it owes are failed in its place.
  void down(const caf::down_msg& message) {
    const bool first = message.source == parts_.first;
    (first ? first_down_ : second_down_) = true;
    std::vector<turn_id> owed;
    for (const auto& [turn, asked] : replies_) {
      if (asked.at_first == first) owed.push_back(turn);
    }
    for (const auto& turn : owed) fail_reply({turn, gone(first)});
  }

  [[nodiscard]] error gone(bool first) const {
    return {errc::unavailable,
            "the engine '" + (first ? parts_.first_name : parts_.second_name) + "' has stopped",
            "engine",
            {}};
  }

  void ask_second(pending& asked, std::string why) {
    asked.at_first = false;
    parts_.metrics->fell_back();
    self_->send(asked.client, engine_fallback{asked.request.turn, parts_.first_name,
                                              parts_.second_name, std::move(why)});
    if (second_down_) {
      self_->send(self_, generation_failed{asked.request.turn, gone(false)});
      return;
    }
    // The second has what is left of the time.
    const auto spent =
        std::chrono::duration_cast<milliseconds>(parts_.time->now() - asked.asked_at);
    asked.request.budget = std::max(asked.request.budget - spent, milliseconds{1'000});
    self_->send(parts_.second, asked.request, generation_client{self_});
  }

  pointer self_ = nullptr;
  fallback_parts parts_;
  circuit_breaker breaker_{{}};
  bool first_down_ = false;
  bool second_down_ = false;
  std::unordered_map<turn_id, pending> replies_;
};

fallback_engine_impl::behavior_type fallback_engine(fallback_engine_state::pointer self,
                                                    fallback_parts parts) {
  self->state.start(self, std::move(parts));
  return {
      [=](const generate& m, const generation_client& client) { self->state.begin(m, client); },
      [=](const cancel_generation& m) { self->state.cancel(m); },
      [=](const prefill& m) { self->state.prepare(m); },
      [=](const token_piece& m) { self->state.take(m); },
      [=](const tool_call_piece& m) { self->state.take(m); },
      [=](const generation_done& m) { self->state.finish(m); },
      [=](const generation_failed& m) { self->state.fail_reply(m); },
      [=](const engine_fallback& m) { self->state.pass_on(m); },
  };
}

}  // namespace

engine_actor spawn_fallback_engine(caf::actor_system& system, fallback_parts parts) {
  return system.spawn(fallback_engine, std::move(parts));
}

}  // namespace dhr
