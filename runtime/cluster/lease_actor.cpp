#include "runtime/cluster/lease_actor.hpp"

#include <utility>
#include <vector>

#include "runtime/base/assert.hpp"
#include "runtime/base/error_caf.hpp"

namespace dhr {
namespace {

using wake_atom = caf::atom_constant<caf::atom("wake")>;
using lease_impl = lease_actor::extend<caf::reacts_to<wake_atom, std::uint64_t>>;

// A conversation that does not end holds the node's next lease up, so it is asked for again.
constexpr std::chrono::seconds end_patience{5};

// Lives on: the scheduler. Owned by: its actor.
class lease_state {
 public:
  static inline const char* name = "lease";
  using pointer = lease_impl::stateful_pointer<lease_state>;

  void start(pointer self, lease_actor_options options) {
    self_ = self;
    options_ = std::move(options);
    DHR_ASSERT(options_.time != nullptr && options_.metrics != nullptr);
    DHR_ASSERT(options_.registry && options_.owner);
    clock_.emplace(options_.lease);
    proceed();
  }

  caf::result<node_identity> await() {
    if (clock_->may_act(now())) return identity_;
    auto promise = self_->make_response_promise<node_identity>();
    waiting_.push_back(promise);
    return promise;
  }

  caf::result<std::uint64_t> leave() {
    leaving_ = true;
    options_.gate->shut();
    auto promise = self_->make_response_promise<std::uint64_t>();
    if (identity_.name.value.empty()) {
      promise.deliver(std::uint64_t{0});
      return promise;
    }
    // Without a lease as well: a join may be under way.
    self_->request(options_.registry, options_.lease.answer_max, leave_node{identity_})
        .then([promise](std::uint64_t given_up) mutable { promise.deliver(given_up); },
              [promise](const caf::error& reason) mutable { promise.deliver(reason); });
    return promise;
  }

  void wake(std::uint64_t timer) {
    if (timer == timer_) proceed();
  }

 private:
  mono_time now() const noexcept { return options_.time->now(); }

  // What the clock wants, until it wants to wait.
  void proceed() {
    while (!leaving_) {
      const auto step = clock_->step(now());
      switch (step.action) {
        case lease_action::wait:
          return wake_at(step.at);
        case lease_action::join:
          join(step.attempt);
          break;
        case lease_action::renew:
          renew(step.attempt);
          break;
        case lease_action::fence:
          options_.gate->shut();
          options_.metrics->lease_lost(identity_);
          fence(now());
          break;
      }
    }
  }

  void wake_at(mono_time at) {
    ++timer_;
    if (at == mono_time::max()) return;
    self_->delayed_send(self_, std::max(at - now(), nanoseconds{0}), wake_atom::value, timer_);
  }

  void join(const lease_attempt& attempt) {
    if (attempt.term != term_) {
      term_ = attempt.term;
      identity_ = {options_.facts.identity.name, options_.make_incarnation()};
    }
    auto facts = options_.facts;
    facts.identity = identity_;
    ask(attempt, join_node{std::move(facts), options_.report(), options_.lease.ttl});
  }

  void renew(const lease_attempt& attempt) {
    ask(attempt, renew_node{identity_, options_.report(), options_.lease.ttl});
  }

  template <class Request>
  void ask(const lease_attempt& attempt, Request request) {
    self_->request(options_.registry, options_.lease.answer_max, std::move(request))
        .then(
            [this, attempt](bool) { granted(attempt); },
            [this, attempt](const caf::error& reason) { failed(attempt, from_caf_error(reason)); });
  }

  void granted(const lease_attempt& attempt) {
    if (leaving_) return;
    const bool was_vacant = clock_->phase() == lease_phase::vacant;
    clock_->granted(attempt, options_.lease.ttl, now());
    if (clock_->may_act(now())) options_.gate->open_until(clock_->valid_until());
    if (was_vacant && clock_->phase() == lease_phase::held) {
      options_.metrics->lease_begun(identity_);
      self_->send(options_.owner, begin_term{identity_});
      for (auto& promise : std::exchange(waiting_, {})) promise.deliver(identity_);
    }
    if (clock_->may_act(now())) options_.metrics->lease_renewed(now() - attempt.sent);
    proceed();
  }

  void failed(const lease_attempt& attempt, const error& reason) {
    if (leaving_) return;
    options_.metrics->lease_trouble(reason);
    const bool final = reason.code == errc::not_found || reason.code == errc::overloaded ||
                       reason.code == errc::invalid_argument;
    if (final) {
      clock_->refused(attempt, now());
    } else {
      clock_->failed(attempt, now());
    }
    proceed();
  }

  void fence(mono_time begun) {
    self_->request(options_.owner, end_patience, end_term{})
        .then(
            [this, begun](std::uint32_t count) {
              options_.metrics->lease_fenced(count, now() - begun);
              clock_->fenced(now());
              proceed();
            },
            [this, begun](const caf::error& reason) {
              options_.metrics->lease_trouble(from_caf_error(reason));
              if (reason == caf::sec::request_timeout) fence(begun);
            });
  }

  pointer self_ = nullptr;
  lease_actor_options options_;
  std::optional<lease_clock> clock_;
  std::uint64_t term_ = 0;
  node_identity identity_;
  std::uint64_t timer_ = 0;  // the last one that was set
  bool leaving_ = false;
  std::vector<caf::typed_response_promise<node_identity>> waiting_;
};

// The options travel in a shared_ptr, since CAF copies the arguments of a spawn.
lease_impl::behavior_type lease_behavior(lease_state::pointer self,
                                         std::shared_ptr<lease_actor_options> options) {
  self->state.start(self, std::move(*options));
  return {[self](const await_term&) { return self->state.await(); },
          [self](const leave_cluster&) { return self->state.leave(); },
          [self](wake_atom, std::uint64_t timer) { self->state.wake(timer); }};
}

}  // namespace

lease_actor spawn_lease_keeper(caf::actor_system& system, lease_actor_options options) {
  return system.spawn(lease_behavior, std::make_shared<lease_actor_options>(std::move(options)));
}

}  // namespace dhr
