// The wishes on the deterministic scheduler: the registry is in memory, the test says who is there
// and sees what the gate and the directory are told.

#include "runtime/wishes_actor.hpp"

#include <catch2/catch.hpp>
#include <map>
#include <string>
#include <vector>

#include "runtime/store/registry_actor.hpp"
#include "tests/runtime/store/failing_store.hpp"
#include "tests/support/deterministic_system.hpp"

using namespace dhr;
using namespace dhr::testing;
using namespace std::chrono_literals;

namespace {

const node_identity anna{{"anna"}, {11}};
const node_identity bert{{"bert"}, {22}};

using fake_links = caf::typed_actor<caf::replies_to<list_peers>::with<peer_list>>;
using fake_gate = caf::typed_actor<caf::reacts_to<keep_drained>>;

struct dropped_wish {
  std::string conversation;
  std::string why;
};

class counting final : public cluster_metrics {
 public:
  void wish_dropped(const conversation_id& id, const node_name&, const std::string& why) override {
    dropped.push_back({id.value, why});
  }
  void handing_over(const conversation_id& id, const node_name&) override {
    handed_over.push_back(id.value);
  }
  void giving_away(std::uint32_t count, const node_name&) override { given += count; }
  std::vector<dropped_wish> dropped;
  std::vector<std::string> handed_over;
  std::uint32_t given = 0;
};

struct world
    : deterministic_system<add_store_messages, add_cluster_messages, add_session_messages> {
  disk on{clock};
  registry_actor registry =
      spawn_registry(system, store_spawn::scheduled, std::make_unique<store_on>(on));
  peer_list peers;
  std::vector<bool> drained;
  std::vector<std::string> asked;  // to be handed over
  std::shared_ptr<counting> counts = std::make_shared<counting>();
  fake_links links = system.spawn([this]() -> fake_links::behavior_type {
    return {[this](const list_peers&) { return peers; }};
  });
  fake_gate gate = system.spawn([this]() -> fake_gate::behavior_type {
    return {[this](const keep_drained& x) { drained.push_back(x.drained); }};
  });
  handed_over_from directory = system.spawn([this]() -> handed_over_from::behavior_type {
    return {[this](const hand_over_conversation& x) { asked.push_back(x.id.value); }};
  });
  caf::actor wishes;

  world() {
    for (const auto& node : {anna, bert}) {
      peer_line line;
      line.facts.identity = node;
      line.report.conversations_max = 100;
      line.state = peer_state::alive;
      line.linked = true;
      REQUIRE(on.kept.join(line.facts, line.report, milliseconds{3'600'000}));
      peers.peers.push_back(line);
    }
  }
  ~world() {
    const auto end = [](const auto& actor) {
      caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
    };
    if (wishes) end(wishes);
    end(links);
    end(gate);
    end(directory);
    end(registry);
    wishes = nullptr;
    settle();
  }

  void begin(std::optional<giving_share_config> balance = {}) {
    wishes_options options;
    options.time = &clock;
    options.registry = registry;
    options.links = links;
    options.gate = gate;
    options.directory = directory;
    options.balance = balance;
    options.metrics = counts;
    wishes = spawn_wishes(system, std::move(options));
    settle();
  }
  void pass(std::chrono::seconds time) { advance(time, 250ms); }
  void own(const std::string& id) { REQUIRE(on.kept.claim({id}, anna).value().granted); }
  void want(const std::string& id, const std::string& node) {
    REQUIRE(on.kept.want_owner({id}, {node}).value());
  }
  std::string wanted_node_of(const std::string& id) {
    return on.kept.find_claim({id}).value()->wanted_node.value;
  }
};

}  // namespace

TEST_CASE_METHOD(world, "a node is drained while an operator wants it, and told each change once") {
  begin();
  pass(3s);
  CHECK(drained.empty());
  REQUIRE(on.kept.want_drain(anna.name, true).value());
  pass(5s);
  CHECK(drained == std::vector<bool>{true});
  REQUIRE(on.kept.want_drain(anna.name, false).value());
  pass(5s);
  CHECK(drained == std::vector<bool>{true, false});
}

TEST_CASE_METHOD(world, "another node's drain is none of this one's business") {
  begin();
  REQUIRE(on.kept.want_drain(bert.name, true).value());
  pass(3s);
  CHECK(drained.empty());
}

TEST_CASE_METHOD(world, "what is wanted on another node is handed over, and counted once") {
  own("conv_1");
  own("conv_2");
  want("conv_1", "bert");
  begin();
  pass(5s);
  CHECK(counts->handed_over == std::vector<std::string>{"conv_1"});
  // The directory forgets a word that comes while it is loading the conversation.
  CHECK(asked.size() >= 4);
  want("conv_2", "bert");
  pass(5s);
  CHECK(counts->handed_over == std::vector<std::string>{"conv_1", "conv_2"});
}

TEST_CASE_METHOD(world, "a conversation that came back and is wanted elsewhere again goes again") {
  own("conv_1");
  want("conv_1", "bert");
  begin();
  pass(2s);
  REQUIRE(on.kept.give_up({"conv_1"}, {1}, anna).value());
  pass(2s);
  own("conv_1");
  want("conv_1", "bert");
  pass(2s);
  CHECK(counts->handed_over == std::vector<std::string>{"conv_1", "conv_1"});
}

TEST_CASE_METHOD(world, "a wish that the wanted node cannot fulfil is dropped and told") {
  own("conv_1");
  want("conv_1", "bert");
  auto& target = peers.peers[1];
  std::string why;
  SECTION("not linked") {
    target.linked = false;
    why = "it cannot be reached";
  }
  SECTION("unknown") {
    peers.peers.pop_back();
    why = "it cannot be reached";
  }
  SECTION("drained") {
    target.report.draining = true;
    why = "it is drained";
  }
  SECTION("full") {
    target.report.conversations = 100;
    why = "it is full";
  }
  SECTION("unwell") {
    target.report.healthy = false;
    why = "it is not well";
  }
  begin();
  pass(3s);
  CHECK(counts->handed_over.empty());
  REQUIRE(counts->dropped.size() == 1);
  CHECK(counts->dropped[0].conversation == "conv_1");
  CHECK(counts->dropped[0].why == why);
  CHECK(wanted_node_of("conv_1").empty());
}

TEST_CASE_METHOD(world, "a node without a lease does nothing, and while the store is away waits") {
  own("conv_1");
  want("conv_1", "bert");
  const auto told = std::exchange(peers, {});
  begin();
  pass(3s);
  CHECK(counts->handed_over.empty());
  peers = told;
  on.fails = true;
  pass(3s);
  CHECK(counts->handed_over.empty());
  on.fails = false;
  pass(2s);
  CHECK(counts->handed_over == std::vector<std::string>{"conv_1"});
}

TEST_CASE_METHOD(world, "a node that has much more than another gives some of its own away") {
  for (int i = 0; i < 60; ++i) own("conv_" + std::to_string(i));
  const auto set_load = [this](std::size_t line, std::uint32_t conversations) {
    auto& report = peers.peers[line].report;
    report.conversations = conversations;
    const double share = conversations / 100.0;
    report.load = {share, share, share};
  };
  set_load(0, 60);
  set_load(1, 10);
  SECTION("when it is told to") {
    begin(giving_share_config{});
    pass(15s);
    CHECK(counts->given == 6);
    CHECK(counts->handed_over.size() == 6);
    pass(10s);
    CHECK(counts->handed_over.size() == 12);
  }
  SECTION("but not when it is not") {
    begin();
    pass(60s);
    CHECK(counts->handed_over.empty());
  }
  SECTION("and not while it is drained, which takes all") {
    REQUIRE(on.kept.want_drain(anna.name, true).value());
    begin(giving_share_config{});
    pass(60s);
    CHECK(counts->handed_over.empty());
  }
}
