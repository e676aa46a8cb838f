#include "actors/conversation/language_worker_actor.hpp"

#include <catch2/catch.hpp>

#include "actors/conversation/conversation_actor.hpp"
#include "tests/actors/conversation/actor_fixture.hpp"
#include "tests/gpu/counting_worker_metrics.hpp"

namespace {

using namespace dhr;
using dhr::test::turn;

struct counting_metrics final : language_metrics {
  int first_tokens = 0;
  int tokens = 0;
  int failures = 0;
  int batches = 0;
  void first_token(double) override { ++first_tokens; }
  void prompt_tokens(int, int) override {}
  void tokens_generated(int count) override { tokens += count; }
  void step_finished(int, nanoseconds) override { ++batches; }
  void queue_depth(int) override {}
  void generation_failed(errc) override { ++failures; }
  void fell_back() override {}
};

// A second passes between two looks at it.
struct ticking_clock final : clock {
  mono_time now() const noexcept override { return mono_time{std::chrono::seconds{++looks}}; }
  wall_time wall_now() const noexcept override { return {}; }
  mutable int looks = 0;
};

std::shared_ptr<llama_runner> load_runner(int queue_max = 256) {
  set_language_log({});
  llama_config config;
  config.model_path = DHR_DEPS_DIR "/models/language/smollm2-135m-instruct-q4_0.gguf";
  config.context_tokens = 512;
  config.sequences_max = 2;
  config.queue_max = queue_max;
  auto loaded = llama_runner::load(config);
  REQUIRE(loaded);
  return std::shared_ptr<llama_runner>{std::move(loaded.value())};
}

struct worker_world : dhr::test::actor_world {
  std::shared_ptr<llama_runner> runner = load_runner();
  std::shared_ptr<counting_metrics> metrics = std::make_shared<counting_metrics>();
  manual_clock time;
  std::shared_ptr<test::counting_worker_metrics> device_metrics =
      std::make_shared<test::counting_worker_metrics>();
  engine_actor engine =
      spawn(language_worker, language_worker_parts{runner, metrics, &time, device_metrics});
};

}  // namespace

TEST_CASE("the worker serves a conversation, is stopped by a cancel, and counts") {
  worker_world world;
  test::session_log log;
  const conversation_client session = world.spawn(test::recording_session, &log);
  const conversation_actor conversation =
      world.spawn(conversation_behavior, session, world.engine, conversation_config{512, {}},
                  make_token_counter(world.runner->model()));
  converse c;
  c.turn = turn(1);
  c.instructions = "You are Ada.";
  c.history = {{"user", "Hello, who are you?"}};
  c.sampling = {0, 1, 12};
  caf::anon_send(conversation, c);
  world.run();
  REQUIRE(log.finished.size() == 1);
  CHECK_FALSE(log.spoken().empty());
  CHECK(world.metrics->first_tokens == 1);
  CHECK(world.metrics->tokens == log.finished[0].usage.output_tokens);
  CHECK(world.metrics->batches >= log.finished[0].usage.output_tokens);

  test::generation_log direct;
  const generation_client asker = world.spawn(test::recording_asker, &direct);
  generate g{turn(2), {{"user", "Count to a hundred."}}, {0, 1, 200}, milliseconds{1000}};
  caf::anon_send(world.engine, g, asker);
  for (int i = 0; i < 12; ++i) world.step();
  caf::anon_send(world.engine, cancel_generation{turn(2)});
  world.run();
  CHECK(direct.pieces.size() < 200);
  REQUIRE(direct.failed.size() == 1);
  CHECK(direct.failed[0].reason.code == errc::cancelled);
  CHECK(world.metrics->failures == 1);
  CHECK(world.device_metrics->waits.size() == 2);
  CHECK(world.device_metrics->drops == std::vector<work_drop>{work_drop::cancelled});
  CHECK(static_cast<int>(world.device_metrics->batches.size()) <= world.metrics->batches);
  for (const auto& [requests, took] : world.device_metrics->batches) CHECK(requests == 1);
  CHECK(world.device_metrics->depth == 0);
  CHECK(world.runner->is_idle());
}

TEST_CASE("who finds the language model's queue full is told how long what waits will take") {
  test::actor_world world;
  ticking_clock time;
  test::generation_log log;
  const generation_client asker = world.spawn(test::recording_asker, &log);
  const engine_actor engine = world.spawn(
      language_worker,
      language_worker_parts{load_runner(2), std::make_shared<counting_metrics>(), &time});
  const auto ask_three = [&](std::uint64_t number) {
    for (const char* conversation : {"a", "b", "c"}) {
      const generate one{turn(number, conversation),
                         {{"user", "Count to a hundred."}},
                         {0, 1, 6},
                         std::chrono::minutes{60}};
      caf::anon_send(engine, one, asker);
    }
    world.run();
  };
  ask_three(1);
  REQUIRE(log.failed.size() == 1);
  CHECK(log.failed[0].turn == turn(1, "c"));
  CHECK(log.failed[0].reason.code == errc::overloaded);
  CHECK(log.failed[0].reason.retry_after == std::chrono::seconds{1});
  CHECK(log.done.size() == 2);
  ask_three(2);
  REQUIRE(log.failed.size() == 2);
  CHECK(log.failed[1].reason.code == errc::overloaded);
  // Two replies had six steps or more of a second each, and two wait.
  CHECK(log.failed[1].reason.retry_after >= std::chrono::seconds{6});
  CHECK(log.failed[1].reason.retry_after <= std::chrono::seconds{30});
}
