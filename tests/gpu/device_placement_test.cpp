// Which device works for which conversation.

#include "gpu/device_placement.hpp"

#include <catch2/catch.hpp>

using namespace dhr;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t cuda_0 = 0;
constexpr std::size_t cuda_1 = 1;
constexpr std::size_t cpu = 2;

conversation_id conversation(int number) { return {"conv_" + std::to_string(number)}; }
mono_time at(nanoseconds time) { return mono_time{time}; }

// Two cards that are ready, and the CPU as the last resort.
struct house {
  device_placement where;
  explicit house(placement_options options = {}) : where{3, cpu, false, options} {
    where.now_ready(cuda_0);
    where.now_ready(cuda_1);
    where.now_ready(cpu);
  }
  std::size_t ask(int number, nanoseconds now = 0ns) {
    const auto place = where.begin(conversation(number), at(now));
    where.end(conversation(number));
    return place;
  }
};

}  // namespace

TEST_CASE(
    "new conversations go to the device with the least load in turn, not to the last resort") {
  house h;
  std::vector<std::size_t> places;
  for (int i = 0; i < 6; ++i) places.push_back(h.ask(i));
  CHECK(places == std::vector{cuda_0, cuda_1, cuda_0, cuda_1, cuda_0, cuda_1});
}

TEST_CASE("requests that wait are load as well") {
  house h;
  for (int i = 0; i < 3; ++i) CHECK(h.where.begin(conversation(0), at(0s)) == cuda_0);
  for (int i = 1; i < 4; ++i) CHECK(h.ask(i) == cuda_1);
  for (int i = 0; i < 3; ++i) h.where.end(conversation(0));
  CHECK(h.where.waiting(cuda_0) == 0);
  CHECK(h.ask(4) == cuda_0);
}

TEST_CASE("a conversation stays on its device, however the load turns") {
  house h;
  const auto own = h.ask(0);
  for (int i = 1; i < 20; ++i) h.ask(i);
  for (int i = 0; i < 5; ++i) CHECK(h.where.begin(conversation(0), at(0s)) == own);
  CHECK(h.where.home_of(conversation(0)) == own);
}

TEST_CASE("the conversations of a device that is taken out go to others, and stay there") {
  house h;
  for (int i = 0; i < 4; ++i) h.ask(i);
  CHECK(h.where.begin(conversation(0), at(0s)) == cuda_0);
  h.where.take_out(cuda_0);
  CHECK_FALSE(h.where.home_of(conversation(0)));
  CHECK(h.where.waiting(cuda_0) == 0);
  CHECK(h.where.begin(conversation(0), at(0s)) == cuda_1);
  CHECK(h.where.waiting(cuda_1) == 1);
  CHECK(h.ask(2) == cuda_1);
  h.where.now_ready(cuda_0);
  CHECK(h.ask(0) == cuda_1);
  CHECK(h.ask(9) == cuda_0);
}

TEST_CASE("without a ready device the last resort takes all, also before it is ready itself") {
  device_placement where{3, cpu, false};
  CHECK(where.begin(conversation(0), at(0s)) == cpu);
  CHECK(where.begin(conversation(1), at(0s)) == cpu);
}

TEST_CASE("a conversation leaves the last resort when a device is ready and nothing of it waits") {
  device_placement where{3, cpu, false};
  CHECK(where.begin(conversation(0), at(0s)) == cpu);
  where.now_ready(cuda_0);
  CHECK(where.begin(conversation(0), at(0s)) == cpu);  // or the second would pass the first
  where.end(conversation(0));
  where.end(conversation(0));
  CHECK(where.begin(conversation(0), at(0s)) == cuda_0);
}

TEST_CASE("a CPU that is wanted beside cards is a device like them") {
  device_placement where{3, cpu, true};
  for (const auto device : {cuda_0, cuda_1, cpu}) where.now_ready(device);
  std::vector<std::size_t> places;
  for (int i = 0; i < 6; ++i) places.push_back(where.begin(conversation(i), at(0s)));
  CHECK(places == std::vector{cuda_0, cuda_1, cpu, cuda_0, cuda_1, cpu});
  where.end(conversation(2));
  CHECK(where.begin(conversation(2), at(0s)) == cpu);
}

TEST_CASE("a conversation is forgotten when it ends, and when it was silent for long") {
  house h{{.conversations_max = 100, .idle_after = 60s}};
  h.ask(0);
  h.ask(1);
  h.where.forget(conversation(0));
  CHECK_FALSE(h.where.home_of(conversation(0)));
  CHECK(h.ask(2, 30s) == cuda_0);  // the place that is free again
  h.ask(3, 60s);                   // conversation 1 is silent for a minute now
  CHECK(h.where.conversations() == 2);
  CHECK_FALSE(h.where.home_of(conversation(1)));
  CHECK(h.where.home_of(conversation(2)));
}

TEST_CASE("where there are too many conversations the one that was silent longest is forgotten") {
  house h{{.conversations_max = 3, .idle_after = 1h}};
  for (int i = 0; i < 3; ++i) h.ask(i);
  h.ask(0);
  h.ask(3);
  CHECK(h.where.conversations() == 3);
  CHECK_FALSE(h.where.home_of(conversation(1)));
  CHECK(h.where.home_of(conversation(0)));
}

TEST_CASE("a conversation whose requests wait is not forgotten for its silence") {
  house h{{.conversations_max = 2, .idle_after = 60s}};
  CHECK(h.where.begin(conversation(0), at(0s)) == cuda_0);
  h.ask(1, 100s);
  h.ask(2, 200s);
  CHECK(h.where.home_of(conversation(0)) == cuda_0);
  CHECK(h.where.waiting(cuda_0) == 1);
}

TEST_CASE("a conversation can be put where it is safe") {
  house h;
  h.ask(0);
  h.where.begin_at(cpu, conversation(0), at(0s));
  CHECK(h.where.home_of(conversation(0)) == cpu);
  CHECK(h.where.begin(conversation(0), at(0s)) == cpu);
  CHECK(h.where.waiting(cpu) == 2);
}
