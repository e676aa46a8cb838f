#include "runtime/cluster/cluster_view.hpp"

#include <catch2/catch.hpp>
#include <limits>

#include "tests/runtime/cluster/views.hpp"

using namespace dhr;
using namespace dhr::testing;

TEST_CASE("the load score weighs the device at 0.4, memory and queue at 0.3 each") {
  CHECK(load_score({1, 0, 0}) == Approx(0.4));
  CHECK(load_score({0, 1, 0}) == Approx(0.3));
  CHECK(load_score({0, 0, 1}) == Approx(0.3));
  CHECK(load_score({0.5, 0.2, 0.1}) == Approx(0.29));
}

TEST_CASE("a load that is no share counts as idle below 0 and as full otherwise") {
  CHECK(load_score({-3, -0.1, 0}) == 0);
  CHECK(load_score({7, 1e300, std::numeric_limits<double>::infinity()}) == Approx(1));
  CHECK(load_score({std::numeric_limits<double>::quiet_NaN(), 0, 0}) == Approx(0.4));
  CHECK(load_term(-std::numeric_limits<double>::infinity()) == 0);
}

TEST_CASE("a placement is pending until a report comes after its grant") {
  auto one = node("one", 0.2);
  placement_asked(one);
  placement_asked(one);
  CHECK(one.pending() == 2);
  report_arrived(one, report_of(0.2, 10));
  CHECK(one.pending() == 2);
  placement_granted(one);
  CHECK(one.pending() == 2);
  report_arrived(one, report_of(0.2, 11));
  CHECK(one.pending() == 1);
  CHECK(one.conversations == 11);
  placement_refused(one);
  CHECK(one.pending() == 0);
}

TEST_CASE("an answer that comes twice takes nothing that is not there") {
  auto one = node("one", 0.2);
  placement_granted(one);
  placement_refused(one);
  departure_ended(one);
  departure_failed(one);
  CHECK(one.pending() == 0);
  CHECK(one.leaving == 0);
  CHECK(one.departed == 0);
}

TEST_CASE("a departure counts until a report comes after its end") {
  auto one = node("one", 0.2);
  departure_began(one);
  departure_began(one);
  departure_ended(one);
  departure_failed(one);
  CHECK(one.leaving == 0);
  CHECK(one.departed == 1);
  report_arrived(one, report_of(0.2, 9));
  CHECK(one.departed == 0);
}

TEST_CASE("a report brings all that a node tells of itself") {
  auto one = node("one", 0.2);
  report_arrived(one, {{0.1, 0.2, 0.3}, 5, 50, true, false});
  CHECK(one.load == node_load{0.1, 0.2, 0.3});
  CHECK(one.conversations == 5);
  CHECK(one.conversations_max == 50);
  CHECK(one.draining);
  CHECK_FALSE(one.healthy);
}

TEST_CASE("pending placements lift the queue term by their share of the node, up to full") {
  auto one = node("one", 0.5, 10, 10);
  one.asked = 1;
  one.granted = 1;
  CHECK(placement_score(one) == Approx(0.5 + 0.3 * 0.2));
  one.asked = 100;
  CHECK(placement_score(one) == Approx(0.5 + 0.3 * 0.5));
  one.conversations_max = 0;
  CHECK(placement_score(one) == Approx(0.5 + 0.3 * 0.5));
}

TEST_CASE("no node has the empty name") {
  cluster_view view{{node("", 0.1), node("two", 0.1)}};
  CHECK(view.find({}) == nullptr);
  REQUIRE(view.find({"two"}) != nullptr);
  CHECK(view.find({"two"})->name.value == "two");
  CHECK(view.find({"three"}) == nullptr);
  CHECK(view.conversations() == 20);
}
