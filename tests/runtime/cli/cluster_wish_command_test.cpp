// The wishes of operators on a store that no node reads, so that nothing comes of them but what the
// test does.

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <sstream>

#include "runtime/base/clock.hpp"
#include "runtime/cli/commands.hpp"
#include "runtime/store/lease_store.hpp"
#include "runtime/store/sqlite_store_adapter.hpp"
#include "tests/support/captured.hpp"

using namespace dhr;
using namespace dhr::testing;

namespace {

const node_identity anna{{"anna"}, {11}};
const node_identity bert{{"bert"}, {22}};

struct store_of_two_nodes {
  std::filesystem::path folder;
  cli::cluster_options options;
  cli::surroundings around;
  std::unique_ptr<durable_store> store;
  captured out{std::cout};
  captured err{std::cerr};

  store_of_two_nodes() {
    std::string name = (std::filesystem::temp_directory_path() / "dhr_cli_XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    folder = name;
    options.store.path = folder / "talks.db";
    options.patience_s = 0;
    store = open_sqlite_store({options.store.path}).value();
    for (const auto& node : {anna, bert}) {
      REQUIRE(store->leases().join({node, "host:1", "1", 1, {}, {}}, {}, milliseconds{600'000}));
    }
    REQUIRE(store->leases().claim({"conv_1"}, anna).value().granted);
  }
  ~store_of_two_nodes() { std::filesystem::remove_all(folder); }

  bool drain_wanted(std::size_t node) { return store->leases().nodes().value()[node].drain_wanted; }
  std::string wanted_node() {
    return store->leases().find_claim({"conv_1"}).value()->wanted_node.value;
  }
  bool complains_of(const std::string& what) {
    INFO(err.text());
    return err.text().find(what) != std::string::npos;
  }
};

}  // namespace

TEST_CASE_METHOD(store_of_two_nodes, "a drain stands until it is taken back") {
  options.node = "anna";
  CHECK(cli::cluster_drain(options, around) == 1);  // the conversation is still there
  CHECK(complains_of("1 conversation on anna after 0 s. The wish stands"));
  CHECK(drain_wanted(0));
  CHECK_FALSE(drain_wanted(1));
  CHECK(cli::cluster_resume(options, around) == 0);
  CHECK_FALSE(drain_wanted(0));
}

TEST_CASE_METHOD(store_of_two_nodes, "a node without conversations is drained at once") {
  options.node = "bert";
  CHECK(cli::cluster_drain(options, around) == 0);
  CHECK(out.text().find("bert has no conversations") != std::string::npos);
  CHECK(drain_wanted(1));
}

TEST_CASE_METHOD(store_of_two_nodes, "the last node that takes conversations is not drained") {
  options.node = "bert";
  REQUIRE(cli::cluster_drain(options, around) == 0);
  options.node = "anna";
  CHECK(cli::cluster_drain(options, around) == 1);
  CHECK(complains_of("no other node could take the conversations of anna"));
  CHECK_FALSE(drain_wanted(0));
}

TEST_CASE_METHOD(store_of_two_nodes, "a node that nobody knows is refused, and the others named") {
  options.node = "carla";
  options.conversation = "conv_1";
  SECTION("drain") { CHECK(cli::cluster_drain(options, around) == 1); }
  SECTION("resume") { CHECK(cli::cluster_resume(options, around) == 1); }
  SECTION("move") { CHECK(cli::cluster_move(options, around) == 1); }
  CHECK(complains_of("no node carla has a lease"));
  CHECK(complains_of("anna, bert"));
}

TEST_CASE_METHOD(store_of_two_nodes,
                 "a move that is not done in time stands, and says who has it") {
  options.node = "bert";
  options.conversation = "conv_1";
  CHECK(cli::cluster_move(options, around) == 1);
  CHECK(complains_of("anna has not handed conv_1 over"));
  CHECK(wanted_node() == "bert");
}

TEST_CASE_METHOD(store_of_two_nodes,
                 "a conversation that nobody has is told to wait for its client") {
  REQUIRE(store->leases().give_up({"conv_1"}, {1}, anna).value());
  options.node = "bert";
  options.conversation = "conv_1";
  CHECK(cli::cluster_move(options, around) == 0);
  CHECK(out.text().find("bert takes it up when somebody asks for it") != std::string::npos);
}

TEST_CASE_METHOD(store_of_two_nodes, "a move to where the conversation is is done") {
  options.node = "anna";
  options.conversation = "conv_1";
  CHECK(cli::cluster_move(options, around) == 0);
  CHECK(out.text() == "conv_1 is on anna\n");
}

TEST_CASE_METHOD(store_of_two_nodes, "a conversation that never was cannot be moved") {
  options.node = "bert";
  options.conversation = "conv_7";
  CHECK(cli::cluster_move(options, around) == 1);
  CHECK(complains_of("no node ever had a conversation conv_7"));
}

TEST_CASE_METHOD(store_of_two_nodes, "nothing is moved to a drained node") {
  REQUIRE(store->leases().want_drain(bert.name, true).value());
  options.node = "bert";
  options.conversation = "conv_1";
  CHECK(cli::cluster_move(options, around) == 1);
  CHECK(complains_of("bert is drained"));
  CHECK(wanted_node().empty());
}

TEST_CASE_METHOD(store_of_two_nodes, "without waiting the wish alone is told") {
  options.node = "bert";
  options.conversation = "conv_1";
  options.wait = false;
  CHECK(cli::cluster_move(options, around) == 0);
  CHECK(wanted_node() == "bert");
}
