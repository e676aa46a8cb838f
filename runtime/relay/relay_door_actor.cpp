#include <utility>

#include "runtime/base/assert.hpp"
#include "runtime/relay/relay_actor.hpp"

namespace dhr {
namespace {

struct door_state {
  static inline const char* name = "relay door";
  relay_door::pointer self;
  relay_door_options options;

  explicit door_state(relay_door::pointer actor) noexcept : self{actor} {}

  caf::result<far_relay> open(const open_conversation& wanted) {
    auto promise = self->make_response_promise<far_relay>();
    self->request(options.local, options.patience, wanted)
        .then(
            [this, promise](const session_actor& session) mutable {
              promise.deliver(spawn_far_relay(self->system(), session, options.relays));
            },
            [promise](caf::error& reason) mutable { promise.deliver(std::move(reason)); });
    return promise;
  }
};

relay_door::behavior_type door_behavior(relay_door::stateful_pointer<door_state> self,
                                        const relay_door_options& options) {
  DHR_ASSERT(options.local);
  self->state.options = options;
  return {[self](const open_conversation& x) { return self->state.open(x); }};
}

}  // namespace

relay_door spawn_relay_door(caf::actor_system& system, relay_door_options options) {
  return system.spawn(door_behavior, std::move(options));
}

}  // namespace dhr
