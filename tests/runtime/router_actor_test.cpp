// The router on the deterministic scheduler: fake nodes say what they are asked, the store is in
// memory, and the test tells the router who is there. All but the router's own node are asked
// through relay doors, as over a link.

#include "runtime/router_actor.hpp"

#include <catch2/catch.hpp>
#include <map>

#include "runtime/base/error_caf.hpp"
#include "runtime/store/registry_actor.hpp"
#include "tests/runtime/store/failing_store.hpp"
#include "tests/support/deterministic_system.hpp"

using namespace dhr;
using namespace dhr::testing;
using namespace std::chrono_literals;

namespace {

constexpr milliseconds ttl{6'000};

// A node as the router meets it. It answers with its own session, or as the test says.
struct fake_node {
  node_facts facts;
  node_report report;
  conversation_door door;
  relay_door link_door;
  session_actor session;
  int attached = 0;
  int lost = 0;
  std::vector<conversation_id> asked;
  std::optional<error> refusal;
  bool silent = false;
  bool linked = true;
};

session_actor::behavior_type fake_session(session_actor::pointer self, fake_node* node) {
  self->set_down_handler([node](const caf::down_msg&) { ++node->lost; });
  return {[self, node](const attach_client&, const client_actor& client) {
            ++node->attached;
            self->monitor(client);
          },
          [](const client_request&) {}, [](const drain_session&) {},
          [](const leave_conversation&) {}, [](sound_taken_atom x) { return x; }};
}

conversation_door::behavior_type fake_door(conversation_door::pointer self, fake_node* node) {
  return {[self, node](const open_conversation& x) -> caf::result<session_actor> {
    node->asked.push_back(x.id);
    if (node->silent) return self->make_response_promise<session_actor>();
    if (node->refusal) return to_caf_error(*node->refusal);
    return node->session;
  }};
}

struct world : deterministic_system<add_store_messages, add_cluster_messages, add_session_messages,
                                    add_relay_messages> {
  disk on{clock};
  registry_actor registry =
      spawn_registry(system, store_spawn::scheduled, std::make_unique<store_on>(on));
  std::map<std::string, fake_node> nodes;  // "anna" is where the router is
  router_actor router;
  caf::scoped_actor asker{system};
  std::optional<error> problem;

  world() {
    for (const auto* name : {"anna", "bert", "carla"}) add(name);
    router_options options;
    options.time = &clock;
    options.registry = registry;
    options.local = nodes["anna"].door;
    router = spawn_router(system, std::move(options));
    tell();
  }

  ~world() {
    const auto end = [](const auto& actor) {
      if (actor) caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
    };
    for (auto& [name, one] : nodes) {
      end(one.link_door);
      end(one.door);
      end(one.session);
    }
    end(client);
    client = nullptr;
    settle();
    nodes.clear();
    end(router);
    router = nullptr;
    last = nullptr;
    end(registry);
    registry = nullptr;
    settle();
  }

  void add(const std::string& name) {
    auto& made = nodes[name];
    made.facts.identity = {{name}, {nodes.size()}};
    made.report.conversations_max = 100;
    made.session = system.spawn(fake_session, &made);
    made.door = system.spawn(fake_door, &made);
    made.link_door = spawn_relay_door(system, {made.door, 8s, {}});
    REQUIRE(on.kept.join(made.facts, {}, ttl));
  }

  // What the links tell once a second.
  void tell() {
    peer_list list;
    std::vector<node_door> doors;
    for (const auto& [name, one] : nodes) {
      list.peers.push_back({one.facts, one.report, peer_state::alive, one.linked});
      doors.push_back(one.linked ? caf::actor_cast<node_door>(one.link_door) : node_door{});
    }
    caf::anon_send(router, std::move(list), std::move(doors));
    settle();
  }

  // Which node's session it is; empty with the problem.
  std::string open(const std::string& id) {
    problem.reset();
    std::string found;
    auto pending = asker->request(router, 20s, open_conversation{{id}, "key_a", wish, label});
    settle();
    if (waits) advance(10s, 100ms);
    pending.receive([&](const session_actor& session) { found = node_behind(session); },
                    [&](const caf::error& x) { problem = from_caf_error(x); });
    return found;
  }

  // Whose session has a client after one has been attached to this handle.
  std::string node_behind(const session_actor& session) {
    std::map<std::string, int> before;
    for (const auto& [name, one] : nodes) before[name] = one.attached;
    if (client) caf::anon_send_exit(client, caf::exit_reason::user_shutdown);
    client =
        system.spawn([]() -> client_actor::behavior_type { return {[](const session_event&) {}}; });
    last = session;
    caf::anon_send(session, attach_client{}, client);
    settle();
    for (const auto& [name, one] : nodes) {
      if (one.attached != before[name]) return name;
    }
    return {};
  }
  client_actor client;
  session_actor last;  // that was opened
  bool waits = false;  // for nodes that do not answer
  node_wish wish;      // of who asks
  std::string label;   // by which it can be redirected

  std::size_t asked(const std::string& name) const { return nodes.at(name).asked.size(); }
  void claim(const std::string& id, const std::string& name) {
    REQUIRE(on.kept.claim({id}, nodes[name].facts.identity).value().granted);
  }
};

const error full{errc::overloaded, "the server holds its conversations already", {}, 2'000ms};

}  // namespace

TEST_CASE_METHOD(world, "a new conversation goes to the node with the lowest load") {
  nodes["anna"].report.load = {0.5, 0.5, 0.5};
  nodes["bert"].report.load = {0.1, 0.1, 0.1};
  nodes["carla"].report.load = {0.4, 0.4, 0.4};
  tell();
  CHECK(open("") == "bert");
  REQUIRE(asked("bert") == 1);
  CHECK(is_valid_id(nodes["bert"].asked[0].value));
  CHECK(open("conv_9") == "bert");
}

TEST_CASE_METHOD(world, "a conversation that lives on a node is found there, whatever its load") {
  claim("conv_9", "carla");
  nodes["carla"].report.load = {0.9, 0.9, 0.9};
  tell();
  CHECK(open("conv_9") == "carla");
  CHECK(asked("anna") + asked("bert") == 0);
}

TEST_CASE_METHOD(world,
                 "a conversation goes back to the node that had it while that one has room") {
  claim("conv_9", "carla");
  REQUIRE(on.kept.give_up({"conv_9"}, {1}, nodes["carla"].facts.identity).value());
  nodes["carla"].report.load = {0.6, 0.6, 0.6};
  tell();
  CHECK(open("conv_9") == "carla");
  nodes["carla"].report.load = {0.9, 0.9, 0.9};
  tell();
  CHECK(open("conv_9") != "carla");
}

TEST_CASE_METHOD(world, "a node that refuses for want of room is not the last one that is asked") {
  nodes["anna"].report.load = {0.5, 0.5, 0.5};
  nodes["carla"].report.load = {0.5, 0.5, 0.5};
  nodes["bert"].refusal = full;
  tell();
  const auto found = open("");
  CHECK((found == "anna" || found == "carla"));
  CHECK(asked("bert") == 1);
}

TEST_CASE_METHOD(world, "when every node refuses, the client is told when to come again") {
  for (auto& [name, one] : nodes) one.refusal = full;
  CHECK(open("").empty());
  REQUIRE(problem);
  CHECK(problem->code == errc::overloaded);
  CHECK(problem->retry_after);
  CHECK(asked("anna") + asked("bert") + asked("carla") == 3);
}

TEST_CASE_METHOD(world, "when all are full, the soonest of their times to come again is told") {
  const auto full_until = [](milliseconds later) {
    return error{errc::overloaded, "full", {}, later};
  };
  nodes["anna"].refusal = full_until(3'000ms);
  nodes["bert"].refusal = full_until(700ms);
  nodes["carla"].refusal = full_until(2'000ms);
  CHECK(open("").empty());
  REQUIRE(problem);
  CHECK(problem->retry_after == 700ms);
}

TEST_CASE_METHOD(world,
                 "who was refused by as many full nodes as are asked hears when to come again") {
  for (const auto* name : {"d", "e", "f", "g", "h", "i", "j"}) add(name);
  for (auto& [name, one] : nodes) one.refusal = full;
  tell();
  CHECK(open("").empty());
  REQUIRE(problem);
  CHECK(problem->code == errc::overloaded);
  CHECK(problem->retry_after == 2'000ms);
}

TEST_CASE_METHOD(world, "a cluster over its ceiling takes nothing more") {
  for (auto& [name, one] : nodes) one.report.load = {0.8, 0.8, 0.8};
  tell();
  CHECK(open("").empty());
  CHECK(problem->code == errc::overloaded);
  CHECK(asked("anna") + asked("bert") + asked("carla") == 0);
}

TEST_CASE_METHOD(world, "somebody who was quicker is asked next") {
  nodes["bert"].report.load = {0.0, 0.0, 0.0};
  nodes["anna"].report.load = nodes["carla"].report.load = {0.5, 0.5, 0.5};
  tell();
  nodes["bert"].refusal = error{errc::unavailable, "lives on carla", "owner:carla", {}};
  CHECK(open("conv_9") == "carla");
  CHECK(asked("anna") == 0);
}

TEST_CASE_METHOD(world, "two nodes that name each other do not send the router round for ever") {
  nodes["anna"].refusal = error{errc::unavailable, "lives on bert", "owner:bert", {}};
  nodes["bert"].refusal = error{errc::unavailable, "lives on anna", "owner:anna", {}};
  nodes["carla"].refusal = full;
  CHECK(open("conv_9").empty());
  CHECK(problem->code == errc::deadline);
  CHECK(asked("anna") + asked("bert") < 20);
}

TEST_CASE_METHOD(world, "an owner that cannot be reached is waited for, and nobody else is asked") {
  claim("conv_9", "carla");
  nodes["carla"].linked = false;
  tell();
  CHECK(open("conv_9").empty());
  CHECK(problem->code == errc::unavailable);
  CHECK(problem->where == "owner:carla");
  CHECK(problem->retry_after);
  CHECK(asked("anna") + asked("bert") == 0);
  REQUIRE(on.kept.evict({"carla"}).value());  // its lease ends
  CHECK_FALSE(open("conv_9").empty());
}

TEST_CASE_METHOD(world, "a node that does not answer is left out after its time") {
  waits = true;
  nodes["bert"].silent = true;
  nodes["anna"].report.load = nodes["carla"].report.load = {0.5, 0.5, 0.5};
  tell();
  const auto found = open("");
  CHECK((found == "anna" || found == "carla"));
  CHECK(asked("bert") == 1);
}

TEST_CASE_METHOD(world, "a conversation of somebody else is refused as unknown, without a search") {
  claim("conv_9", "bert");
  nodes["bert"].refusal = error{errc::not_found, "there is no conversation 'conv_9'", {}, {}};
  CHECK(open("conv_9").empty());
  CHECK(problem->code == errc::not_found);
  CHECK(asked("anna") + asked("carla") == 0);
}

TEST_CASE_METHOD(world,
                 "while the store is away known conversations cannot be found, new ones go on") {
  on.fails = true;
  CHECK(open("conv_9").empty());
  CHECK(problem->code == errc::unavailable);
  CHECK(problem->retry_after);
  CHECK_FALSE(open("").empty());
}

TEST_CASE_METHOD(world, "between two reports the router does not send everybody to one node") {
  nodes["bert"].report.load = {0.1, 0.1, 0.0};
  nodes["anna"].report.load = nodes["carla"].report.load = {0.2, 0.2, 0.1};
  for (auto& [name, one] : nodes) one.report.conversations_max = 20;
  tell();
  std::map<std::string, int> placed;
  for (int i = 0; i < 30; ++i) {
    const auto found = open("");
    if (!found.empty()) ++placed[found];
  }
  CHECK(placed["bert"] >= 5);
  CHECK(placed["bert"] <= 20);
  CHECK(placed["anna"] >= 3);
  CHECK(placed["carla"] >= 3);
}

TEST_CASE_METHOD(world, "without a lease of its own a node sends nobody anywhere") {
  caf::anon_send(router, peer_list{}, std::vector<node_door>{});
  settle();
  CHECK(open("").empty());
  CHECK(problem->code == errc::unavailable);
}

TEST_CASE_METHOD(world, "a node that is lost while it is asked is not waited for") {
  nodes["bert"].silent = true;
  nodes["anna"].report.load = nodes["carla"].report.load = {0.5, 0.5, 0.5};
  tell();
  auto pending = asker->request(router, 20s, open_conversation{{""}, "key_a"});
  settle();
  REQUIRE(asked("bert") == 1);
  nodes["bert"].linked = false;
  tell();
  std::string found;
  pending.receive([&](const session_actor& session) { found = node_behind(session); },
                  [&](const caf::error& x) { problem = from_caf_error(x); });
  CHECK_FALSE(problem);
  CHECK_FALSE(found.empty());
}

TEST_CASE_METHOD(
    world, "a session of the router's own node is handed out itself, another's behind a relay") {
  claim("conv_1", "anna");
  claim("conv_2", "bert");
  REQUIRE(open("conv_1") == "anna");
  CHECK(last == nodes["anna"].session);
  REQUIRE(open("conv_2") == "bert");
  CHECK_FALSE(last == nodes["bert"].session);
  caf::anon_send_exit(client, caf::exit_reason::user_shutdown);
  settle();
  CHECK(nodes["bert"].lost == 1);
}

TEST_CASE_METHOD(world, "when a session of another node ends, its client's handle goes down") {
  claim("conv_2", "bert");
  REQUIRE(open("conv_2") == "bert");
  caf::anon_send_exit(nodes["bert"].session, caf::exit_reason::kill);
  settle();
  CHECK(caf::actor_cast<caf::abstract_actor*>(last)->getf(caf::abstract_actor::is_terminated_flag));
}

TEST_CASE_METHOD(world, "a conversation that somebody wants on a node goes there when it is free") {
  claim("conv_9", "carla");
  REQUIRE(on.kept.want_owner({"conv_9"}, {"bert"}).value());
  nodes["bert"].report.load = {0.7, 0.7, 0.7};
  tell();
  CHECK(open("conv_9") == "carla");  // which has not handed it over yet
  REQUIRE(on.kept.give_up({"conv_9"}, {1}, nodes["carla"].facts.identity).value());
  CHECK(open("conv_9") == "bert");
}

TEST_CASE_METHOD(world, "a wish for a node that cannot take the conversation is no obstacle") {
  claim("conv_9", "carla");
  REQUIRE(on.kept.want_owner({"conv_9"}, {"bert"}).value());
  REQUIRE(on.kept.give_up({"conv_9"}, {1}, nodes["carla"].facts.identity).value());
  SECTION("it is drained") { nodes["bert"].report.draining = true; }
  SECTION("it is gone") { nodes["bert"].linked = false; }
  tell();
  const auto found = open("conv_9");
  CHECK((found == "anna" || found == "carla"));
}

TEST_CASE_METHOD(world, "a wish for a zone or labels is kept, whatever the load") {
  nodes["bert"].facts.zone = "rack-b";
  nodes["carla"].facts.labels = {{"gpu", "a100"}};
  for (const auto* name : {"bert", "carla"}) nodes[name].report.load = {0.7, 0.7, 0.7};
  tell();
  wish.zone = "rack-b";
  CHECK(open("") == "bert");
  wish = {"", {{"gpu", "a100"}}};
  CHECK(open("") == "carla");
  wish = {"rack-b", {{"gpu", "a100"}}};
  CHECK(open("").empty());
  REQUIRE(problem);
  CHECK(problem->code == errc::unavailable);
  CHECK(problem->where == "in_zone");
}

TEST_CASE_METHOD(world, "a conversation that lives is found where it is, whatever is wished") {
  claim("conv_9", "carla");
  nodes["bert"].facts.zone = "rack-b";
  tell();
  wish.zone = "rack-b";
  CHECK(open("conv_9") == "carla");
}

TEST_CASE_METHOD(world, "who can go to another node itself is told where its conversation lives") {
  claim("conv_9", "carla");
  claim("conv_8", "anna");
  claim("conv_7", "bert");
  nodes["carla"].facts.labels = {{"realtime_url", "wss://carla.example.org"}};
  nodes["anna"].facts.labels = {{"realtime_url", "wss://anna.example.org"}};
  tell();
  CHECK(open("conv_9") == "carla");  // by a relay: it has not asked for more
  label = "realtime_url";
  CHECK(open("conv_9").empty());
  REQUIRE(problem);
  CHECK(problem->where == "redirect:wss://carla.example.org");
  CHECK(open("conv_8") == "anna");  // it is there
  CHECK(open("conv_7") == "bert");  // which has no such address
  CHECK_FALSE(open("").empty());
}
