// The keeper of the node's lease on the deterministic scheduler, over a store that fails when told
// to, with the store's clock being the test's.

#include "runtime/cluster/lease_actor.hpp"

#include <catch2/catch.hpp>
#include <string>

#include "runtime/store/registry_actor.hpp"
#include "tests/runtime/store/failing_store.hpp"
#include "tests/support/deterministic_system.hpp"

using namespace dhr;
using namespace dhr::testing;
using namespace std::chrono_literals;

namespace {

// What the owner of the conversations was told; it answers an end at once, or when the test says
// so.
struct owner_record {
  std::vector<node_identity> begun;
  int ended = 0;
  bool answers = true;
};

conversation_owner::behavior_type owner_behavior(conversation_owner::pointer self,
                                                 std::shared_ptr<owner_record> record) {
  return {[record](const begin_term& x) { record->begun.push_back(x.node); },
          [self, record](const end_term&) -> caf::result<std::uint32_t> {
            ++record->ended;
            if (record->answers) return std::uint32_t{3};
            return self->make_response_promise<std::uint32_t>();  // and never a word
          }};
}

struct told final : cluster_metrics {
  void lease_lost(const node_identity&) override { ++lost; }
  void lease_trouble(const error& reason) override { troubles.push_back(reason.message); }
  void lease_fenced(std::uint32_t count, nanoseconds) override { fenced += count; }
  int lost = 0;
  std::uint32_t fenced = 0;
  std::vector<std::string> troubles;
};

struct world : deterministic_system<add_store_messages, add_cluster_messages> {
  disk on{clock};
  lease_config lease;
  std::shared_ptr<owner_record> owner = std::make_shared<owner_record>();
  std::shared_ptr<told> metrics = std::make_shared<told>();
  registry_actor registry;
  conversation_owner owning;
  lease_actor keeper;
  std::shared_ptr<lease_gate> gate = std::make_shared<lease_gate>();
  std::uint64_t incarnations = 100;

  void start(const std::string& name = "anna") {
    registry = spawn_registry(system, store_spawn::scheduled, std::make_unique<store_on>(on));
    owning = system.spawn(owner_behavior, owner);
    lease_actor_options options;
    options.lease = lease;
    options.time = &clock;
    options.registry = registry;
    options.owner = owning;
    options.facts.identity.name = {name};
    options.make_incarnation = [this] { return node_incarnation{++incarnations}; };
    options.report = [] { return node_report{}; };
    options.metrics = metrics;
    options.gate = gate;
    keeper = spawn_lease_keeper(system, std::move(options));
    settle();
  }

  ~world() {
    for (const auto& actor :
         {caf::actor_cast<caf::actor>(keeper), caf::actor_cast<caf::actor>(owning),
          caf::actor_cast<caf::actor>(registry)}) {
      if (actor) caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
    }
    keeper = nullptr;
    owning = nullptr;
    registry = nullptr;
    settle();
  }

  milliseconds left() { return on.kept.nodes().value().at(0).lease_left; }
};

}  // namespace

TEST_CASE_METHOD(world, "a node that has its lease tells whoever owns conversations") {
  start();
  REQUIRE(owner->begun.size() == 1);
  CHECK(owner->begun[0] == node_identity{{"anna"}, {101}});
  CHECK(on.kept.nodes().value().at(0).facts.identity == owner->begun[0]);
}

TEST_CASE_METHOD(world, "whoever waits for the term is answered when it begins") {
  on.fails = true;
  start();
  caf::scoped_actor asker{system};
  auto pending = asker->request(keeper, 60s, await_term{});
  advance(3s, 50ms);
  CHECK(owner->begun.empty());
  on.fails = false;
  advance(2s, 50ms);
  std::optional<node_identity> answer;
  pending.receive([&](const node_identity& node) { answer = node; }, [](const caf::error&) {});
  REQUIRE(owner->begun.size() == 1);
  CHECK(answer == owner->begun[0]);
}

TEST_CASE_METHOD(world, "a lease is renewed for as long as the store answers") {
  start();
  for (int second = 0; second < 120; ++second) {
    advance(1s, 50ms);
    CHECK(left() > 2s);
  }
  CHECK(owner->begun.size() == 1);
  CHECK(owner->ended == 0);
  CHECK(on.tries < 80);
}

TEST_CASE_METHOD(world, "a node that cannot renew ends its conversations before the lease ends") {
  start();
  advance(1s, 50ms);
  on.fails = true;
  while (owner->ended == 0) {
    REQUIRE(left() > 0ms);
    advance(50ms, 10ms);
  }
  CHECK(left() >= lease.fence_time / 2);
  CHECK(metrics->lost == 1);
  CHECK(metrics->fenced == 3);
  CHECK(owner->begun.size() == 1);
}

TEST_CASE_METHOD(world, "after an outage the node comes back under another incarnation") {
  start();
  on.fails = true;
  advance(30s, 50ms);
  CHECK(owner->ended == 1);
  on.fails = false;
  advance(2s, 50ms);
  REQUIRE(owner->begun.size() == 2);
  CHECK(owner->begun[1].name == owner->begun[0].name);
  CHECK(owner->begun[1].incarnation != owner->begun[0].incarnation);
  advance(60s, 100ms);
  CHECK(owner->begun.size() == 2);
}

TEST_CASE_METHOD(world, "an outage that is shorter than the lease disturbs nobody") {
  start();
  on.fails = true;
  advance(3s, 50ms);
  on.fails = false;
  advance(60s, 100ms);
  CHECK(owner->ended == 0);
  CHECK(owner->begun.size() == 1);
}

TEST_CASE_METHOD(world, "no new term begins while a conversation of the last one is alive") {
  start();
  owner->answers = false;
  on.fails = true;
  advance(10s, 50ms);
  on.fails = false;
  advance(60s, 100ms);
  CHECK(owner->begun.size() == 1);
  CHECK(owner->ended > 1);  // asked again and again
  owner->answers = true;
  // The owner answers the next time that it is asked.
  advance(12s, 100ms);
  CHECK(owner->begun.size() == 2);
}

TEST_CASE_METHOD(world, "an evicted node stops at its next renewal") {
  start();
  REQUIRE(on.kept.evict({"anna"}).value());
  advance(lease.renew_every + 100ms, 50ms);
  CHECK(owner->ended == 1);
  CHECK(owner->begun.size() == 2);
}

TEST_CASE_METHOD(world, "a node whose name is taken waits for that lease to end, and says so") {
  REQUIRE(on.kept.join({{{"anna"}, {5}}, "host:1", "1", 1, {}, {}}, {}, milliseconds{4'000}));
  start();
  CHECK(owner->begun.empty());
  REQUIRE_FALSE(metrics->troubles.empty());
  CHECK(metrics->troubles[0].find("another process is node anna") != std::string::npos);
  advance(3'900ms, 50ms);
  CHECK(owner->begun.empty());
  advance(500ms, 50ms);
  CHECK(owner->begun.size() == 1);
}

TEST_CASE_METHOD(world, "a node that leaves gives everything up and renews no more") {
  start();
  REQUIRE(on.kept.claim({"conv_1"}, owner->begun[0]).value().granted);
  caf::scoped_actor asker{system};
  auto pending = asker->request(keeper, 5s, leave_cluster{});
  settle();
  std::optional<std::uint64_t> given_up;
  pending.receive([&](std::uint64_t count) { given_up = count; }, [](const caf::error&) {});
  CHECK(given_up == std::uint64_t{1});
  CHECK(on.kept.nodes().value().empty());
  advance(60s, 100ms);
  CHECK(on.kept.nodes().value().empty());
  CHECK(owner->begun.size() == 1);
}

TEST_CASE_METHOD(world, "the gate closes by itself when nobody renews, before the lease ends") {
  start();
  CHECK(gate->is_open(clock.now()));
  advance(30s, 100ms);
  CHECK(gate->is_open(clock.now()));
  const auto ends = clock.now() + left();
  CHECK_FALSE(gate->is_open(ends));  // though the keeper takes no step any more
  on.fails = true;
  advance(6s, 50ms);
  CHECK_FALSE(gate->is_open(clock.now()));
  on.fails = false;
  advance(6s, 50ms);
  CHECK(gate->is_open(clock.now()));
}
