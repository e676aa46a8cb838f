#include "runtime/store/store_actor.hpp"

#include <optional>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "runtime/base/assert.hpp"
#include "runtime/base/error_caf.hpp"

namespace dhr {
namespace {

constexpr milliseconds trouble_every{60'000};
constexpr std::chrono::hours sweep_every{1};

using wake_atom = caf::atom_constant<caf::atom("wake")>;
using sweep_atom = caf::atom_constant<caf::atom("sweep")>;
// The interface with the actor's own timers.
using store_impl =
    store_actor::extend<caf::reacts_to<wake_atom, std::uint64_t>, caf::reacts_to<sweep_atom>>;

// Lives on: the actor's thread. Owned by: its actor.
class store_state {
 public:
  static inline const char* name = "store";
  using pointer = store_impl::stateful_pointer<store_state>;

  void start(pointer self, store_actor_options options) {
    self_ = self;
    options_ = std::move(options);
    DHR_ASSERT(options_.store != nullptr && options_.time != nullptr);
    DHR_ASSERT(options_.metrics != nullptr);
    queue_.emplace(options_.writing);
    if (options_.retention.count() > 0) self_->send(self_, sweep_atom::value);
    self_->set_exit_handler([self](const caf::exit_msg& message) {
      static_cast<void>(self->state.write_all());
      self->quit(message.reason);
    });
  }

  void save(conversation_snapshot snapshot) {
    if (!queue_->put(std::move(snapshot), now())) options_.metrics->write_refused();
    while (queue_->too_many()) make_room();
    wake_later();
  }

  void save_now(conversation_snapshot snapshot, const snapshot_listener& listener) {
    const auto id = snapshot.id;
    if (!queue_->put(std::move(snapshot), now())) return options_.metrics->write_refused();
    listeners_[id] = listener;
    if (!queue_->backing_off(now())) {
      queue_->hasten(id);
      std::ignore = write_head();
    }
    while (queue_->too_many()) make_room();
    wake_later();
  }

  caf::result<taken_up> take_up(const take_up_conversation& wanted) {
    owner_ = caf::actor_cast<caf::actor_addr>(self_->current_sender());
    auto outcome = take_up_now(wanted);
    if (!outcome) return to_caf_error(outcome.error());
    return std::move(outcome).value();
  }

  caf::result<bool> give_up(const give_up_conversation& wanted) {
    if (const auto written = write_now(wanted.id); !written) return to_caf_error(written.error());
    const auto owned = give_up_now(wanted);
    if (!owned) return to_caf_error(owned.error());
    return owned.value();
  }

  caf::result<conversation_snapshot> load(const conversation_id& id) {
    if (const auto* waiting = queue_->find(id)) return *waiting;
    auto found = options_.store->load(id);
    if (!found) return to_caf_error(found.error());
    if (!found.value()) {
      return to_caf_error({errc::not_found, "there is no conversation " + id.value, "id", {}});
    }
    return std::move(*found.value());
  }

  caf::result<bool> erase(const conversation_id& id) {
    const bool waited = queue_->forget(id);
    listeners_.erase(id);
    options_.metrics->waiting(queue_->waiting());
    const auto erased = options_.store->erase(id);
    if (!erased) return to_caf_error(erased.error());
    return waited || erased.value();
  }

  caf::result<std::uint64_t> flush() {
    const auto written = write_all();
    wake_later();
    if (!written) return to_caf_error(written.error());
    return written.value();
  }

  void wake(std::uint64_t timer) {
    if (timer != timer_) return;  // an earlier one has taken its place
    wakes_at_.reset();
    if (queue_->due(now()) != nullptr) static_cast<void>(write_head());
    wake_later();
  }

  void sweep() {
    self_->delayed_send(self_, sweep_every, sweep_atom::value);
    const auto erased =
        options_.store->erase_older_than(options_.time->wall_now() - options_.retention);
    if (!erased) return tell(erased.error());
    if (erased.value() > 0) options_.metrics->expired(erased.value());
  }

  // How many were written, up to the first that failed. Those whose epoch is over are dropped and
  // not counted.
  result<std::uint64_t> write_all() {
    std::uint64_t count = 0;
    while (queue_->head() != nullptr) {
      DHR_TRY(const bool written, write_head());
      if (written) ++count;
    }
    return count;
  }

 private:
  mono_time now() const noexcept { return options_.time->now(); }

  result<bool> give_up_now(const give_up_conversation& wanted) {
    auto& leases = options_.store->leases();
    if (wanted.epoch) return leases.give_up(wanted.id, *wanted.epoch, wanted.node);
    DHR_TRY(const auto claim, leases.find_claim(wanted.id));
    if (!claim || claim->owner != wanted.node) return false;
    return leases.give_up(wanted.id, claim->epoch, wanted.node);
  }

  // The claim comes first: whatever an earlier owner saved before it is in what is loaded, and what
  // it saves after it is refused.
  result<taken_up> take_up_now(const take_up_conversation& wanted) {
    DHR_TRY(write_now(wanted.id));
    DHR_TRY(auto outcome, options_.store->leases().claim(wanted.id, wanted.node));
    taken_up answer{outcome.granted, std::move(outcome.claim), std::nullopt};
    if (!answer.granted) return answer;
    auto stored = options_.store->load(wanted.id);
    if (!stored) {
      // Nobody will use it.
      std::ignore = options_.store->leases().give_up(wanted.id, answer.claim.epoch, wanted.node);
      return stored.error();
    }
    answer.stored = std::move(stored).value();
    return answer;
  }

  // What waits of one conversation, before its turn. A snapshot that is refused for good is
  // dropped.
  result<void> write_now(const conversation_id& id) {
    const auto* waiting = queue_->find(id);
    if (waiting == nullptr) return ok();
    DHR_TRY(write(*waiting));
    queue_->forget(id);
    options_.metrics->waiting(queue_->waiting());
    return ok();
  }

  // False when the snapshot was refused for good.
  result<bool> write_head() {
    auto written = write(*queue_->head());
    if (!written) {
      queue_->failed(now());
    } else if (written.value()) {
      queue_->written();
    } else {
      queue_->give_up();
    }
    options_.metrics->waiting(queue_->waiting());
    return written;
  }

  // As write_head, whatever the line says.
  result<bool> write(const conversation_snapshot& snapshot) {
    const auto begun = now();
    const auto written = options_.store->save(snapshot);
    if (written) {
      options_.metrics->written(now() - begun);
      tell_listener(snapshot);
      return true;
    }
    const auto& reason = written.error();
    if (reason.code == errc::invalid_argument) {
      listeners_.erase(snapshot.id);
      if (reason.where == "epoch") {
        options_.metrics->write_refused();
        tell_owner(snapshot);
      } else {
        tell(reason);
      }
      return false;
    }
    options_.metrics->write_failed(reason.code);
    tell(reason);
    return reason;
  }

  // Written at once or, when the store was away, later.
  void tell_listener(const conversation_snapshot& written) {
    const auto known = listeners_.find(written.id);
    if (known == listeners_.end()) return;
    self_->send(known->second, conversation_stored{written.turn_number});
    listeners_.erase(known);
  }

  void tell_owner(const conversation_snapshot& refused) {
    if (const auto owner = caf::actor_cast<caf::actor>(owner_)) {
      caf::anon_send(owner, conversation_replaced{refused.id, refused.epoch});
    }
  }

  // While the disk fails, the oldest is lost rather than that the actor waits for the disk with
  // every save.
  void make_room() {
    if (!queue_->backing_off(now()) && write_head()) return;
    listeners_.erase(queue_->head()->id);
    queue_->give_up();
    options_.metrics->snapshot_lost();
  }

  // One timer counts, and it is for the head of the line.
  void wake_later() {
    options_.metrics->waiting(queue_->waiting());
    const auto at = queue_->due_at();
    if (!at || (wakes_at_ && *wakes_at_ <= *at)) return;
    wakes_at_ = at;
    const auto wait = *at - now();
    if (wait > nanoseconds{0}) {
      self_->delayed_send(self_, wait, wake_atom::value, ++timer_);
    } else {
      self_->send(self_, wake_atom::value, ++timer_);
    }
  }

  void tell(const error& reason) {
    ++troubles_;
    if (told_at_ && now() - *told_at_ < trouble_every) return;
    told_at_ = now();
    options_.metrics->trouble(reason, std::exchange(troubles_, 0));
  }

  pointer self_ = nullptr;
  store_actor_options options_;
  std::optional<write_behind> queue_;
  std::unordered_map<conversation_id, snapshot_listener> listeners_;  // of what waits
  caf::actor_addr owner_;    // who took up conversations last: the node's directory
  std::uint64_t timer_ = 0;  // the last one that was set
  std::optional<mono_time> wakes_at_;
  std::uint64_t troubles_ = 0;  // since the last one that was told
  std::optional<mono_time> told_at_;
};

// The options travel in a shared_ptr, since CAF copies the arguments of a spawn.
store_impl::behavior_type store_behavior(store_state::pointer self,
                                         std::shared_ptr<store_actor_options> options) {
  self->state.start(self, std::move(*options));
  return {[self](save_conversation& x) { self->state.save(std::move(x.snapshot)); },
          [self](save_conversation& x, const snapshot_listener& listener) {
            self->state.save_now(std::move(x.snapshot), listener);
          },
          [self](const take_up_conversation& x) { return self->state.take_up(x); },
          [self](const give_up_conversation& x) { return self->state.give_up(x); },
          [self](const load_conversation& x) { return self->state.load(x.id); },
          [self](const erase_conversation& x) { return self->state.erase(x.id); },
          [self](const flush_store&) { return self->state.flush(); },
          [self](wake_atom, std::uint64_t timer) { self->state.wake(timer); },
          [self](sweep_atom) { self->state.sweep(); }};
}

}  // namespace

store_actor spawn_store(caf::actor_system& system, store_spawn how, store_actor_options options) {
  auto shared = std::make_shared<store_actor_options>(std::move(options));
  if (how == store_spawn::detached) {
    return system.spawn<caf::detached>(store_behavior, std::move(shared));
  }
  return system.spawn(store_behavior, std::move(shared));
}

}  // namespace dhr
