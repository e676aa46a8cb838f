#include "actors/session/turn_retry_cache.hpp"

#include <catch2/catch.hpp>

using namespace dhr;

namespace {

answered_turn turn(const std::string& key, const std::string& response = "resp") {
  return {key, response, {"item"}, turn_status::completed, {}};
}

}  // namespace

TEST_CASE("a key is answered with what its turn came to") {
  turn_retry_cache cache;
  CHECK(cache.find("k1") == nullptr);
  cache.record(turn("k1"));
  REQUIRE(cache.find("k1") != nullptr);
  CHECK(*cache.find("k1") == turn("k1"));
  CHECK(cache.find("k2") == nullptr);
}

TEST_CASE("the first outcome of a key counts") {
  turn_retry_cache cache;
  cache.record(turn("k1", "first"));
  cache.record(turn("k1", "second"));
  CHECK(cache.find("k1")->response_id == "first");
  CHECK(cache.snapshot().size() == 1);
}

TEST_CASE("the last 64 turns are remembered and no more") {
  turn_retry_cache cache;
  for (int i = 0; i < 65; ++i) cache.record(turn("k" + std::to_string(i)));
  CHECK(cache.find("k0") == nullptr);
  for (int i = 1; i < 65; ++i) CHECK(cache.find("k" + std::to_string(i)) != nullptr);
}

TEST_CASE("what a snapshot keeps is known after it was restored, the newest of too many") {
  turn_retry_cache before;
  for (int i = 0; i < 5; ++i) before.record(turn("k" + std::to_string(i)));
  turn_retry_cache after{3};
  after.record(turn("other"));
  after.restore(before.snapshot());
  CHECK(after.find("other") == nullptr);
  CHECK(after.find("k1") == nullptr);
  for (int i = 2; i < 5; ++i) CHECK(after.find("k" + std::to_string(i)) != nullptr);
}
