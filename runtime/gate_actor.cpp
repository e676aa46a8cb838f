#include "runtime/gate_actor.hpp"

#include <algorithm>
#include <deque>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "runtime/base/assert.hpp"
#include "runtime/base/error_caf.hpp"
#include "runtime/cluster/placement_planner.hpp"

namespace dhr {
namespace {

constexpr std::size_t recent_max = 4'096;        // conversations that were here and may come back
constexpr std::chrono::seconds drain_margin{2};  // beyond the grace that the sessions have

// Those who wait for one conversation, on one slot.
struct arrival {
  std::string request;  // of the slot; empty once the conversation has begun
  std::uint32_t waiting = 0;
};

// Lives on: the scheduler. Owned by: its actor.
class gate_state {
 public:
  static inline const char* name = "gate";
  using pointer = gate_actor::stateful_pointer<gate_state>;

  gate_state() = default;

  void start(pointer self, gate_options options) {
    self_ = self;
    options_ = std::move(options);
    DHR_ASSERT(options_.time != nullptr && options_.directory && options_.drains);
    slots_.emplace(options_.admission);
    self_->set_down_handler([self](const caf::down_msg& message) { self->state.ended(message); });
  }

  caf::result<session_actor> open(const open_conversation& message) {
    if (options_.load) slots_->set_load(options_.load());
    const bool is_named = !message.id.value.empty();
    if (const auto lack = what_lacks(message.wish); lack && !living_.contains(message.id)) {
      return to_caf_error({errc::unavailable, *lack, "wish", {}});
    }
    // A drain refuses those who wait with the others, too.
    const bool joins = is_named && arrivals_.contains(message.id) && !slots_->draining();
    if (!joins) {
      const auto request = std::to_string(++last_request_);
      const auto place = is_named ? message.id : conversation_id{"unnamed " + request};
      const auto answer =
          slots_->reserve({request, place, is_named && recent_.contains(message.id)}, now());
      read();
      if (!answer) return to_caf_error(told(answer.error()));
      if (answer.value() == admission_answer::reserved) {
        if (is_named) {
          arrivals_[message.id].request = request;
        } else {
          unnamed_.push_back(request);
        }
      }
    }
    read();
    if (is_named) ++arrivals_[message.id].waiting;
    return ask(message);
  }

  void began(const conversation_id& id, const session_actor& session) {
    const auto arriving = arrivals_.find(id);
    if (arriving != arrivals_.end() && !arriving->second.request.empty()) {
      slots_->cancel(std::exchange(arriving->second.request, {}), now());
    } else if (arriving == arrivals_.end() && !unnamed_.empty()) {
      // One slot of theirs is as good as another: each begins one conversation or none.
      slots_->cancel(unnamed_.front(), now());
      unnamed_.pop_front();
    }
    slots_->adopt(id);
    sessions_[session.address()] = id;
    living_[id] = session.address();
    self_->monitor(session);
    read();
  }

  void drain_for_now(const keep_drained& message) {
    drained_for_now_ = message.drained;
    if (message.drained) {
      slots_->drain();
    } else if (!ends_) {
      slots_->reopen();
    }
    options_.readings->drained.store(message.drained, std::memory_order_relaxed);
    read();
    self_->send(options_.drains, message);
  }

  caf::result<std::uint32_t> drain(const drain_all& message) {
    ends_ = true;
    slots_->drain();
    read();
    auto promise = self_->make_response_promise<std::uint32_t>();
    self_->request(options_.drains, message.grace + drain_margin, message)
        .then([promise](std::uint32_t count) mutable { promise.deliver(count); },
              [promise](caf::error& reason) mutable { promise.deliver(std::move(reason)); });
    return promise;
  }

 private:
  mono_time now() const noexcept { return options_.time->now(); }

  std::optional<std::string> what_lacks(const node_wish& wish) const {
    if (!wish.zone.empty() && wish.zone != options_.zone) {
      return "this node is not in zone '" + wish.zone + "'";
    }
    if (const auto* label = first_missing(wish.labels, options_.labels)) {
      return "this node has no label " + label->first + "=" + label->second;
    }
    return std::nullopt;
  }

  void read() {
    auto& shown = *options_.readings;
    const auto& counts = slots_->counts();
    shown.taken.store(slots_->taken(), std::memory_order_relaxed);
    shown.granted.store(counts.granted, std::memory_order_relaxed);
    shown.refused.store(counts.refused, std::memory_order_relaxed);
    shown.expired.store(counts.expired, std::memory_order_relaxed);
  }

  error told(error reason) const {
    const auto most = options_.admission.conversations_max;
    if (reason.code == errc::overloaded && slots_->taken() >= most) {
      reason.message = "the server holds its " + std::to_string(most) + " conversations already";
    } else if (ends_) {
      reason.message = "the server is shutting down";
    } else if (drained_for_now_) {
      reason.message = "this node is drained: ask another one";
    }
    return reason;
  }

  // The directory is given as long as the slot is held.
  caf::result<session_actor> ask(const open_conversation& message) {
    auto promise = self_->make_response_promise<session_actor>();
    const auto id = message.id;
    self_->request(options_.directory, options_.admission.reservation_max, message)
        .then(
            [this, promise, id](const session_actor& session) mutable {
              answered(id, true);
              promise.deliver(session);
            },
            [this, promise, id](caf::error& reason) mutable {
              answered(id, false);
              if (reason == caf::sec::request_timeout) {
                reason = to_caf_error({errc::deadline,
                                       "the conversation was not opened in time; try again",
                                       {},
                                       options_.admission.retry_after});
              }
              promise.deliver(std::move(reason));
            });
    return promise;
  }

  void answered(const conversation_id& id, bool is_here) {
    if (id.value.empty()) {
      if (!is_here && !unnamed_.empty()) {
        slots_->cancel(unnamed_.front(), now());
        unnamed_.pop_front();
      }
    } else if (const auto arriving = arrivals_.find(id);
               arriving != arrivals_.end() && --arriving->second.waiting == 0) {
      if (!arriving->second.request.empty()) slots_->cancel(arriving->second.request, now());
      arrivals_.erase(arriving);
    }
    read();
  }

  void ended(const caf::down_msg& message) {
    const auto known = sessions_.find(message.source);
    if (known == sessions_.end()) return;
    const auto id = known->second;
    sessions_.erase(known);
    // Its successor may have begun before its end was told.
    const auto living = living_.find(id);
    if (living == living_.end() || living->second != message.source) return;
    living_.erase(living);
    slots_->ended(id);
    remember(id);
    read();
  }

  void remember(const conversation_id& id) {
    if (!recent_.insert(id).second) return;
    recent_order_.push_back(id);
    if (recent_order_.size() <= recent_max) return;
    recent_.erase(recent_order_.front());
    recent_order_.pop_front();
  }

  pointer self_ = nullptr;
  gate_options options_;
  std::optional<admission> slots_;
  bool drained_for_now_ = false;
  bool ends_ = false;
  std::uint64_t last_request_ = 0;
  std::unordered_map<conversation_id, arrival> arrivals_;
  std::deque<std::string> unnamed_;  // requests whose conversation has no name yet
  std::unordered_map<caf::actor_addr, conversation_id> sessions_;
  std::unordered_map<conversation_id, caf::actor_addr> living_;
  std::unordered_set<conversation_id> recent_;
  std::deque<conversation_id> recent_order_;  // oldest first
};

// The options travel in a shared_ptr, since CAF copies the arguments of a spawn.
gate_actor::behavior_type gate_behavior(gate_state::pointer self,
                                        std::shared_ptr<gate_options> options) {
  self->state.start(self, std::move(*options));
  return {[self](const open_conversation& x) { return self->state.open(x); },
          [self](began_atom, const conversation_id& id, const session_actor& session) {
            self->state.began(id, session);
          },
          [self](const drain_all& x) { return self->state.drain(x); },
          [self](const keep_drained& x) { self->state.drain_for_now(x); }};
}

}  // namespace

gate_actor spawn_gate(caf::actor_system& system, gate_options options) {
  return system.spawn(gate_behavior, std::make_shared<gate_options>(std::move(options)));
}

}  // namespace dhr
