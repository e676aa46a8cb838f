#include "runtime/cluster/placement_planner.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <limits>
#include <map>

#include "tests/runtime/cluster/views.hpp"

using namespace dhr;
using namespace dhr::testing;
using namespace std::chrono_literals;

namespace {

placement_request wish(std::string conversation = "conv_1") {
  placement_request request;
  request.conversation = {std::move(conversation)};
  return request;
}

placement planned(const cluster_view& view, const placement_request& request,
                  const placement_config& config = {}) {
  auto chosen = plan(view, request, config);
  REQUIRE(chosen.has_value());
  return chosen.value();
}

error refused(const cluster_view& view, const placement_request& request,
              const placement_config& config = {}) {
  auto chosen = plan(view, request, config);
  REQUIRE(chosen.has_error());
  return chosen.error();
}

bool says(const error& problem, const std::string& words) {
  return problem.message.find(words) != std::string::npos;
}

}  // namespace

TEST_CASE("the node with the lowest score takes the conversation") {
  const cluster_view view{{node("one", 0.5), node("two", 0.2), node("three", 0.6)}};
  const auto chosen = planned(view, wish());
  CHECK(chosen.node.value == "two");
  CHECK(chosen.reason == placement_reason::lowest_score);
  CHECK(chosen.score == Approx(0.2));
  CHECK(chosen.rivals == 2);
}

TEST_CASE("each term of the load counts with its weight in a placement") {
  cluster_view view{{node("gpu", 0), node("memory", 0), node("queue", 0)}};
  view.nodes[0].load.gpu = 0.8;
  view.nodes[1].load.memory = 0.8;
  view.nodes[2].load.queue = 0.8;
  CHECK(planned(view, wish(), {.tie_width = 0}).node.value != "gpu");
  view.nodes[1].load.queue = 0.3;
  view.nodes[2].load.gpu = 0.3;
  CHECK(planned(view, wish(), {.tie_width = 0}).node.value == "gpu");
}

TEST_CASE("among equal nodes each conversation has its own, whatever order they are seen in") {
  cluster_view view{{node("a", 0.30), node("b", 0.31), node("c", 0.30), node("d", 0.32)}};
  auto turned = view;
  std::reverse(turned.nodes.begin(), turned.nodes.end());
  std::map<std::string, int> counts;
  for (int i = 0; i < 4'000; ++i) {
    const auto request = wish("conv_" + std::to_string(i));
    const auto chosen = planned(view, request);
    CHECK(chosen.reason == placement_reason::spread);
    CHECK(planned(turned, request).node == chosen.node);
    ++counts[chosen.node.value];
  }
  REQUIRE(counts.size() == 4);
  // 1,000 each is the mean; 27 is one standard deviation.
  for (const auto& [name, count] : counts) CHECK(std::abs(count - 1'000) < 135);
}

TEST_CASE("a node that joins draws conversations to itself and moves none between the others") {
  cluster_view before{{node("a", 0.3), node("b", 0.3), node("c", 0.3)}};
  auto after = before;
  after.nodes.push_back(node("d", 0.3));
  for (int i = 0; i < 500; ++i) {
    const auto request = wish("conv_" + std::to_string(i));
    const auto now = planned(after, request).node;
    if (now.value != "d") CHECK(now == planned(before, request).node);
  }
}

TEST_CASE("a score that is lower by more than the width of a tie wins for every conversation") {
  const cluster_view view{{node("one", 0.30), node("two", 0.36)}};
  for (int i = 0; i < 100; ++i) {
    const auto chosen = planned(view, wish("conv_" + std::to_string(i)), {.tie_width = 0.05});
    CHECK(chosen.node.value == "one");
  }
}

TEST_CASE("one router's placements between two reports do not all go to the emptiest node") {
  cluster_view view;
  for (int i = 0; i < 10; ++i) view.nodes.push_back(node("n" + std::to_string(i), 0.3, 18, 60));
  view.nodes[0].load = {0.2, 0.2, 0.2};
  std::map<std::string, int> counts;
  for (int i = 0; i < 200; ++i) {
    const auto chosen = planned(view, wish("conv_" + std::to_string(i)), {.tie_width = 0.02});
    placement_asked(*view.find(chosen.node));
    placement_granted(*view.find(chosen.node));
    ++counts[chosen.node.value];
  }
  CHECK(counts.size() == 10);
  CHECK(counts["n0"] > 20);
  CHECK(counts["n0"] < 60);
}

TEST_CASE("pending placements fill a node's slots before its next report") {
  cluster_view view{{node("one", 0.1, 8, 10)}};
  view.nodes[0].asked = 1;
  CHECK(planned(view, wish()).node.value == "one");
  view.nodes[0].granted = 1;
  const auto problem = refused(view, wish());
  CHECK(problem.code == errc::overloaded);
  CHECK(problem.where == "has_room");
}

TEST_CASE("the last owner wins over an emptier node while it passes the rules") {
  cluster_view view{{node("owner", 0.74), node("empty", 0.01)}};
  auto request = wish();
  request.last_owner = {"owner"};
  CHECK(planned(view, request).node.value == "owner");
  CHECK(planned(view, request).reason == placement_reason::sticky);

  SECTION("and up to its own, higher ceiling") {
    view.nodes[0].load = {0.79, 0.79, 0.79};
    CHECK(planned(view, request).node.value == "owner");
    view.nodes[0].load = {0.81, 0.81, 0.81};
    CHECK(planned(view, request).node.value == "empty");
    CHECK(planned(view, request).reason == placement_reason::only_candidate);
  }
  SECTION("but not when it drains") { view.nodes[0].draining = true; }
  SECTION("but not when it is ill") { view.nodes[0].healthy = false; }
  SECTION("but not when it is suspected") { view.nodes[0].suspected = true; }
  SECTION("but not when it is full") { view.nodes[0].conversations = 100; }
  SECTION("but not when it has just refused") { request.excluded = {{"owner"}}; }
  SECTION("but not when it lacks a label") {
    request.labels = {{"gpu", "a100"}};
    view.nodes[1].labels = request.labels;
  }
  SECTION("but not out of a required zone") {
    request.zone = view.nodes[1].zone = "west";
    request.wish = zone_wish::required;
  }
  SECTION("but not when it is unknown") { request.last_owner = {"other"}; }
  if (view.nodes[0].load.gpu < 0.75)
    CHECK(planned(view, request).reason != placement_reason::sticky);
}

TEST_CASE("a last owner that can still be chosen outside a preferred zone is chosen") {
  cluster_view view{{node("owner", 0.5), node("near", 0.1)}};
  view.nodes[1].zone = "west";
  auto request = wish();
  request.last_owner = {"owner"};
  request.zone = "west";
  request.wish = zone_wish::preferred;
  const auto chosen = planned(view, request);
  CHECK(chosen.node.value == "owner");
  CHECK_FALSE(chosen.in_zone);
}

TEST_CASE("a preferred zone wins over a lower score and yields when it has no node to offer") {
  cluster_view view{{node("far", 0.1), node("near", 0.6)}};
  view.nodes[1].zone = "west";
  auto request = wish();
  request.zone = "west";
  request.wish = zone_wish::preferred;
  auto chosen = planned(view, request);
  CHECK(chosen.node.value == "near");
  CHECK(chosen.in_zone);
  view.nodes[1].load = {0.9, 0.9, 0.9};
  chosen = planned(view, request);
  CHECK(chosen.node.value == "far");
  CHECK_FALSE(chosen.in_zone);
  request.wish = zone_wish::any;
  CHECK(planned(view, request).in_zone);
}

TEST_CASE("a required zone is never left") {
  cluster_view view{{node("far", 0.1), node("near", 0.6)}};
  view.nodes[1].zone = "west";
  auto request = wish();
  request.zone = "west";
  request.wish = zone_wish::required;
  CHECK(planned(view, request).node.value == "near");
  view.nodes[1].load = {0.9, 0.9, 0.9};
  CHECK(refused(view, request).code == errc::overloaded);
  request.zone = "east";
  const auto problem = refused(view, request);
  CHECK(problem.code == errc::unavailable);
  CHECK(says(problem, "no node in zone east"));
}

TEST_CASE("a node takes conversations at its ceiling and none above it") {
  const cluster_view at{{node("one", 0.75)}};
  CHECK(planned(at, wish()).node.value == "one");
  const cluster_view over{{node("one", 0.7501)}};
  CHECK(refused(over, wish()).code == errc::overloaded);
}

TEST_CASE("a full cluster says when to try again") {
  cluster_view view{{node("one", 0.1, 100), node("two", 0.9)}};
  auto problem = refused(view, wish(), {.retry_after = 700ms});
  CHECK(problem.code == errc::overloaded);
  CHECK(problem.retry_after == 700ms);
  CHECK(problem.where == "below_ceiling");
  CHECK(says(problem, "0.75"));

  view.nodes[1].conversations = 100;
  problem = refused(view, wish());
  CHECK(problem.code == errc::overloaded);
  CHECK(problem.where == "has_room");

  view.nodes = {node("one", 0.1), node("two", 0.1)};
  auto request = wish();
  request.excluded = {{"one"}, {"two"}};
  problem = refused(view, request);
  CHECK(problem.code == errc::overloaded);
  CHECK(problem.where == "not_excluded");
}

TEST_CASE("a resource at its end leaves no room, however low the score") {
  for (const auto term : {&node_load::gpu, &node_load::memory, &node_load::queue}) {
    cluster_view view{{node("one", 0)}};
    view.nodes[0].load.*term = 1;
    CHECK(refused(view, wish()).where == "has_room");
    view.nodes[0].load.*term = std::numeric_limits<double>::quiet_NaN();
    CHECK(refused(view, wish()).where == "has_room");
  }
}

TEST_CASE("a refusal names the rule that left nobody") {
  cluster_view view{{node("one", 0.1), node("two", 0.1), node("three", 0.1)}};
  auto request = wish();
  auto& nodes = view.nodes;

  SECTION("no node at all") {
    nodes.clear();
    CHECK(says(refused(view, request), "no node yet"));
  }
  SECTION("health") {
    for (auto& one : nodes) one.healthy = false;
    CHECK(refused(view, request).where == "healthy");
  }
  SECTION("suspicion, of those that are healthy") {
    nodes[0].healthy = false;
    nodes[1].suspected = nodes[2].suspected = true;
    CHECK(refused(view, request).where == "not_suspected");
  }
  SECTION("draining, of those that answer") {
    nodes[0].suspected = true;
    nodes[1].draining = nodes[2].draining = true;
    CHECK(refused(view, request).where == "not_draining");
  }
  SECTION("a label, although a node that drains has it") {
    nodes[0].labels = {{"gpu", "a100"}};
    nodes[0].draining = true;
    nodes[1].labels = {{"gpu", "l4"}};
    request.labels = {{"gpu", "a100"}};
    const auto problem = refused(view, request);
    CHECK(problem.code == errc::unavailable);
    CHECK_FALSE(problem.retry_after);
    CHECK(says(problem, "no node has label gpu=a100"));
  }
  SECTION("several labels, of which each node has one") {
    nodes[0].labels = {{"gpu", "a100"}};
    nodes[1].labels = {{"tier", "gold"}};
    request.labels = {{"gpu", "a100"}, {"tier", "gold"}};
    CHECK(says(refused(view, request), "the labels gpu=a100, tier=gold"));
  }
  SECTION("room, when the only node with the label is full") {
    nodes[0].labels = {{"gpu", "a100"}};
    nodes[0].conversations = 100;
    request.labels = {{"gpu", "a100"}};
    CHECK(refused(view, request).code == errc::overloaded);
  }
}

TEST_CASE("every rule has a name of its own") {
  std::map<std::string_view, int> names;
  for (std::size_t i = 0; i < placement_rules; ++i) {
    ++names[to_string(static_cast<placement_rule>(i))];
  }
  CHECK(names.size() == placement_rules);
  CHECK(to_string(placement_rule::not_excluded) == "not_excluded");
  CHECK(to_string(placement_reason::spread) == "spread");
}
