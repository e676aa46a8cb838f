// Real nodes of one cluster in processes of their own, on one machine and one PostgreSQL, as their
// clients meet them: killed, stopped, told to end.

#include <signal.h>

#include <boost/asio.hpp>
#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <chrono>
#include <map>
#include <memory>
#include <set>

#include "tests/support/http_get.hpp"
#include "tests/support/postgres_database.hpp"
#include "tests/support/server_process.hpp"
#include "tests/support/talking_client.hpp"

using namespace dhr::testing;
using namespace std::chrono_literals;

namespace {

// Nodes that speak at once and think nothing, on a database of their own.
struct cluster {
  postgres_database database;
  std::map<std::string, std::unique_ptr<server_process>> nodes;
  std::map<std::string, std::string> more;  // of every node's environment

  explicit cluster(const std::vector<std::string>& names,
                   std::map<std::string, std::string> settings = {})
      : more{std::move(settings)} {
    for (const auto& name : names) start(name);
  }

  std::map<std::string, std::string> environment(const std::string& name) const {
    std::map<std::string, std::string> variables{{"DHR_CONVERSATION_ENGINE", "scripted"},
                                                 {"DHR_VOICE_NAME", "tone"},
                                                 {"DHR_EARS_TRANSCRIPTION", "none"},
                                                 {"DHR_STORE_KIND", "postgres"},
                                                 {"DHR_STORE_POSTGRES_URL", database.url()},
                                                 {"DHR_CLUSTER_ENABLED", "true"},
                                                 {"DHR_CLUSTER_NODE", name},
                                                 {"DHR_CLUSTER_LINK_PORT", "0"},
                                                 {"DHR_CLUSTER_LEASE_MS", "4000"}};
    for (const auto& [key, value] : more) variables[key] = value;
    return variables;
  }
  double counter(const std::string& name, const std::string& of) const {
    return metric_in(http_get(nodes.at(name)->http_port(), "/metrics").body, of);
  }
  void start(const std::string& name) {
    nodes[name] = std::make_unique<server_process>(environment(name));
  }
  server_process& operator[](const std::string& name) { return *nodes.at(name); }

  boost::json::value ask(std::vector<std::string> arguments) const {
    arguments.emplace_back("--json");
    const auto outcome = run_program(arguments, environment("nobody"));
    INFO(outcome.output);
    REQUIRE(outcome.status == 0);
    return boost::json::parse(outcome.output);
  }
  // Which node owns the conversation; empty: none.
  std::string owner_of(const std::string& id) const {
    const auto told = ask({"cluster", "conversations"});
    for (const auto& line : told.as_array()) {
      if (line.at("id").as_string() == id) return std::string{line.at("node").as_string()};
    }
    return {};
  }
  std::string state_of(const std::string& name) const {
    const auto told = ask({"cluster", "status"});
    for (const auto& line : told.at("nodes").as_array()) {
      if (line.at("name").as_string() == name) return std::string{line.at("state").as_string()};
    }
    return {};
  }
  // Until this node is connected to so many others.
  void await_links(const std::string& name, int count) {
    if (comes_true([&] { return counter(name, "digital_human_cluster_links") == count; }, 20s)) {
      return;
    }
    show_logs();
    FAIL(name << " has not come to " << count << " links");
  }
  void show_logs() const {
    for (const auto& [other, node] : nodes) UNSCOPED_INFO(other << ": " << node->output());
  }
  // Runs the program's command `cluster ...`.
  program_outcome wish(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), "cluster");
    auto outcome = run_program(arguments, environment("nobody"));
    if (outcome.status != 0) show_logs();
    return outcome;
  }
};

// A conversation that another node owns than the one the client is connected to.
std::string find_remote(cluster& nodes, const std::string& here,
                        std::unique_ptr<talking_client>& talk) {
  for (int i = 0; i < 40; ++i) {
    const auto id = "conv_" + std::to_string(i);
    talk = std::make_unique<talking_client>(nodes[here].realtime_port(), id);
    REQUIRE(talk->wait_for("session.created"));
    if (nodes.owner_of(id) != here) return id;
  }
  FAIL("every conversation was placed on the node that its client is connected to");
  return {};
}

}  // namespace

TEST_CASE("a client talks over one node to a conversation that lives on another") {
  cluster nodes{{"anna", "bert"}};
  nodes.await_links("anna", 1);
  std::unique_ptr<talking_client> talk;
  const auto id = find_remote(nodes, "anna", talk);
  CHECK(nodes.owner_of(id) == "bert");
  talk->say("Hello");
  REQUIRE(talk->wait_for("response.done"));
  CHECK(talk->last("response.done").at("response").at("status") == "completed");
  CHECK(talk->count["response.output_audio.delta"] > 0);
  CHECK(nodes.state_of("anna") == "alive");
  CHECK(nodes.state_of("bert") == "alive");
}

TEST_CASE(
    "megabytes of sound in one item go to another node in pieces, and the nodes stay linked") {
  cluster nodes{{"anna", "bert"},
                {{"DHR_EARS_TRANSCRIPTION", "moonshine"},
                 {"DHR_DOORS_REALTIME_MESSAGE_BYTES_MAX", "16777216"}}};
  nodes.await_links("anna", 1);
  std::unique_ptr<talking_client> talk;
  find_remote(nodes, "anna", talk);
  const std::string sound(5'600'000, 'A');  // base64: 4.2 MB of silence, 87 s
  talk->socket->send(
      R"({"type":"conversation.item.create","item":{"type":"message","role":"user","content":)"
      R"([{"type":"input_audio","audio":")" +
      sound + R"("}]}})");
  bool linked = true;
  const auto end = std::chrono::steady_clock::now() + 20s;
  while (talk->count["conversation.item.added"] == 0) {
    INFO((talk->events.empty() ? "" : talk->events.back().substr(0, 500)) << talk->closed);
    REQUIRE(std::chrono::steady_clock::now() < end);
    talk->io.run_one_for(50ms);
    linked = linked && nodes.counter("anna", "digital_human_cluster_links") == 1 &&
             nodes.counter("bert", "digital_human_cluster_links") == 1;
  }
  CHECK(linked);
  CHECK(nodes.counter("anna", "digital_human_relay_bytes_total") > 4e6);
  CHECK(nodes.counter("anna", "digital_human_relay_pieces_total") > 60);
  CHECK(nodes.counter("anna", "digital_human_relay_credit_waits_total") > 0);
  CHECK(nodes.counter("anna", "digital_human_relay_overflows_total") == 0);
  CHECK(nodes.counter("bert", "digital_human_relay_faults_total") == 0);
  talk->say("Hello");
  REQUIRE(talk->wait_for("response.done", 1, 60s));
  CHECK(talk->last("response.done").at("response").at("status") == "completed");
  CHECK(talk->count["digital_human.resumed"] == 0);
  CHECK(nodes.state_of("anna") == "alive");
  CHECK(nodes.state_of("bert") == "alive");
}

TEST_CASE("a silent client's conversation on another node rests, and goes on with the next word") {
  cluster nodes{{"anna", "bert"}, {{"DHR_RUNTIME_PASSIVATE_AFTER_MS", "1000"}}};
  nodes.await_links("anna", 1);
  std::unique_ptr<talking_client> talk;
  const auto id = find_remote(nodes, "anna", talk);
  talk->say("Hello");
  REQUIRE(talk->wait_for("response.done"));
  const auto rested = [&] {
    return nodes.counter("bert", "digital_human_passivations_total") > 0 &&
           nodes.owner_of(id).empty();
  };
  const auto end = std::chrono::steady_clock::now() + 40s;
  while (!rested()) {
    REQUIRE(std::chrono::steady_clock::now() < end);
    talk->io.run_one_for(50ms);
  }
  talk->say("And again");
  REQUIRE(talk->wait_for("response.done", 2));
  CHECK(talk->last("response.done").at("response").at("status") == "completed");
  CHECK(talk->closed.empty());
  CHECK(talk->count["error"] == 0);
  CHECK_FALSE(nodes.owner_of(id).empty());
}

TEST_CASE("when a node is killed, its conversations go on elsewhere and their clients stay") {
  cluster nodes{{"anna", "bert", "carla"}};
  nodes.await_links("anna", 2);
  std::unique_ptr<talking_client> talk;
  const auto id = find_remote(nodes, "anna", talk);
  const auto owner = nodes.owner_of(id);
  talk->say("Hello");
  REQUIRE(talk->wait_for("response.done"));
  const auto killed_at = std::chrono::steady_clock::now();
  nodes[owner].signal(SIGKILL);
  REQUIRE(talk->wait_for("digital_human.resumed", 1, 15s));
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - killed_at;
  INFO("taken up after " << took.count() << " s");
  CHECK(took < 15s);
  CHECK(talk->last("digital_human.resumed").at("lost_items").as_array().empty());
  CHECK(nodes.owner_of(id) != owner);
  CHECK_FALSE(nodes.owner_of(id).empty());
  talk->say("And again");
  REQUIRE(talk->wait_for("response.done", 2));
  CHECK(talk->last("response.done").at("response").at("status") == "completed");
  nodes[owner].wait();
}

TEST_CASE("a node that is told to end hands its conversations over, loses nothing and exits 0") {
  cluster nodes{{"anna", "bert"}};
  nodes.await_links("anna", 1);
  std::unique_ptr<talking_client> talk;
  const auto id = find_remote(nodes, "anna", talk);
  talk->say("Hello");
  REQUIRE(talk->wait_for("response.done"));
  nodes["bert"].signal(SIGTERM);
  REQUIRE(talk->wait_for("digital_human.resumed", 1, 10s));
  CHECK(talk->last("digital_human.resumed").at("lost_items").as_array().empty());
  CHECK(nodes.owner_of(id) == "anna");
  CHECK(nodes["bert"].wait() == 0);
  talk->say("And again");
  REQUIRE(talk->wait_for("response.done", 2));
  CHECK(nodes.state_of("bert").empty());  // it left
}

TEST_CASE("a node that is stopped loses its conversations, and when it wakes it lets them go") {
  cluster nodes{{"anna", "bert"}};
  nodes.await_links("anna", 1);
  std::unique_ptr<talking_client> talk;
  const auto id = find_remote(nodes, "anna", talk);
  talk->say("Hello");
  REQUIRE(talk->wait_for("response.done"));
  nodes["bert"].signal(SIGSTOP);
  const bool resumed = talk->wait_for("digital_human.resumed", 1, 25s);
  nodes["bert"].signal(SIGCONT);
  REQUIRE(resumed);
  CHECK(nodes.owner_of(id) == "anna");
  // It comes back under another incarnation, and takes part again.
  REQUIRE(comes_true([&] { return nodes.state_of("bert") == "alive"; }, 20s));
  nodes.await_links("anna", 1);
  talk->say("And again");
  REQUIRE(talk->wait_for("response.done", 2));
  CHECK(nodes.owner_of(id) == "anna");
}

// What nodes read of each other in the registry is set by `assignment`, as if other builds had
// written it.
void let_registry_say(const cluster& nodes, const std::string& assignment) {
  const auto migrated = run_program({"store", "migrate"}, nodes.environment("nobody"));
  INFO(migrated.output);
  REQUIRE(migrated.status == 0);
  auto connection = nodes.database.connect();
  REQUIRE(
      connection.execute("CREATE FUNCTION other_build() RETURNS trigger LANGUAGE plpgsql AS "
                         "$$ BEGIN " +
                         assignment + " RETURN NEW; END $$"));
  REQUIRE(
      connection.execute("CREATE TRIGGER other_build BEFORE INSERT OR UPDATE ON dhr.nodes FOR "
                         "EACH ROW EXECUTE FUNCTION other_build()"));
}

TEST_CASE(
    "nodes of two versions with the same messages talk, and a conversation moves between them") {
  cluster nodes{{}};
  let_registry_say(nodes, "IF NEW.name = 'bert' THEN NEW.build := '9.9.9'; END IF;");
  nodes.start("anna");
  nodes.start("bert");
  nodes.await_links("anna", 1);
  const auto told = boost::json::serialize(nodes.ask({"cluster", "status"}));
  INFO(told);
  CHECK(told.find("9.9.9") != std::string::npos);
  std::unique_ptr<talking_client> talk;
  const auto id = find_remote(nodes, "anna", talk);
  talk->say("Hello");
  REQUIRE(talk->wait_for("response.done"));
  nodes["bert"].signal(SIGTERM);
  REQUIRE(talk->wait_for("digital_human.resumed", 1, 10s));
  CHECK(talk->last("digital_human.resumed").at("lost_items").as_array().empty());
  CHECK(nodes.owner_of(id) == "anna");
  talk->say("And again");
  REQUIRE(talk->wait_for("response.done", 2));
}

TEST_CASE("nodes with other messages do not talk: both say so, and each serves its own clients") {
  cluster nodes{{}};
  let_registry_say(nodes, "NEW.types_hash := hashtext(NEW.name);");
  nodes.start("anna");
  nodes.start("bert");
  for (const auto* name : {"anna", "bert"}) {
    const auto says = [&](const std::string& words) {
      return comes_true([&] { return nodes[name].output().find(words) != std::string::npos; }, 20s);
    };
    const bool told = says("event=refused") && says("other message types");
    if (!told) nodes.show_logs();
    REQUIRE(told);
    talking_client talk{nodes[name].realtime_port(), std::string{"conv_of_"} + name};
    talk.say("Hello");
    REQUIRE(talk.wait_for("response.done"));
    nodes.await_links(name, 0);
  }
}

TEST_CASE("nodes that cannot use the addresses they are told find each other at seeds") {
  cluster nodes{{}};
  const auto first = std::to_string(free_port());
  const auto second = std::to_string(free_port());
  nodes.more = {{"DHR_CLUSTER_ADVERTISE", "127.0.0.1:1"},
                {"DHR_CLUSTER_SEEDS", "127.0.0.1:" + first + ", 127.0.0.1:" + second},
                {"DHR_CLUSTER_LINK_PORT", first}};
  nodes.start("anna");
  nodes.more["DHR_CLUSTER_LINK_PORT"] = second;
  nodes.start("bert");
  nodes.await_links("anna", 1);
  nodes.await_links("bert", 1);
  std::unique_ptr<talking_client> talk;
  find_remote(nodes, "anna", talk);
  CHECK(talk->talk("Hello"));
}

TEST_CASE("two nodes of one name: the second one does not start, and says why") {
  cluster nodes{{"anna"}};
  const auto second = run_program({"serve"}, [&] {
    auto variables = nodes.environment("anna");
    variables["DHR_DOORS_HTTP_PORT"] = "0";
    variables["DHR_DOORS_REALTIME_PORT"] = "0";
    return variables;
  }());
  CHECK(second.status != 0);
  INFO(second.output);
  CHECK(second.output.find("another process is node anna") != std::string::npos);
  CHECK(nodes.state_of("anna") == "alive");
}

TEST_CASE("an operator moves a conversation, and its client talks on over the same connection") {
  cluster nodes{{"anna", "bert"}};
  nodes.await_links("anna", 1);
  std::unique_ptr<talking_client> talk;
  const auto id = find_remote(nodes, "anna", talk);
  REQUIRE(talk->talk("Hello"));
  for (const auto* wanted : {"anna", "bert"}) {
    const auto moved = nodes.wish({"move", id, wanted});
    INFO(moved.output);
    REQUIRE(moved.status == 0);
    CHECK(nodes.owner_of(id) == wanted);
    REQUIRE(talk->wait_for("digital_human.resumed", std::string_view{wanted} == "anna" ? 1 : 2));
    CHECK(talk->last("digital_human.resumed").at("lost_items").as_array().empty());
    CHECK(talk->talk("And again"));
  }
  CHECK(talk->closed.empty());
  CHECK(nodes.counter("bert", "digital_human_conversations_handed_over_total") == 1);
}

TEST_CASE("a drained node hands all over and lives on, until it may take conversations again") {
  cluster nodes{{"anna", "bert"}};
  nodes.await_links("anna", 1);
  std::unique_ptr<talking_client> talk;
  const auto id = find_remote(nodes, "anna", talk);
  REQUIRE(talk->talk("Hello"));
  // One whose client is connected to the node that is drained.
  talking_client beside{nodes["bert"].realtime_port(), "conv_beside"};
  REQUIRE(beside.talk("Hello"));
  const auto drained = nodes.wish({"drain", "bert"});
  INFO(drained.output);
  REQUIRE(drained.status == 0);
  CHECK(drained.output.find("bert has no conversations") != std::string::npos);
  CHECK(nodes.state_of("bert") == "draining");
  CHECK(http_get(nodes["bert"].http_port(), "/health/ready").status == 503);
  CHECK(comes_true([&] {
    talk->io.run_one_for(50ms);
    return nodes.owner_of(id) == "anna";
  }));
  CHECK(talk->talk("And again"));
  CHECK(beside.talk("And again"));
  CHECK(nodes.owner_of("conv_beside") == "anna");
  CHECK(beside.closed.empty());
  const auto back = nodes.wish({"resume", "bert"});
  INFO(back.output);
  CHECK(back.status == 0);
  CHECK(comes_true([&] { return nodes.state_of("bert") == "alive"; }));
  const auto moved = nodes.wish({"move", id, "bert"});
  INFO(moved.output);
  CHECK(moved.status == 0);
  CHECK(talk->talk("And once more"));
}
