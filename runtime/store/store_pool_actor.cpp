#include <functional>
#include <memory>
#include <utility>

#include "runtime/base/assert.hpp"
#include "runtime/base/error_caf.hpp"
#include "runtime/store/store_actor.hpp"

namespace dhr {
namespace {

constexpr std::chrono::seconds flush_patience{60};

// How many of the parts' flushes are still under way, and what they wrote.
struct flush_in_progress {
  caf::typed_response_promise<std::uint64_t> promise;
  std::size_t missing = 0;
  std::uint64_t written = 0;
  caf::error failure;
};

// Lives on: the scheduler. Owned by: its actor.
struct pool_state {
  static inline const char* name = "store-pool";

  store_actor::pointer self;
  std::vector<store_actor> parts;

  explicit pool_state(store_actor::pointer actor) noexcept : self{actor} {}

  const store_actor& of(const conversation_id& id) const {
    return parts[std::hash<conversation_id>{}(id) % parts.size()];
  }

  // Answered when all parts have; by the first failure, if there was one.
  caf::result<std::uint64_t> flush() {
    auto flushing = std::make_shared<flush_in_progress>();
    flushing->promise = self->make_response_promise<std::uint64_t>();
    flushing->missing = parts.size();
    const auto settle = [flushing] {
      if (--flushing->missing > 0) return;
      if (flushing->failure) return static_cast<void>(flushing->promise.deliver(flushing->failure));
      flushing->promise.deliver(flushing->written);
    };
    for (const auto& part : parts) {
      self->request(part, flush_patience, flush_store{})
          .then(
              [flushing, settle](std::uint64_t written) {
                flushing->written += written;
                settle();
              },
              [flushing, settle](const caf::error& reason) {
                if (!flushing->failure) flushing->failure = reason;
                settle();
              });
    }
    return flushing->promise;
  }

  void end(const caf::exit_msg& message) {
    for (const auto& part : parts) self->send_exit(part, message.reason);
    self->quit(message.reason);
  }
};

store_actor::behavior_type pool_behavior(store_actor::stateful_pointer<pool_state> self,
                                         std::vector<store_actor> parts) {
  DHR_ASSERT(!parts.empty());
  self->state.parts = std::move(parts);
  self->set_exit_handler([self](const caf::exit_msg& message) { self->state.end(message); });
  return {[self](save_conversation& x) {
            const auto& part = self->state.of(x.snapshot.id);
            self->send(part, std::move(x));
          },
          [self](save_conversation& x, const snapshot_listener& listener) {
            const auto& part = self->state.of(x.snapshot.id);
            self->send(part, std::move(x), listener);
          },
          [self](const take_up_conversation& x) { return self->delegate(self->state.of(x.id), x); },
          [self](const give_up_conversation& x) { return self->delegate(self->state.of(x.id), x); },
          [self](const load_conversation& x) { return self->delegate(self->state.of(x.id), x); },
          [self](const erase_conversation& x) { return self->delegate(self->state.of(x.id), x); },
          [self](const flush_store&) { return self->state.flush(); }};
}

}  // namespace

store_actor spawn_store_pool(caf::actor_system& system, std::vector<store_actor> parts) {
  return system.spawn(pool_behavior, std::move(parts));
}

}  // namespace dhr
