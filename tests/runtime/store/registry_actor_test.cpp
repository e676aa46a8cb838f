// The registry actor over a store in memory: it answers as the store does.

#include "runtime/store/registry_actor.hpp"

#include <catch2/catch.hpp>
#include <limits>

#include "runtime/base/error_caf.hpp"
#include "tests/runtime/store/failing_store.hpp"
#include "tests/support/deterministic_system.hpp"

using namespace dhr;
using namespace dhr::testing;
using namespace std::chrono_literals;

namespace {

const node_facts anna{{{"anna"}, {11}}, "host:9100", "1.2.3", 77, "zone-a", {{"gpu", "a100"}}};

struct world : deterministic_system<add_store_messages> {
  disk on{clock};
  registry_actor registry = spawn_registry(system, store_spawn::scheduled,  //
                                           std::make_unique<store_on>(on));
  caf::scoped_actor asker{system};
  std::optional<error> problem;

  ~world() {
    caf::anon_send_exit(registry, caf::exit_reason::user_shutdown);
    registry = nullptr;
    settle();
  }

  template <class Answer, class Request>
  std::optional<Answer> ask(Request request) {
    std::optional<Answer> answer;
    problem.reset();
    auto pending = asker->request(registry, 5s, std::move(request));
    settle();
    pending.receive([&](const Answer& value) { answer = value; },
                    [&](const caf::error& reason) { problem = from_caf_error(reason); });
    return answer;
  }
};

}  // namespace

TEST_CASE_METHOD(world, "the registry's messages arrive at another node as they were sent") {
  constexpr auto infinity = std::numeric_limits<double>::infinity();
  const node_report report{{0.25, infinity, 5e-324}, 3, 4, true, false};
  const conversation_claim claim{{"conv_1"}, {9}, anna.identity, {"bert"}, {"carl"}};
  const auto arrives = [&](auto message) { return round_trip(system, message) == message; };
  CHECK(arrives(join_node{anna, report, 6s}));
  CHECK(arrives(renew_node{anna.identity, report, 6s}));
  CHECK(arrives(evict_node{{"anna"}}));
  CHECK(arrives(leave_node{anna.identity}));
  CHECK(arrives(list_nodes{}));
  CHECK(arrives(node_list{{{anna, report, -3ms}, {anna, {}, 6s, true}}}));
  CHECK(arrives(find_claim{{"conv_1"}}));
  CHECK(arrives(list_claims{{"anna"}, 5}));
  CHECK(arrives(claim_list{{claim, {{"conv_2"}, {1}, std::nullopt, {}}}}));
  CHECK(arrives(list_wishes{anna.identity, 7}));
  CHECK(arrives(want_owner{{"conv_1"}, {"carl"}}));
  CHECK(arrives(claim));
  CHECK(arrives(begin_term{anna.identity}));
  CHECK(arrives(end_term{}));
}

TEST_CASE_METHOD(world, "a node joins, renews, is listed, and leaves with what it owned") {
  CHECK(ask<bool>(join_node{anna, {}, 6'000ms}) == true);
  advance(4s, 100ms);
  CHECK(ask<bool>(renew_node{anna.identity, {{0.5, 0, 0}, 1, 2, false, true}, 6'000ms}) == true);
  const auto listed = ask<node_list>(list_nodes{});
  REQUIRE(listed);
  REQUIRE(listed->nodes.size() == 1);
  CHECK(listed->nodes[0].facts == anna);
  CHECK(listed->nodes[0].report.load.gpu == 0.5);
  CHECK(listed->nodes[0].lease_left == 6s);
  const auto claim = on.kept.claim({"conv_1"}, anna.identity).value().claim;
  CHECK(ask<conversation_claim>(find_claim{{"conv_1"}}) == claim);
  CHECK(ask<claim_list>(list_claims{}) == claim_list{{claim}});
  CHECK(ask<std::uint64_t>(leave_node{anna.identity}) == std::uint64_t{1});
  CHECK(ask<claim_list>(list_claims{}) == claim_list{});
  CHECK_FALSE(ask<bool>(renew_node{anna.identity, {}, 6'000ms}));
  CHECK(problem->code == errc::not_found);
}

TEST_CASE_METHOD(world, "a wish is told to whoever asks for the wishes of the owner") {
  CHECK(ask<bool>(join_node{anna, {}, 6'000ms}) == true);
  CHECK(ask<bool>(want_owner{{"conv_1"}, {"bert"}}) == false);
  const auto claim = on.kept.claim({"conv_1"}, anna.identity).value().claim;
  CHECK(ask<claim_list>(list_wishes{anna.identity}) == claim_list{});
  CHECK(ask<bool>(want_owner{{"conv_1"}, {"bert"}}) == true);
  auto wished = claim;
  wished.wanted_node = {"bert"};
  CHECK(ask<claim_list>(list_wishes{anna.identity}) == claim_list{{wished}});
  CHECK(ask<claim_list>(list_wishes{{{"anna"}, {99}}}) == claim_list{});
}

TEST_CASE_METHOD(world, "a conversation that nobody ever had is not found") {
  CHECK_FALSE(ask<conversation_claim>(find_claim{{"conv_1"}}));
  CHECK(problem->code == errc::not_found);
}

TEST_CASE_METHOD(world, "nodes that ended a day ago are forgotten with the next listing") {
  CHECK(ask<bool>(join_node{anna, {}, 6'000ms}) == true);
  clock.advance(23h);
  CHECK(ask<node_list>(list_nodes{})->nodes.size() == 1);
  clock.advance(2h);
  CHECK(ask<node_list>(list_nodes{})->nodes.empty());
}

TEST_CASE_METHOD(world, "a failing store is told as it is") {
  on.fails = true;
  CHECK_FALSE(ask<node_list>(list_nodes{}));
  CHECK(problem->code == errc::unavailable);
  CHECK_FALSE(ask<bool>(join_node{anna, {}, 6'000ms}));
  CHECK_FALSE(ask<std::uint64_t>(leave_node{anna.identity}));
  CHECK(problem->message == "the disk is on fire");
}
