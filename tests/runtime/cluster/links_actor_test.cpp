// The links of several nodes in one actor system, on the deterministic scheduler: a connector
// stands in for the network, and the test cuts it.

#include "runtime/cluster/links_actor.hpp"

#include <catch2/catch.hpp>
#include <map>
#include <set>

#include "runtime/base/error_caf.hpp"
#include "runtime/store/registry_actor.hpp"
#include "tests/runtime/store/failing_store.hpp"
#include "tests/support/deterministic_system.hpp"

using namespace dhr;
using namespace dhr::testing;
using namespace std::chrono_literals;

namespace {

constexpr milliseconds ttl{6'000};

// Where each port leads to.
struct network {
  std::map<std::uint16_t, caf::strong_actor_ptr> listeners;
  bool cut = false;
  int dialled = 0;
  std::set<std::uint16_t> impostors;  // ports where somebody else shows a certificate
  std::vector<std::string> met;
};

caf::error somebody_else() {
  return to_caf_error({errc::invalid_argument, "the certificate is issued for carla", {}, {}});
}

caf::behavior connector_behavior(caf::event_based_actor*, std::shared_ptr<network> net) {
  return {[net](caf::connect_atom, const std::string&, std::uint16_t port, const std::string&)
              -> caf::result<caf::node_id, caf::strong_actor_ptr, std::set<std::string>> {
            ++net->dialled;
            if (net->impostors.contains(port)) return somebody_else();
            const auto found = net->listeners.find(port);
            if (net->cut || found == net->listeners.end()) {
              return caf::make_error(caf::sec::cannot_connect_to_node);
            }
            return {caf::node_id{}, found->second, std::set<std::string>{}};
          },
          [net](meet_atom, const std::string& host, std::uint16_t port,
                const std::string& node) -> caf::result<void> {
            net->met.push_back(node + " at " + host + ":" + std::to_string(port));
            if (net->impostors.contains(port)) return somebody_else();
            return caf::unit;
          }};
}

struct owner_record {
  std::vector<node_identity> begun;
  int ended = 0;
};

conversation_owner::behavior_type owner_behavior(conversation_owner::pointer,
                                                 std::shared_ptr<owner_record> record) {
  return {[record](const begin_term& x) { record->begun.push_back(x.node); },
          [record](const end_term&) -> std::uint32_t {
            ++record->ended;
            return 2;
          }};
}

struct watched {
  peer_list last;
  std::vector<node_door> doors;
};

cluster_watcher::behavior_type watcher_behavior(cluster_watcher::pointer,
                                                std::shared_ptr<watched> record) {
  return {[record](const peer_list& told, const std::vector<node_door>& doors) {
    record->last = told;
    record->doors = doors;
  }};
}

struct told final : cluster_metrics {
  void peer_changed(const peer_change& change) override {
    events.emplace_back(std::string{to_string(change.event)} + " " + change.peer.name.value);
  }
  void peer_refused(const node_identity& peer, const std::string& why) override {
    refused.push_back(peer.name.value + ": " + why);
  }
  void seed_failed(const std::string& address, const std::string& why) override {
    failures.push_back(address + ": " + why);
  }
  void dial_failed(const node_identity&, const std::string& why) override {
    failures.push_back(why);
  }
  bool has(const std::string& event) const {
    return std::find(events.begin(), events.end(), event) != events.end();
  }
  std::vector<std::string> events;
  std::vector<std::string> refused;
  std::vector<std::string> failures;
};

struct world : deterministic_system<add_store_messages, add_cluster_messages> {
  struct node {
    node_facts facts;
    std::uint16_t port = 0;
    links_actor links;
    registry_actor registry;
    conversation_owner owner;
    cluster_watcher watcher;
    std::shared_ptr<owner_record> owning = std::make_shared<owner_record>();
    std::shared_ptr<watched> seen = std::make_shared<watched>();
    std::shared_ptr<told> metrics = std::make_shared<told>();

    const peer_line* peer(const std::string& name) const {
      for (const auto& line : seen->last.peers) {
        if (line.facts.identity.name.value == name) return &line;
      }
      return nullptr;
    }
    bool linked(const std::string& name) const {
      return peer(name) != nullptr && peer(name)->linked && peer(name)->state == peer_state::alive;
    }
  };

  disk on{clock};
  std::shared_ptr<network> net = std::make_shared<network>();
  caf::actor connector = system.spawn(connector_behavior, net);
  std::map<std::string, node> nodes;
  std::uint64_t incarnations = 100;
  bool meets_callers = false;
  std::vector<std::string> seeds;  // of every node
  std::set<std::string> misled;    // nodes that tell an address at which nobody is

  ~world() {
    for (auto& [name, one] : nodes) stop(one);
    net->listeners.clear();
    nodes.clear();
    caf::anon_send_exit(connector, caf::exit_reason::user_shutdown);
    connector = nullptr;
    settle();
  }

  static void stop(node& one) {
    for (const auto& actor :
         {caf::actor_cast<caf::actor>(one.links), caf::actor_cast<caf::actor>(one.watcher),
          caf::actor_cast<caf::actor>(one.owner), caf::actor_cast<caf::actor>(one.registry)}) {
      if (actor) caf::anon_send_exit(actor, caf::exit_reason::kill);
    }
    one.links = nullptr;
    one.watcher = nullptr;
    one.owner = nullptr;
    one.registry = nullptr;
  }

  node& start(const std::string& name, std::uint64_t types_hash = 7) {
    auto& made = nodes[name];
    made.port = static_cast<std::uint16_t>(9'100 + nodes.size());
    const auto told_port = misled.contains(name) ? 9 : made.port;
    made.facts = {{{name}, {}}, "host:" + std::to_string(told_port), "1.0", types_hash, {}, {}};
    made.registry = spawn_registry(system, store_spawn::scheduled, std::make_unique<store_on>(on));
    made.owner = system.spawn(owner_behavior, made.owning);
    made.watcher = system.spawn(watcher_behavior, made.seen);
    links_actor_options options;
    options.time = &clock;
    options.registry = made.registry;
    options.owner = made.owner;
    options.connector = connector;
    options.meets_callers = meets_callers;
    options.seeds = seeds;
    options.facts = made.facts;
    options.door = caf::actor_cast<node_door>(made.owner);
    options.seed = made.port;
    options.report = [name] {
      node_report report;
      report.conversations = static_cast<std::uint32_t>(name.size());
      return report;
    };
    options.metrics = made.metrics;
    made.links = spawn_links(system, std::move(options), made.watcher);
    net->listeners[made.port] = caf::actor_cast<caf::strong_actor_ptr>(made.links);
    begin(made);
    return made;
  }

  // The keeper of the lease is not there: the test joins for it.
  void begin(node& one) {
    one.facts.identity.incarnation = {++incarnations};
    REQUIRE(on.kept.join(one.facts, {}, ttl));
    caf::anon_send(one.links, begin_term{one.facts.identity});
    settle();
  }

  // Time passes, and whoever lives renews its lease.
  void pass(nanoseconds by, const std::set<std::string>& dead = {}) {
    for (nanoseconds gone{0}; gone < by; gone += 500ms) {
      for (const auto& [name, one] : nodes) {
        if (!dead.contains(name)) static_cast<void>(on.kept.renew(one.facts.identity, {}, ttl));
      }
      advance(500ms, 100ms);
    }
  }
};

}  // namespace

TEST_CASE_METHOD(world, "nodes that start one after the other find and link each other") {
  auto& anna = start("anna");
  auto& bert = start("bert");
  auto& carla = start("carla");
  pass(4s);
  CHECK(anna.linked("bert"));
  CHECK(anna.linked("carla"));
  CHECK(bert.linked("anna"));
  CHECK(bert.linked("carla"));
  CHECK(carla.linked("anna"));
  CHECK(carla.linked("bert"));
  CHECK(net->dialled == 3);  // one connection for each pair
  CHECK(anna.seen->last.peers.front().facts.identity == anna.facts.identity);
  CHECK(anna.seen->last.peers.size() == 3);
}

TEST_CASE_METHOD(world, "with each linked peer comes the door to its conversations") {
  auto& anna = start("anna");
  auto& bert = start("bert");
  pass(3s);
  REQUIRE(anna.seen->doors.size() == 2);
  CHECK(anna.seen->doors[0] == caf::actor_cast<node_door>(anna.owner));
  CHECK(anna.seen->doors[1] == caf::actor_cast<node_door>(bert.owner));
  CHECK(bert.seen->doors[0] == caf::actor_cast<node_door>(bert.owner));
  CHECK(bert.seen->doors[1] == caf::actor_cast<node_door>(anna.owner));
}

TEST_CASE_METHOD(world, "heartbeats bring the peers' reports") {
  auto& anna = start("anna");
  start("bertold");
  pass(3s);
  REQUIRE(anna.peer("bertold"));
  CHECK(anna.peer("bertold")->report.conversations == 7);
}

TEST_CASE_METHOD(world, "a node that dies is suspected at once, and gone when its lease ends") {
  auto& anna = start("anna");
  auto& bert = start("bert");
  pass(3s);
  net->listeners.erase(bert.port);
  stop(bert);
  settle();
  CHECK(anna.metrics->has("suspected bert"));
  CHECK_FALSE(anna.linked("bert"));
  CHECK_FALSE(anna.seen->doors[1]);
  pass(4s, {"bert"});
  CHECK_FALSE(anna.metrics->has("gone bert"));
  pass(4s, {"bert"});
  CHECK(anna.metrics->has("gone bert"));
  CHECK_FALSE(anna.metrics->failures.empty());  // it was dialled again, in vain
  const auto dialled = net->dialled;
  pass(30s, {"bert"});
  CHECK(net->dialled == dialled);
}

TEST_CASE_METHOD(world, "a node that falls silent is suspected within six seconds") {
  auto& anna = start("anna");
  auto& bert = start("bert");
  pass(3s);
  // Its links take no step any more, but nobody is told: a stopped process.
  caf::anon_send(bert.links, end_term{});
  settle();
  nanoseconds silent{0};
  while (!anna.metrics->has("suspected bert")) {
    pass(500ms);
    silent += 500ms;
    REQUIRE(silent <= 6s);
  }
  CHECK(silent >= 4s);
}

TEST_CASE_METHOD(world, "a node that comes back under another incarnation is linked anew") {
  auto& anna = start("anna");
  auto& bert = start("bert");
  pass(3s);
  const auto before = bert.facts.identity;
  caf::anon_send(bert.links, end_term{});
  settle();
  CHECK(bert.owning->ended == 1);
  CHECK(bert.seen->last.peers.empty());
  REQUIRE(on.kept.evict({"bert"}).value());
  begin(bert);
  pass(5s);
  REQUIRE(anna.linked("bert"));
  CHECK(anna.peer("bert")->facts.identity != before);
  CHECK(bert.linked("anna"));
  CHECK(bert.owning->begun.size() == 2);
}

TEST_CASE_METHOD(world, "a node with other messages is refused by both, with a reason") {
  auto& anna = start("anna", 7);
  auto& bert = start("bert", 8);
  pass(5s);
  CHECK_FALSE(anna.linked("bert"));
  CHECK_FALSE(bert.linked("anna"));
  CHECK(anna.metrics->has("refused bert"));
  CHECK(net->dialled == 0);
}

TEST_CASE_METHOD(world, "a caller with other messages, or with our own name, gets no link") {
  auto& anna = start("anna", 7);
  caf::scoped_actor caller{system};
  const auto greet = [&](const std::string& name, std::uint64_t hash) {
    std::optional<error> refused;
    auto pending = caller->request(
        anna.links, 5s, hello{{{{name}, {5}}, "host:1", "2.0", hash, {}, {}}}, node_door{});
    settle();
    pending.receive([](const welcome&, const node_door&) {},
                    [&](const caf::error& x) { refused = from_caf_error(x); });
    return refused;
  };
  auto refused = greet("bert", 8);
  REQUIRE(refused);
  CHECK(refused->code == errc::invalid_argument);
  CHECK(refused->message.find("version 2.0") != std::string::npos);
  refused = greet("anna", 7);
  REQUIRE(refused);
  CHECK(refused->message.find("two nodes") != std::string::npos);
  CHECK(anna.metrics->refused.size() == 2);
}

TEST_CASE_METHOD(world, "a caller is linked only as the node that the registry knows") {
  auto& anna = start("anna");
  const node_facts bert{{{"bert"}, {5}}, "host:1", "1.0", 7, {}, {}};
  caf::scoped_actor caller{system};
  const auto greet = [&](const node_facts& facts) {
    std::optional<error> refused;
    auto pending = caller->request(anna.links, 5s, hello{facts}, node_door{});
    settle();
    pending.receive([](const welcome&, const node_door&) {},
                    [&](const caf::error& x) { refused = from_caf_error(x); });
    return refused;
  };
  const auto refused = greet(bert);
  REQUIRE(refused);
  CHECK(refused->code == errc::unavailable);
  CHECK(refused->message.find("registry knows no such run") != std::string::npos);
  CHECK(anna.metrics->refused.size() == 1);

  REQUIRE(on.kept.join(bert, {}, ttl));
  auto earlier = bert;
  earlier.identity.incarnation = {4};
  CHECK(greet(earlier));
  REQUIRE(anna.peer("bert") != nullptr);
  CHECK_FALSE(anna.peer("bert")->linked);
  CHECK_FALSE(greet(bert));  // without waiting for the next look at the registry
  CHECK(anna.peer("bert")->linked);
}

TEST_CASE_METHOD(world, "where somebody else shows a certificate is no node, until it is mended") {
  meets_callers = true;
  auto& anna = start("anna");
  net->impostors.insert(9'102);
  auto& bert = start("bert");
  pass(8s);
  CHECK_FALSE(anna.linked("bert"));
  CHECK_FALSE(bert.linked("anna"));
  const auto told = [&](const std::string& words) {
    return std::any_of(anna.metrics->refused.begin(), anna.metrics->refused.end(),
                       [&](const auto& line) { return line.find(words) != line.npos; });
  };
  CHECK(told("bert: at its address the certificate is issued for carla"));
  // Bert has called as well; what it says of itself is compared with what its address shows.
  CHECK(told("a caller says that it is node bert, and at that node's address the certificate"));
  net->impostors.clear();
  pass(8s);
  CHECK(anna.linked("bert"));
  CHECK(bert.linked("anna"));
}

TEST_CASE_METHOD(world, "a caller is met at the registry's address, not at the one that it tells") {
  meets_callers = true;
  auto& anna = start("anna");
  const node_facts bert{{{"bert"}, {5}}, "host:1", "1.0", 7, {}, {}};
  REQUIRE(on.kept.join(bert, {}, ttl));
  auto told = bert;
  told.address = "elsewhere:2";
  caf::scoped_actor caller{system};
  bool welcomed = false;
  auto pending = caller->request(anna.links, 5s, hello{told}, node_door{});
  settle();
  pending.receive([&](const welcome&, const node_door&) { welcomed = true; },
                  [](const caf::error&) {});
  CHECK(welcomed);
  CHECK(net->met == std::vector<std::string>{"bert at host:1"});
}

TEST_CASE_METHOD(world, "a node without a lease answers no call") {
  auto& anna = start("anna");
  caf::anon_send(anna.links, end_term{});
  settle();
  caf::scoped_actor caller{system};
  std::optional<error> refused;
  auto pending = caller->request(anna.links, 5s,
                                 hello{{{{"bert"}, {5}}, "host:1", "1.0", 7, {}, {}}}, node_door{});
  settle();
  pending.receive([](const welcome&, const node_door&) {},
                  [&](const caf::error& x) { refused = from_caf_error(x); });
  REQUIRE(refused);
  CHECK(refused->code == errc::unavailable);
}

TEST_CASE_METHOD(world, "nodes that cannot reach each other go on trying and link when they can") {
  net->cut = true;
  auto& anna = start("anna");
  auto& bert = start("bert");
  pass(8s);
  CHECK_FALSE(anna.linked("bert"));
  CHECK(anna.metrics->failures.size() > 2);
  CHECK(anna.metrics->failures.size() < 20);
  net->cut = false;
  pass(7s);
  CHECK(anna.linked("bert"));
  CHECK(bert.linked("anna"));
}

TEST_CASE_METHOD(world, "a node that leaves says goodbye, and is gone at once") {
  auto& anna = start("anna");
  auto& bert = start("bert");
  pass(3s);
  REQUIRE(on.kept.leave(bert.facts.identity));
  caf::anon_send(bert.links, leave_cluster{});
  settle();
  CHECK(anna.metrics->has("gone bert"));
  CHECK_FALSE(anna.linked("bert"));
}

TEST_CASE_METHOD(world, "a node whose told address leads nowhere is found at a seed") {
  seeds = {"gate:9101", "gate:9102"};
  misled = {"anna", "bert"};
  auto& anna = start("anna");
  auto& bert = start("bert");
  pass(3s);
  CHECK(anna.linked("bert"));
  CHECK(bert.linked("anna"));
  SECTION("and again after its link was lost and it came back") {
    net->listeners.erase(bert.port);
    caf::anon_send(bert.links, end_term{});
    pass(12s, {"bert"});
    REQUIRE_FALSE(anna.linked("bert"));
    net->listeners[bert.port] = caf::actor_cast<caf::strong_actor_ptr>(bert.links);
    begin(bert);
    pass(7s);
    CHECK(anna.linked("bert"));
    CHECK(bert.linked("anna"));
  }
}

TEST_CASE_METHOD(world, "a seed that leads back to the node itself is called once") {
  seeds = {"gate:9101"};
  auto& anna = start("anna");
  pass(30s);
  CHECK(net->dialled == 1);
  CHECK(anna.metrics->failures.empty());
}

TEST_CASE_METHOD(world, "who answers at a seed is a peer only if the registry knows it") {
  seeds = {"gate:9102"};
  auto& anna = start("anna");
  auto& bert = start("bert");
  REQUIRE(on.kept.evict({"bert"}).value());
  pass(12s, {"bert"});
  CHECK_FALSE(anna.linked("bert"));
  REQUIRE_FALSE(anna.metrics->failures.empty());
  CHECK(anna.metrics->failures.back() ==
        "gate:9102: who answers there says that it is node bert, and the registry knows no such "
        "run of it");
  begin(bert);
  pass(7s);
  CHECK(anna.linked("bert"));
}

TEST_CASE_METHOD(world, "at a seed that the registry tells as well one link is enough") {
  seeds = {"host:9101", "host:9102"};
  auto& anna = start("anna");
  auto& bert = start("bert");
  pass(10s);
  CHECK(anna.linked("bert"));
  CHECK(bert.linked("anna"));
  const auto dialled = net->dialled;
  pass(30s);
  CHECK(net->dialled == dialled);
}

TEST_CASE_METHOD(world, "while the store is away the links stand") {
  auto& anna = start("anna");
  auto& bert = start("bert");
  pass(3s);
  on.fails = true;
  pass(20s);
  CHECK(anna.linked("bert"));
  CHECK(bert.linked("anna"));
}

TEST_CASE_METHOD(world, "the cluster's messages arrive at another node as they were sent") {
  const node_facts facts{{{"anna"}, {5}}, "host:1", "1.0", 7, "zone", {{"gpu", "a100"}}};
  const node_report report{{0.1, 0.2, 0.3}, 1, 2, true, false};
  const auto arrives = [&](auto message) { return round_trip(system, message) == message; };
  CHECK(arrives(await_term{}));
  CHECK(arrives(leave_cluster{}));
  CHECK(arrives(hello{facts}));
  CHECK(arrives(welcome{facts}));
  CHECK(arrives(heartbeat{facts.identity, report}));
  CHECK(arrives(goodbye{facts.identity}));
  CHECK(arrives(peer_list{{{facts, report, peer_state::suspected, true}}}));
  CHECK(arrives(list_peers{}));
}
