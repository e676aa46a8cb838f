#include "runtime/node_health.hpp"

#include <catch2/catch.hpp>

using namespace dhr;

namespace {
void find(node_health& health, health_probe probe, bool good, int times) {
  for (int i = 0; i < times; ++i) health.found(probe, good);
}
}  // namespace

TEST_CASE("a node is healthy until three probes in a row say otherwise") {
  node_health health;
  find(health, health_probe::store, false, 2);
  CHECK(health.is_healthy());
  CHECK(health.reasons().empty());
  find(health, health_probe::store, false, 1);
  CHECK_FALSE(health.is_healthy());
  CHECK(health.reasons() == "store");
}

TEST_CASE("a good probe in between begins the count anew") {
  node_health health;
  find(health, health_probe::actors, false, 2);
  find(health, health_probe::actors, true, 1);
  find(health, health_probe::actors, false, 2);
  CHECK(health.is_healthy());
}

TEST_CASE("a node is well again after three good probes in a row") {
  node_health health;
  find(health, health_probe::network, false, 3);
  find(health, health_probe::network, true, 2);
  CHECK_FALSE(health.is_healthy());
  find(health, health_probe::network, false, 1);
  find(health, health_probe::network, true, 2);
  CHECK_FALSE(health.is_healthy());
  find(health, health_probe::network, true, 1);
  CHECK(health.is_healthy());
}

TEST_CASE("every probe counts for itself, and all that are bad are named") {
  node_health health;
  find(health, health_probe::actors, false, 3);
  find(health, health_probe::parts, false, 3);
  CHECK(health.reasons() == "actors, parts");
  find(health, health_probe::actors, true, 3);
  CHECK_FALSE(health.is_healthy());
  CHECK(health.reasons() == "parts");
}
