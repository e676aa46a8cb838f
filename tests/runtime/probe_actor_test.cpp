#include "runtime/probe_actor.hpp"

#include <catch2/catch.hpp>
#include <deque>

#include "runtime/base/error_caf.hpp"
#include "tests/support/deterministic_system.hpp"

using namespace dhr;
using namespace dhr::testing;
using namespace std::chrono_literals;

namespace {

// A node whose parts do as the test says.
struct probed_node {
  probed_node() {
    probe_options options;
    options.time = &actors.clock;
    options.store = caf::actor_cast<store_actor>(
        actors.system.spawn([this](caf::event_based_actor*) -> caf::behavior {
          return {[this](const load_conversation&) -> caf::result<conversation_snapshot> {
            return to_caf_error({store_error, "", {}, {}});
          }};
        }));
    options.post_to_network = [this](std::function<void()> run) {
      if (network_runs) return run();
      waiting.push_back(std::move(run));
    };
    options.parts_alive = [this] { return parts_live; };
    options.tell = [this](nanoseconds, nanoseconds lag, bool) { network_lag = lag; };
    options.healthy = healthy;
    store = options.store;
    probe = spawn_probe(actors.system, std::move(options));
    actors.settle();
  }
  ~probed_node() {
    caf::anon_send_exit(probe, caf::exit_reason::user_shutdown);
    caf::anon_send_exit(store, caf::exit_reason::user_shutdown);
    actors.settle();
  }
  probed_node(const probed_node&) = delete;
  probed_node& operator=(const probed_node&) = delete;

  bool is_healthy() const { return healthy->load(); }

  deterministic_system<add_store_messages> actors;
  std::shared_ptr<std::atomic<bool>> healthy = std::make_shared<std::atomic<bool>>(true);
  errc store_error = errc::not_found;
  bool network_runs = true;
  bool parts_live = true;
  std::deque<std::function<void()>> waiting;
  nanoseconds network_lag{0};
  store_actor store;
  caf::actor probe;
};

}  // namespace

TEST_CASE("a node whose parts answer stays healthy") {
  probed_node node;
  node.actors.advance(30s, 100ms);
  CHECK(node.is_healthy());
  CHECK(node.network_lag == 0ns);
}

TEST_CASE("a node whose store is away is unhealthy within five seconds, and well again after") {
  probed_node node;
  node.store_error = errc::unavailable;
  node.actors.advance(5s, 100ms);
  CHECK_FALSE(node.is_healthy());
  node.store_error = errc::not_found;
  node.actors.advance(5s, 100ms);
  CHECK(node.is_healthy());
}

TEST_CASE("a node whose network threads stand still is unhealthy") {
  probed_node node;
  node.network_runs = false;
  node.actors.advance(6s, 100ms);
  CHECK_FALSE(node.is_healthy());
  CHECK(node.network_lag > 3s);
  REQUIRE(node.waiting.size() == 1);  // it does not pile them up
  node.network_runs = true;
  node.waiting.front()();
  node.actors.advance(5s, 100ms);
  CHECK(node.is_healthy());
}

TEST_CASE("a node whose actors' timers come late is unhealthy") {
  probed_node node;
  for (int i = 0; i < 3; ++i) {
    node.actors.clock.advance(2s);
    node.actors.advance(1s, 100ms);
  }
  CHECK_FALSE(node.is_healthy());
}

TEST_CASE("a node whose engine has died is unhealthy") {
  probed_node node;
  node.parts_live = false;
  node.actors.advance(2s, 100ms);
  CHECK(node.is_healthy());
  node.actors.advance(2s, 100ms);
  CHECK_FALSE(node.is_healthy());
}
