#include "actors/ears/hearing_worker_actor.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <numbers>

#include "tests/support/deterministic_system.hpp"

using namespace dhr;
using namespace std::chrono_literals;

namespace {

struct counting_metrics final : hearing_metrics {
  void end_judged(nanoseconds) noexcept override { ++judged; }
  void request_dropped() noexcept override { ++dropped; }
  int judged = 0;
  int dropped = 0;
};

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
  testing::deterministic_system<caf::id_block::dhr_ears, caf::id_block::dhr_ears_transcription>
      world;
  std::shared_ptr<counting_metrics> metrics = std::make_shared<counting_metrics>();
  std::vector<end_judged> judged;
  std::vector<melody_measured> measured;
  hearing_client ears;
  hearing_actor worker;
  const turn_id utterance{{"conv_test"}, {1}, 3};

  explicit bench(std::shared_ptr<const turn_end_net> judge = nullptr) {
    ears = world.system.spawn([this]() -> hearing_client::behavior_type {
      return {[this](const end_judged& x) { judged.push_back(x); },
              [this](const melody_measured& x) { measured.push_back(x); }};
    });
    worker = spawn_hearing_worker(world.system, false, {std::move(judge), &world.clock, metrics});
    world.clock.advance(1h);
  }
  ~bench() {
    caf::anon_send_exit(worker, caf::exit_reason::user_shutdown);
    caf::anon_send_exit(ears, caf::exit_reason::user_shutdown);
    worker = nullptr;
    ears = nullptr;
    world.settle();
  }
  void judge(std::uint32_t attempt, nanoseconds deadline_in) {
    caf::anon_send(worker, judge_end{utterance, attempt, hum(), world.clock.now() + deadline_in},
                   ears);
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
  CHECK(b.metrics->judged == 1);
  CHECK(b.metrics->dropped == 0);
}

TEST_CASE("without a net an end is answered, but has no probability") {
  bench b;
  b.judge(1, 1s);
  b.world.settle();
  REQUIRE(b.judged.size() == 1);
  CHECK_FALSE(b.judged[0].probability);
  CHECK(b.metrics->judged == 0);
  CHECK(b.metrics->dropped == 0);
}

TEST_CASE("an end is not judged after its deadline, but answered") {
  bench b{net()};
  b.judge(1, 0ms);
  b.judge(2, 50ms);
  b.judge(3, 200ms);
  b.world.clock.advance(100ms);
  b.world.settle();
  REQUIRE(b.judged.size() == 3);
  CHECK_FALSE(b.judged[0].probability);
  CHECK_FALSE(b.judged[1].probability);
  CHECK(b.judged[2].probability);
  CHECK(b.metrics->dropped == 2);
  CHECK(b.metrics->judged == 1);
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
  CHECK(b.metrics->dropped == 1);
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
