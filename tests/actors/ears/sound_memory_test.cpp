#include "actors/ears/sound_memory.hpp"

#include <catch2/catch.hpp>
#include <cstdint>
#include <vector>

using namespace dhr;

namespace {

// Each sample tells its place, modulo 1000.
std::vector<float> numbered(std::int64_t first, std::int64_t count) {
  std::vector<float> samples;
  for (auto i = first; i < first + count; ++i) {
    samples.push_back(static_cast<float>(i % 1'000) / 32'768.0f);
  }
  return samples;
}

std::vector<std::int16_t> cut(const sound_memory& memory, std::int64_t first, std::int64_t last) {
  return memory.cut(first, last).as<std::int16_t>();
}

}  // namespace

TEST_CASE("sound is found by its place in all that was heard") {
  sound_memory memory;
  CHECK(memory.first() == 0);
  CHECK(memory.last() == 0);
  memory.append(numbered(0, 300));
  memory.append(numbered(300, 200));
  CHECK(memory.last() == 500);
  CHECK(cut(memory, 298, 302) == std::vector<std::int16_t>{298, 299, 300, 301});
  CHECK(cut(memory, 0, 500).size() == 500);
}

TEST_CASE("what is not there is not cut") {
  sound_memory memory;
  memory.append(numbered(0, 100));
  memory.forget_before(40);
  CHECK(memory.first() == 40);
  CHECK(cut(memory, 0, 42) == std::vector<std::int16_t>{40, 41});
  CHECK(cut(memory, 98, 400) == std::vector<std::int16_t>{98, 99});
  CHECK(memory.cut(10, 40).empty());
  CHECK(memory.cut(100, 200).empty());
  CHECK(memory.cut(60, 50).empty());
}

TEST_CASE("places stay what they are while the past is forgotten bit by bit") {
  sound_memory memory;
  std::int64_t heard = 0;
  for (int step = 0; step < 200; ++step) {
    const auto count = 7 + step % 50;
    memory.append(numbered(heard, count));
    heard += count;
    memory.forget_before(heard - 600 + step % 3 * 200);
    REQUIRE(memory.last() == heard);
    const auto place = memory.first() + (heard - memory.first()) / 2;
    const auto found = cut(memory, place, place + 1);
    REQUIRE(found.size() == 1);
    REQUIRE(found[0] == place % 1'000);
    REQUIRE(cut(memory, memory.first(), memory.first() + 1)[0] == memory.first() % 1'000);
  }
}

TEST_CASE("nothing is forgotten twice, and nothing beyond the end") {
  sound_memory memory;
  memory.append(numbered(0, 100));
  memory.forget_before(60);
  memory.forget_before(20);
  memory.forget_before(-5);
  CHECK(memory.first() == 60);
  memory.forget_before(1'000);
  CHECK(memory.first() == 100);
  CHECK(memory.last() == 100);
  memory.append(numbered(100, 5));
  CHECK(cut(memory, 0, 1'000) == std::vector<std::int16_t>{100, 101, 102, 103, 104});
}

TEST_CASE("the newest samples are as many as there are") {
  sound_memory memory;
  CHECK(memory.newest(10).empty());
  memory.append(numbered(0, 100));
  memory.forget_before(95);
  CHECK(memory.newest(2) == numbered(98, 2));
  CHECK(memory.newest(50) == numbered(95, 5));
}
