#include "actors/ears/hearing_worker_actor.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <numbers>
#include <string>

#include "tests/gpu/counting_worker_metrics.hpp"
#include "tests/support/deterministic_system.hpp"

using namespace dhr;
using namespace std::chrono_literals;

namespace {

std::shared_ptr<const turn_end_net> net() {
  auto loaded = turn_end_net::load(DHR_DEPS_DIR "/models/nets/smart-turn.weights");
  if (!loaded) FAIL(loaded.assume_error().message);
  return loaded.assume_value();
}

// A second of a voice's pitch, falling.
shared_bytes hum() {
  std::vector<std::int16_t> samples;
  double phase = 0;
  for (int i = 0; i < 16'000; ++i) {
    phase += 2 * std::numbers::pi * (160 - 40.0 * i / 16'000) / 16'000;
    samples.push_back(static_cast<std::int16_t>(6'000 * (std::sin(phase) + std::sin(2 * phase))));
  }
  return shared_bytes::of(std::span<const std::int16_t>{samples});
}

struct bench {
  testing::deterministic_system<add_ears_messages> world;
  std::shared_ptr<test::counting_worker_metrics> metrics =
      std::make_shared<test::counting_worker_metrics>();
  std::vector<end_judged> judged;
  std::vector<melody_measured> measured;
  hearing_client ears;
  hearing_actor worker;
  const turn_id utterance{{"conv_test"}, {1}, 3};

  explicit bench(std::shared_ptr<const turn_end_net> judge = nullptr,
                 work_queue_options queue = {}) {
    ears = world.system.spawn([this]() -> hearing_client::behavior_type {
      return {[this](const end_judged& x) { judged.push_back(x); },
              [this](const melody_measured& x) { measured.push_back(x); }};
    });
    worker = spawn_hearing_worker(world.system, worker_spawn::scheduled,
                                  {std::move(judge), &world.clock, metrics, queue});
    world.clock.advance(1h);
  }
  ~bench() {
    caf::anon_send_exit(worker, caf::exit_reason::user_shutdown);
    caf::anon_send_exit(ears, caf::exit_reason::user_shutdown);
    worker = nullptr;
    ears = nullptr;
    world.settle();
  }
  void judge(std::uint32_t attempt, nanoseconds deadline_in, std::uint64_t number = 3,
             const char* conversation = "conv_test") {
    const turn_id of{{conversation}, {1}, number};
    caf::anon_send(worker, judge_end{of, attempt, hum(), world.clock.now() + deadline_in}, ears);
  }
  void measure(nanoseconds deadline_in) {
    caf::anon_send(worker, measure_melody{utterance, hum(), world.clock.now() + deadline_in}, ears);
  }
};

}  // namespace

TEST_CASE("an end is judged with the probability of the net for the same sound") {
  const auto judge = net();
  bench b{judge};
  b.judge(7, 1s);
  b.world.settle();
  REQUIRE(b.judged.size() == 1);
  CHECK(b.judged[0].utterance == b.utterance);
  CHECK(b.judged[0].attempt == 7);
  REQUIRE(b.judged[0].probability);
  std::vector<float> samples;
  for (const auto x : hum().as<std::int16_t>()) {
    samples.push_back(static_cast<float>(x) / 32'768.0f);
  }
  CHECK(*b.judged[0].probability == Approx(judge->turn_end_probability(samples)));
  CHECK_FALSE(b.judged[0].problem);
  CHECK(b.metrics->waits == std::vector<nanoseconds>{0ns});
  REQUIRE(b.metrics->batches.size() == 1);
  CHECK(b.metrics->batches[0].first == 1);
  CHECK(b.metrics->drops.empty());
  CHECK(b.metrics->deepest == 1);
  CHECK(b.metrics->depth == 0);
}

TEST_CASE("without a net an end is answered, but has no probability") {
  bench b;
  b.judge(1, 1s);
  b.world.settle();
  REQUIRE(b.judged.size() == 1);
  CHECK_FALSE(b.judged[0].probability);
  CHECK_FALSE(b.judged[0].problem);
  CHECK(b.metrics->batches.empty());
  CHECK(b.metrics->drops.empty());
}

TEST_CASE("an end is not judged after its deadline, but answered") {
  bench b{net()};
  b.judge(1, 0ms, 1);
  b.judge(1, 50ms, 2);
  b.judge(1, 200ms, 3);
  b.world.clock.advance(100ms);
  b.world.settle();
  REQUIRE(b.judged.size() == 3);
  for (const std::size_t late : {0, 1}) {
    CHECK_FALSE(b.judged[late].probability);
    REQUIRE(b.judged[late].problem);
    CHECK(b.judged[late].problem->code == errc::deadline);
  }
  CHECK(b.judged[2].probability);
  CHECK(b.metrics->drops == std::vector<work_drop>(2, work_drop::expired));
  CHECK(b.metrics->batches.size() == 1);
}

TEST_CASE("a newer attempt takes the place of the one that waits, of its utterance alone") {
  bench b{net()};
  b.judge(1, 1s, 3);
  b.measure(1s);
  b.judge(1, 1s, 4);
  b.judge(2, 1s, 3);
  b.world.settle();
  REQUIRE(b.judged.size() == 3);
  CHECK(b.judged[0].utterance.number == 3);
  CHECK(b.judged[0].attempt == 1);
  REQUIRE(b.judged[0].problem);
  CHECK(b.judged[0].problem->code == errc::cancelled);
  CHECK(b.judged[1].probability);
  CHECK(b.judged[2].probability);
  CHECK(b.measured.size() == 1);
  CHECK(b.metrics->drops == std::vector<work_drop>{work_drop::cancelled});
}

TEST_CASE("an end for which there is no place is answered with overloaded at once") {
  bench b{net(), {.depth_max = 2, .retry_after = 150ms}};
  b.judge(1, 1s, 1, "a");
  b.judge(1, 1s, 1, "b");
  b.judge(1, 1s, 1, "c");
  b.measure(1s);
  b.world.settle();
  REQUIRE(b.judged.size() == 3);
  CHECK(b.judged[0].utterance.conversation.value == "c");
  CHECK_FALSE(b.judged[0].probability);
  REQUIRE(b.judged[0].problem);
  CHECK(b.judged[0].problem->code == errc::overloaded);
  CHECK(b.judged[0].problem->retry_after == 150ms);
  CHECK(b.judged[1].probability);
  CHECK(b.judged[2].probability);
  CHECK(b.measured.empty());
  CHECK(b.metrics->drops == std::vector<work_drop>(2, work_drop::overloaded));
  CHECK(b.metrics->deepest == 2);
}

TEST_CASE("ends are judged before melodies, those of their own conversation too") {
  bench b{net()};
  std::string order;
  const hearing_client others = b.world.system.spawn([&order]() -> hearing_client::behavior_type {
    return {[&order](const end_judged&) { order += "end "; },
            [&order](const melody_measured&) { order += "melody "; }};
  });
  const auto deadline = b.world.clock.now() + 1s;
  caf::anon_send(b.worker, measure_melody{{{"a"}, {1}, 1}, hum(), deadline}, others);
  caf::anon_send(b.worker, measure_melody{{{"b"}, {1}, 1}, hum(), deadline}, others);
  caf::anon_send(b.worker, judge_end{{{"b"}, {1}, 2}, 1, hum(), deadline}, others);
  caf::anon_send(b.worker, judge_end{{{"c"}, {1}, 1}, 1, hum(), deadline}, others);
  b.world.settle();
  CHECK(order == "end end melody melody ");
  caf::anon_send_exit(others, caf::exit_reason::user_shutdown);
  b.world.settle();
}

TEST_CASE("a melody is measured in time, and dropped after its deadline") {
  bench b;
  b.measure(1s);
  b.world.settle();
  REQUIRE(b.measured.size() == 1);
  CHECK(b.measured[0].utterance == b.utterance);
  CHECK(b.measured[0].melody.pitch_hz_median == Approx(140).margin(5));
  b.measure(50ms);
  b.world.clock.advance(51ms);
  b.world.settle();
  CHECK(b.measured.size() == 1);
  CHECK(b.metrics->drops == std::vector<work_drop>{work_drop::expired});
}

TEST_CASE("sound that is too short for anything is judged and measured without harm") {
  bench b{net()};
  const auto deadline = b.world.clock.now() + 1s;
  caf::anon_send(b.worker, judge_end{b.utterance, 1, {}, deadline}, b.ears);
  caf::anon_send(b.worker, measure_melody{b.utterance, shared_bytes{"abc"}, deadline}, b.ears);
  b.world.settle();
  CHECK(b.judged.size() == 1);
  REQUIRE(b.measured.size() == 1);
  CHECK(b.measured[0].melody == prosody{});
}
