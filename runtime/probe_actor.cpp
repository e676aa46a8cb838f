#include "runtime/probe_actor.hpp"

#include <algorithm>
#include <utility>

#include "runtime/base/assert.hpp"
#include "runtime/base/error_caf.hpp"
#include "runtime/base/log.hpp"
#include "runtime/node_health.hpp"

namespace dhr {
namespace {

constexpr logger out{"health"};
constexpr std::chrono::seconds round{1};
constexpr std::chrono::seconds store_patience{2};
// No conversation has such an id: it is asked for to see whether the store answers.
constexpr const char* nobody = "health_probe";

using tick_atom = caf::atom_constant<caf::atom("tick")>;

// When something was posted to the network's threads and when it ran, both since the clock's
// beginning; 0: it has not run. Shared with those threads.
struct ping {
  nanoseconds sent{0};
  std::atomic<std::int64_t> ran{0};
};

struct probe_state {
  static inline const char* name = "probe";

  caf::event_based_actor* self = nullptr;
  probe_options options;
  node_health health;
  mono_time due{};
  std::shared_ptr<ping> network;
  bool asking_store = false;

  mono_time now() const { return options.time->now(); }

  void wait() {
    due = now() + round;
    self->delayed_send(self, round, tick_atom::value);
  }

  void tick() {
    const auto actors_lag = std::max<nanoseconds>(now() - due, nanoseconds{0});
    const auto network_lag = lag_of_network();
    health.found(health_probe::actors, actors_lag <= loop_lag_max);
    health.found(health_probe::network, network_lag <= loop_lag_max);
    health.found(health_probe::parts, options.parts_alive());
    ask_store();
    const bool healthy = health.is_healthy();
    if (options.healthy->exchange(healthy) != healthy) tell_log(healthy);
    options.tell(actors_lag, network_lag, healthy);
    wait();
  }

  // Of the last one that was posted, which may still wait.
  nanoseconds lag_of_network() {
    if (network) {
      const nanoseconds ran{network->ran.load()};
      if (ran == nanoseconds{0}) return now().time_since_epoch() - network->sent;
      const auto lag = ran - network->sent;
      post();
      return lag;
    }
    post();
    return nanoseconds{0};
  }

  void post() {
    network = std::make_shared<ping>();
    network->sent = now().time_since_epoch();
    options.post_to_network([one = network, time = options.time] {
      one->ran = time->now().time_since_epoch().count();
    });
  }

  void ask_store() {
    if (!options.store || asking_store) return;
    asking_store = true;
    const auto answered = [this](bool good) {
      asking_store = false;
      health.found(health_probe::store, good);
    };
    self->request(options.store, store_patience, load_conversation{{nobody}})
        .then([answered](const conversation_snapshot&) { answered(true); },
              [answered](const caf::error& reason) {
                answered(from_caf_error(reason).code == errc::not_found);
              });
  }

  void tell_log(bool healthy) const {
    if (healthy) {
      out.info("the node is well again and takes new conversations");
    } else {
      out.error("the node is not well and is given no new conversations",
                {{"probes", health.reasons()}});
    }
  }
};

caf::behavior probe_behavior(caf::stateful_actor<probe_state>* self,
                             const std::shared_ptr<probe_options>& options) {
  self->state.self = self;
  self->state.options = std::move(*options);
  self->state.wait();
  return {[self](tick_atom) { self->state.tick(); }};
}

}  // namespace

caf::actor spawn_probe(caf::actor_system& system, probe_options options) {
  DHR_ASSERT(options.time != nullptr && options.post_to_network && options.parts_alive);
  DHR_ASSERT(options.tell && options.healthy);
  return system.spawn(probe_behavior, std::make_shared<probe_options>(std::move(options)));
}

}  // namespace dhr
