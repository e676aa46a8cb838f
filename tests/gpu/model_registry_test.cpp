// The list of models.

#include "gpu/model_registry.hpp"

#include <catch2/catch.hpp>

using namespace dhr;
using namespace std::chrono_literals;

namespace {

wall_time at(std::chrono::seconds time) { return wall_time{time}; }

std::vector<std::string> lines(const model_registry& registry) {
  std::vector<std::string> made;
  for (const auto& one : registry.list()) {
    made.push_back(one.facts.hash + " " + one.device + " " + to_string(one.state));
  }
  return made;
}

}  // namespace

TEST_CASE("a model is listed with what it is, where it runs and since when") {
  model_registry registry;
  const auto id =
      registry.add({"emotion", "1", "aa"}, "fp16", "cuda:0", model_state::loading, at(5s));
  registry.change(id, model_state::ready, at(9s));
  registry.change(id, model_state::ready, at(12s));
  const auto listed = registry.list();
  REQUIRE(listed.size() == 1);
  CHECK(listed[0].facts == model_facts{"emotion", "1", "aa"});
  CHECK(listed[0].precision == "fp16");
  CHECK(listed[0].device == "cuda:0");
  CHECK(listed[0].state == model_state::ready);
  CHECK(listed[0].since == at(9s));
}

TEST_CASE("of the retired versions only the last of each device is kept") {
  model_registry registry;
  std::uint64_t before = 0;
  for (const auto* hash : {"aa", "bb", "cc"}) {
    const auto id = registry.add({"emotion", "", hash}, "", "cpu", model_state::ready, at(1s));
    if (before != 0) registry.change(before, model_state::retired, at(2s));
    before = id;
  }
  const auto other = registry.add({"emotion", "", "aa"}, "", "cuda:0", model_state::ready, at(1s));
  registry.change(other, model_state::retired, at(3s));
  CHECK(lines(registry) ==
        std::vector<std::string>{"bb cpu retired", "cc cpu ready", "aa cuda:0 retired"});
}

TEST_CASE("a hash and a precision may be known later than the model") {
  model_registry registry;
  const auto id = registry.add({"voice", "", ""}, "", "cpu", model_state::ready, at(1s));
  registry.tell_hash(id, "dd");
  registry.tell_hash(id + 1, "ee");
  registry.tell_precision(id, "Q4_0");
  registry.tell_precision(id + 1, "fp16");
  CHECK(lines(registry) == std::vector<std::string>{"dd cpu ready"});
  CHECK(registry.list().front().precision == "Q4_0");
}
