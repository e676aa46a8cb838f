#include "actors/ears/transcription_worker_actor.hpp"

#include <catch2/catch.hpp>
#include <functional>

#include "tests/actors/ears/transcription_fixture.hpp"
#include "tests/gpu/counting_worker_metrics.hpp"

using namespace dhr;
using namespace dhr::test;
using namespace std::chrono_literals;
using testing::round_trip;

namespace {

// Hears what the test says, and remembers what it was given.
class scripted_transcriber final : public transcriber {
 public:
  using script = std::function<result<std::string>(std::span<const float>)>;
  explicit scripted_transcriber(script hear) : hear_{std::move(hear)} {}
  result<std::string> transcribe(std::span<const float> samples) override { return hear_(samples); }

 private:
  const script hear_;
};

struct bench : transcription_world {
  std::shared_ptr<counting_transcription_metrics> metrics =
      std::make_shared<counting_transcription_metrics>();
  std::shared_ptr<counting_worker_metrics> device_metrics =
      std::make_shared<counting_worker_metrics>();
  transcription_actor worker;

  explicit bench(
      scripted_transcriber::script hear = [](auto) { return std::string{"Hello."}; },
      work_queue_options queue = {}) {
    transcription_worker_options options;
    options.ears = std::make_unique<scripted_transcriber>(std::move(hear));
    options.time = &world.clock;
    options.metrics = metrics;
    options.device_metrics = device_metrics;
    options.queue = queue;
    worker =
        keep(spawn_transcription_worker(world.system, worker_spawn::scheduled, std::move(options)));
  }
  void ask(transcribe request) { caf::anon_send(worker, std::move(request), asker); }
};

}  // namespace

TEST_CASE("the messages of transcription arrive at another node as they were sent") {
  bench b;
  auto& system = b.world.system;
  auto request = attempt(3, 2, true);
  request.language = "en";
  request.prompt = "Beckett";
  request.budget = 5s;
  CHECK(round_trip(system, request) == request);
  const cancel_transcription cancel{request.utterance, 2};
  CHECK(round_trip(system, cancel) == cancel);
  const transcript_ready ready{request.utterance, 2, "Hello.", 40ms, "the server is away"};
  CHECK(round_trip(system, ready) == ready);
  const auto failed = round_trip(
      system, transcript_failed{request.utterance, 2, {errc::overloaded, "full", "ears", 500ms}});
  CHECK(failed.utterance == request.utterance);
  CHECK(failed.attempt == 2);
  CHECK(failed.reason.code == errc::overloaded);
  CHECK(failed.reason.retry_after == 500ms);
}

TEST_CASE("an attempt becomes the words that the transcriber hears in its sound") {
  std::vector<float> given;
  bench b{[&](std::span<const float> samples) {
    given.assign(samples.begin(), samples.end());
    return std::string{"Hello there."};
  }};
  b.ask(attempt(1, 0, true, -16'384));
  b.world.settle();
  REQUIRE(b.log.ready.size() == 1);
  CHECK(b.log.failed.empty());
  CHECK(b.log.ready[0].utterance == turn_id{{"conv_test"}, {1}, 1});
  CHECK(b.log.ready[0].text == "Hello there.");
  REQUIRE(given.size() == 1'600);
  CHECK(given.front() == -0.5f);
  REQUIRE(b.metrics->finished.size() == 1);
  CHECK(b.metrics->finished[0].sound == 100ms);
  CHECK(b.metrics->depth == 0);
}

TEST_CASE("the times of waiting and of work are told apart") {
  transcription_world* world = nullptr;
  bench b{[&](auto) {
    world->world.clock.advance(30ms);
    return std::string{"x"};
  }};
  world = &b;
  b.ask(attempt(1, 0));
  b.ask(attempt(2, 0));
  b.world.settle();
  REQUIRE(b.metrics->finished.size() == 2);
  CHECK(b.metrics->finished[1].waited == 30ms);
  CHECK(b.metrics->finished[1].took == 30ms);
  CHECK(b.log.ready[1].took == 30ms);
  CHECK(b.device_metrics->waits == std::vector<nanoseconds>{0ms, 30ms});
  REQUIRE(b.device_metrics->batches.size() == 2);
  CHECK(b.device_metrics->batches[0] == std::pair<std::size_t, nanoseconds>{1, 30ms});
}

TEST_CASE("attempts that somebody waits for go before tentative ones of other conversations") {
  bench b;
  const auto of = [](const char* conversation, transcribe request) {
    request.utterance.conversation = {conversation};
    return request;
  };
  b.ask(of("conv_a", attempt(1, 0)));
  b.ask(of("conv_b", attempt(2, 0)));
  b.ask(of("conv_c", attempt(7, 0, true)));
  b.ask(of("conv_a", attempt(3, 0, true)));
  b.world.settle();
  CHECK(b.log.order == "7.0 1.0 3.0 2.0 ");
}

TEST_CASE("utterances of one conversation do not keep another's waiting") {
  bench b;
  for (std::uint64_t utterance = 1; utterance <= 3; ++utterance) b.ask(attempt(utterance, 0));
  auto other = attempt(9, 0);
  other.utterance.conversation = {"conv_other"};
  b.ask(other);
  b.world.settle();
  CHECK(b.log.order == "1.0 9.0 2.0 3.0 ");
}

TEST_CASE("a newer attempt spares the older ones of its utterance and no others") {
  int heard = 0;
  bench b{[&](auto) {
    ++heard;
    return std::string{"x"};
  }};
  b.ask(attempt(1, 0));
  b.ask(attempt(1, 1));
  b.ask(attempt(2, 0));
  b.ask(attempt(1, 2, true));
  b.world.settle();
  CHECK(b.log.order == "!1.0 !1.1 2.0 1.2 ");
  CHECK(heard == 2);
  for (const auto& failed : b.log.failed) CHECK(failed.reason.code == errc::cancelled);
  CHECK(b.metrics->dropped == std::vector<errc>{errc::cancelled, errc::cancelled});
  CHECK(b.device_metrics->drops == std::vector<work_drop>(2, work_drop::cancelled));
}

TEST_CASE("an attempt that comes after its successor is not heard") {
  bench b;
  b.ask(attempt(1, 1));
  b.ask(attempt(1, 0));
  b.world.settle();
  CHECK(b.log.order == "!1.0 1.1 ");
}

TEST_CASE("a cancelled attempt never runs, whether it waits or is still to come") {
  bench b{[](auto) -> result<std::string> { throw std::logic_error{"must not run"}; }};
  b.ask(attempt(1, 0));
  b.ask(attempt(1, 1));
  caf::anon_send(b.worker, cancel_transcription{attempt(1, 0).utterance, 2});
  b.ask(attempt(1, 2, true));
  b.world.settle();
  CHECK(b.log.ready.empty());
  REQUIRE(b.log.failed.size() == 3);
  for (const auto& failed : b.log.failed) CHECK(failed.reason.code == errc::cancelled);
}

TEST_CASE("a cancellation leaves later attempts and other utterances alone") {
  bench b;
  b.ask(attempt(1, 3));
  b.ask(attempt(2, 0));
  caf::anon_send(b.worker, cancel_transcription{attempt(1, 0).utterance, 2});
  b.world.settle();
  CHECK(b.log.order == "1.3 2.0 ");
}

TEST_CASE("a queue whose half is a conversation's says when to come again") {
  bench b{[](auto) { return std::string{"x"}; }, {4, 500ms, 16}};
  for (std::uint64_t utterance = 1; utterance <= 3; ++utterance) b.ask(attempt(utterance, 0));
  b.world.settle();
  CHECK(b.log.order == "!3.0 1.0 2.0 ");
  REQUIRE(b.log.failed.size() == 1);
  CHECK(b.log.failed[0].reason.code == errc::overloaded);
  CHECK(b.log.failed[0].reason.retry_after == 500ms);
  CHECK(b.metrics->deepest == 2);
}

TEST_CASE("who is refused is told how long what waits will take at the worker's pace") {
  transcription_world* world = nullptr;
  bench b{[&](auto) {
            world->world.clock.advance(2s);
            return std::string{"x"};
          },
          {4, 500ms, 16}};
  world = &b;
  b.ask(attempt(1, 0));
  b.world.settle();
  for (std::uint64_t utterance = 2; utterance <= 4; ++utterance) b.ask(attempt(utterance, 0));
  b.world.settle();
  REQUIRE(b.log.failed.size() == 1);
  CHECK(b.log.failed[0].reason.code == errc::overloaded);
  CHECK(b.log.failed[0].reason.retry_after == 4s);
}

TEST_CASE("an attempt whose budget is spent in the queue is not begun") {
  transcription_world* world = nullptr;
  bench b{[&](auto) {
    world->world.clock.advance(2s);
    return std::string{"x"};
  }};
  world = &b;
  b.ask(attempt(1, 0));
  auto hurried = attempt(2, 0);
  hurried.budget = 1s;
  b.ask(hurried);
  b.world.settle();
  REQUIRE(b.log.failed.size() == 1);
  CHECK(b.log.failed[0].utterance.number == 2);
  CHECK(b.log.failed[0].reason.code == errc::deadline);
  CHECK(b.log.ready.size() == 1);
}

TEST_CASE("what the transcriber cannot hear is told with its own reason") {
  bench b{[](auto) -> result<std::string> { return fail(errc::failed, "broken"); }};
  b.ask(attempt(1, 0));
  b.world.settle();
  REQUIRE(b.log.failed.size() == 1);
  CHECK(b.log.failed[0].reason.message == "broken");
  CHECK(b.metrics->dropped == std::vector<errc>{errc::failed});
}

TEST_CASE(
    "another language, half a sample and endless sound are refused by the name of the field") {
  bench b;
  auto german = attempt(1, 0);
  german.language = "de";
  b.ask(german);
  auto american = attempt(2, 0);
  american.language = "en-US";
  b.ask(american);
  auto cut = attempt(3, 0);
  cut.pcm = shared_bytes{"abc"};
  b.ask(cut);
  auto endless = attempt(4, 0);
  endless.pcm = shared_bytes{std::string(601 * 32'000, 'x')};
  b.ask(endless);
  b.world.settle();
  CHECK(b.log.order == "!1.0 !3.0 !4.0 2.0 ");
  REQUIRE(b.log.failed.size() == 3);
  CHECK(b.log.failed[0].reason.where == "language");
  CHECK(b.log.failed[1].reason.where == "pcm");
  CHECK(b.log.failed[2].reason.where == "pcm");
}
