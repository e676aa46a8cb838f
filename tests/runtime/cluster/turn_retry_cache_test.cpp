#include "runtime/cluster/turn_retry_cache.hpp"

#include <catch2/catch.hpp>

using namespace dhr;

namespace {

using cache = turn_retry_cache<std::string>;

turn_verdict verdict(cache& requests, const std::string& request) {
  return requests.begin(request).verdict;
}

void do_turn(cache& requests, const std::string& request) {
  REQUIRE(verdict(requests, request) == turn_verdict::fresh);
  REQUIRE(requests.record(request, "outcome of " + request));
}

}  // namespace

TEST_CASE("a retry is answered with what the first attempt came to") {
  cache requests;
  CHECK(verdict(requests, "r1") == turn_verdict::fresh);
  CHECK(verdict(requests, "r1") == turn_verdict::under_way);
  CHECK(requests.record("r1", "done"));
  const auto retry = requests.begin("r1");
  REQUIRE(retry.verdict == turn_verdict::answered);
  CHECK(*retry.outcome == "done");
}

TEST_CASE("a second outcome of one request changes nothing") {
  cache requests;
  CHECK_FALSE(requests.record("r1", "early"));
  REQUIRE(verdict(requests, "r1") == turn_verdict::fresh);
  CHECK(requests.record("r1", "first"));
  CHECK_FALSE(requests.record("r1", "second"));
  CHECK_FALSE(requests.give_up("r1"));
  CHECK(*requests.begin("r1").outcome == "first");
}

TEST_CASE("a request for which nothing was done may be sent again") {
  cache requests;
  REQUIRE(verdict(requests, "r1") == turn_verdict::fresh);
  CHECK(requests.give_up("r1"));
  CHECK_FALSE(requests.give_up("r1"));
  CHECK(verdict(requests, "r1") == turn_verdict::fresh);
}

TEST_CASE("the last 64 requests are remembered and no more") {
  cache requests;
  for (int i = 0; i < 65; ++i) do_turn(requests, "r" + std::to_string(i));
  CHECK(requests.size() == 64);
  for (int i = 1; i < 65; ++i) {
    CHECK(verdict(requests, "r" + std::to_string(i)) == turn_verdict::answered);
  }
  CHECK(verdict(requests, "r0") == turn_verdict::fresh);
  CHECK(requests.size() == 64);
}

TEST_CASE("a request under way is not forgotten for newer ones") {
  cache requests{3};
  REQUIRE(verdict(requests, "slow") == turn_verdict::fresh);
  for (int i = 0; i < 10; ++i) do_turn(requests, "r" + std::to_string(i));
  CHECK(verdict(requests, "slow") == turn_verdict::under_way);
  CHECK(requests.record("slow", "at last"));
  CHECK(*requests.begin("slow").outcome == "at last");
}

TEST_CASE("when all are under way one more is refused and can come back") {
  cache requests{2};
  REQUIRE(verdict(requests, "r1") == turn_verdict::fresh);
  REQUIRE(verdict(requests, "r2") == turn_verdict::fresh);
  CHECK(verdict(requests, "r3") == turn_verdict::crowded);
  CHECK(verdict(requests, "r1") == turn_verdict::under_way);
  CHECK(requests.record("r1", "done"));
  CHECK(verdict(requests, "r3") == turn_verdict::fresh);
}

TEST_CASE("what has an outcome survives in a snapshot, in order; what is under way does not") {
  cache requests{4};
  do_turn(requests, "r1");
  REQUIRE(verdict(requests, "r2") == turn_verdict::fresh);
  do_turn(requests, "r3");
  const auto kept = requests.snapshot();
  CHECK(kept == std::vector<cache::recorded>{{"r1", "outcome of r1"}, {"r3", "outcome of r3"}});

  cache resumed{4};
  do_turn(resumed, "other");
  resumed.restore(kept);
  CHECK(verdict(resumed, "r1") == turn_verdict::answered);
  CHECK(verdict(resumed, "r2") == turn_verdict::fresh);
  CHECK(verdict(resumed, "other") == turn_verdict::fresh);

  cache small{1};
  small.restore(kept);
  CHECK(small.size() == 1);
  CHECK(verdict(small, "r3") == turn_verdict::answered);
}
