#include "runtime/cluster/seed_list.hpp"

#include <catch2/catch.hpp>

using namespace dhr;
using namespace std::chrono_literals;
using addresses = std::vector<std::string>;

namespace {

const node_identity anna{{"anna"}, {11}};
const node_identity bert{{"bert"}, {22}};

mono_time at(nanoseconds since) { return mono_time{since}; }

}  // namespace

TEST_CASE("every seed is called at once, and once until something becomes of the call") {
  seed_list seeds{{"a:1", "b:2", "a:1"}, {}, 1, at(0s)};
  CHECK(seeds.due_at() == at(0s));
  CHECK(seeds.due(at(0s)) == addresses{"a:1", "b:2"});
  CHECK(seeds.due(at(60s)).empty());
  CHECK_FALSE(seeds.due_at());
}

TEST_CASE("a seed at which nobody fit answers is called again after a pause") {
  seed_list seeds{{"a:1"}, {}, 1, at(0s)};
  CHECK(seeds.due(at(0s)).size() == 1);
  seeds.failed("a:1", at(0s));
  CHECK(seeds.due(at(100ms)).empty());
  CHECK(seeds.due(at(250ms)) == addresses{"a:1"});
}

TEST_CASE("a seed is left alone while the node that was found there is linked") {
  seed_list seeds{{"a:1", "b:2"}, {}, 1, at(0s)};
  CHECK(seeds.due(at(0s)).size() == 2);
  seeds.found("a:1", anna);
  seeds.found("b:2", bert);
  CHECK_FALSE(seeds.due_at());
  seeds.lost(bert, at(10s));
  seeds.lost(bert, at(10s));
  CHECK(seeds.due(at(11s)) == addresses{"b:2"});
  seeds.lost({{"carla"}, {33}}, at(11s));
  CHECK_FALSE(seeds.due_at());
}

TEST_CASE("a seed that leads to this node itself is called no more") {
  seed_list seeds{{"a:1"}, {}, 1, at(0s)};
  CHECK(seeds.due(at(0s)).size() == 1);
  seeds.is_own("a:1");
  seeds.failed("a:1", at(1s));
  CHECK_FALSE(seeds.due_at());
}
