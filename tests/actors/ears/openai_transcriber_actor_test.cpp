// The actor against servers of the test's own on loopback.
#include "actors/ears/openai_transcriber_actor.hpp"

#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include "tests/actors/ears/transcription_fixture.hpp"
#include "tests/gpu/counting_worker_metrics.hpp"
#include "tests/support/completions_server.hpp"

using namespace dhr;
using namespace dhr::test;
using namespace std::chrono_literals;
using testing::completions_server;
using testing::status_answer;

namespace {

std::string words(const std::string& text) {
  return status_answer(200, R"({"text":")" + text + "\"}", "content-type: application/json\r\n");
}

// Something loud: silence is not sent.
transcribe loud(std::uint64_t utterance, std::uint32_t number, bool is_final = false) {
  auto request = attempt(utterance, number, is_final);
  std::vector<std::int16_t> samples;
  for (int i = 0; i < 16'000; ++i) samples.push_back(i % 40 < 20 ? 6'000 : -6'000);
  request.pcm = shared_bytes::of(std::span<const std::int16_t>{samples});
  return request;
}

// Outlives the actor and its calls.
struct network {
  boost::asio::io_context io;
};

// The network and the actors take turns on the test's thread.
struct bench : network, transcription_world {
  std::shared_ptr<counting_transcription_metrics> metrics =
      std::make_shared<counting_transcription_metrics>();
  std::shared_ptr<counting_worker_metrics> device_metrics =
      std::make_shared<counting_worker_metrics>();
  transcription_actor transcriber;

  explicit bench(const std::string& url, std::size_t calls_max = 8) {
    openai_transcriber_config config;
    config.base_url = url;
    config.api_key = "secret";
    config.model = "whisper-1";
    config.answer_timeout = 300ms;
    config.backoff = 10ms;
    config.calls_max = calls_max;
    config.queue.depth_max = 4;
    config.device_metrics = device_metrics;
    transcriber = keep(spawn_openai_transcriber(world.system, io, config, world.clock, metrics));
  }
  void ask(transcribe request) { caf::anon_send(transcriber, std::move(request), asker); }
  void step() {
    io.restart();
    io.run_for(2ms);
    world.advance(5ms);
  }
  void until(std::size_t answers) {
    for (int i = 0; i < 2'000 && log.answers() < answers; ++i) step();
    REQUIRE(log.answers() == answers);
  }
  void until_asked(const completions_server& server, std::size_t requests) {
    for (int i = 0; i < 2'000 && server.requests().size() < requests; ++i) step();
    REQUIRE(server.requests().size() == requests);
  }
};

}  // namespace

TEST_CASE("the server is sent the sound as a form and its words are the answer") {
  completions_server server{{{words("Hello there.")}}};
  bench b{server.url()};
  b.ask(loud(1, 0, true));
  b.until(1);
  REQUIRE(b.log.ready.size() == 1);
  CHECK(b.log.ready[0].text == "Hello there.");
  CHECK(b.log.ready[0].utterance == loud(1, 0).utterance);
  const auto request = server.requests()[0];
  CHECK(request.target() == "/v1/audio/transcriptions");
  CHECK(request["Authorization"] == "Bearer secret");
  CHECK(std::string{request["Content-Type"]}.starts_with("multipart/form-data; boundary="));
  CHECK(request.body().find("whisper-1") != std::string::npos);
  CHECK(request.body().size() > 32'000);
  REQUIRE(b.metrics->finished.size() == 1);
  CHECK(b.metrics->finished[0].sound == 1s);
  CHECK(b.device_metrics->waits == std::vector<nanoseconds>{0ns});
  REQUIRE(b.device_metrics->batches.size() == 1);
  CHECK(b.device_metrics->batches[0].first == 1);
  CHECK(b.device_metrics->batches[0].second == b.metrics->finished[0].took);
  CHECK(b.device_metrics->drops.empty());
}

TEST_CASE("words that a server makes up are no words") {
  completions_server server{{{words("you you you you you you you")}, {words("[MUSIC]")}}};
  bench b{server.url(), 1};
  b.ask(loud(1, 0));
  b.ask(loud(2, 0));
  b.until(2);
  REQUIRE(b.log.ready.size() == 2);
  CHECK(b.log.ready[0].text.empty());
  CHECK(b.log.ready[1].text.empty());
}

TEST_CASE("silence is not sent to the server") {
  completions_server server{{{words("Thank you for watching.")}}};
  bench b{server.url()};
  b.ask(attempt(1, 0, true, 0));
  b.until(1);
  REQUIRE(b.log.ready.size() == 1);
  CHECK(b.log.ready[0].text.empty());
  CHECK(server.requests().empty());
  CHECK(b.device_metrics->waits.empty());
  CHECK(b.device_metrics->batches.empty());
}

TEST_CASE("a transcription server that is busy at first is tried again") {
  completions_server server{
      {{status_answer(503, "busy")}, {status_answer(429, "busy")}, {words("Hello.")}}};
  bench b{server.url()};
  b.ask(loud(1, 0));
  b.until(1);
  REQUIRE(b.log.ready.size() == 1);
  CHECK(b.log.ready[0].text == "Hello.");
  CHECK(server.requests().size() == 3);
  CHECK(b.device_metrics->waits.size() == 1);
  CHECK(b.device_metrics->batches.size() == 3);
  CHECK(b.device_metrics->drops.empty());
}

TEST_CASE("after its retries a busy transcription server fails the attempt") {
  completions_server server{
      {{status_answer(503, "x")}, {status_answer(503, "x")}, {status_answer(503, "x")}}};
  bench b{server.url()};
  b.ask(loud(1, 0));
  b.until(1);
  REQUIRE(b.log.failed.size() == 1);
  CHECK(b.log.failed[0].reason.code == errc::unavailable);
}

TEST_CASE("a refused or senseless answer is not asked for again") {
  completions_server server{{{status_answer(400, "no such model")}, {status_answer(200, "Hi")}}};
  bench b{server.url(), 1};
  b.ask(loud(1, 0));
  b.ask(loud(2, 0));
  b.until(2);
  REQUIRE(b.log.failed.size() == 2);
  CHECK(b.log.failed[0].reason.code == errc::invalid_argument);
  CHECK(b.log.failed[1].reason.code == errc::failed);
  CHECK(server.requests().size() == 2);
}

TEST_CASE("a transcription server that hangs runs into the deadline") {
  completions_server server{{{"", true}}};
  bench b{server.url()};
  b.ask(loud(1, 0));
  b.until(1);
  REQUIRE(b.log.failed.size() == 1);
  CHECK(b.log.failed[0].reason.code == errc::deadline);
}

TEST_CASE("an attempt ends with its own budget, whatever the server does") {
  completions_server server{{{"", true}}};
  bench b{server.url()};
  auto request = loud(1, 0);
  request.budget = 40ms;
  b.ask(request);
  b.until(1);
  REQUIRE(b.log.failed.size() == 1);
  CHECK(b.log.failed[0].reason.code == errc::deadline);
  CHECK(b.world.clock.now().time_since_epoch() < 300ms);
  CHECK(b.device_metrics->batches.size() == 1);
  CHECK(b.device_metrics->drops == std::vector<work_drop>{work_drop::expired});
}

TEST_CASE("a cancelled attempt is answered at once and its call is closed") {
  completions_server server{{{"", true}, {words("Next.")}}};
  bench b{server.url(), 1};
  b.ask(loud(1, 0));
  b.until_asked(server, 1);
  caf::anon_send(b.transcriber, cancel_transcription{loud(1, 0).utterance, 0});
  b.world.settle();
  REQUIRE(b.log.failed.size() == 1);
  CHECK(b.log.failed[0].reason.code == errc::cancelled);
  CHECK(b.device_metrics->drops == std::vector<work_drop>{work_drop::cancelled});
  CHECK(b.device_metrics->batches.empty());
  // The server comes to its next connection only when the first one was closed.
  b.ask(loud(2, 0));
  b.until(2);
  CHECK(b.log.order == "!1.0 2.0 ");
}

TEST_CASE("a newer attempt takes the place of the one under way") {
  completions_server server{{{"", true}, {words("All of it.")}}};
  bench b{server.url(), 1};
  b.ask(loud(1, 0));
  b.until_asked(server, 1);
  b.ask(loud(1, 1, true));
  b.until(2);
  CHECK(b.log.order == "!1.0 1.1 ");
  CHECK(b.log.ready[0].text == "All of it.");
}

TEST_CASE("only so many calls run at once and only so many wait") {
  completions_server server{{{words("a")}, {words("b")}, {words("c")}}};
  bench b{server.url(), 1};
  b.ask(loud(1, 0));
  b.ask(loud(2, 0));
  b.ask(loud(3, 0, true));
  b.ask(loud(4, 0));
  b.world.settle();
  REQUIRE(b.log.failed.size() == 1);
  CHECK(b.log.failed[0].utterance.number == 4);
  CHECK(b.log.failed[0].reason.code == errc::overloaded);
  CHECK(b.log.failed[0].reason.retry_after == 500ms);
  CHECK(b.device_metrics->drops == std::vector<work_drop>{work_drop::overloaded});
  CHECK(b.device_metrics->deepest == 2);
  b.until(4);
  CHECK(b.log.order == "!4.0 1.0 2.0 3.0 ");
  REQUIRE(b.device_metrics->waits.size() == 3);
  CHECK(b.device_metrics->waits[2] > b.device_metrics->waits[0]);
  CHECK(b.device_metrics->depth == 0);
}

TEST_CASE("who is refused by a slow server is told how long what waits will take") {
  completions_server server{{{words("a")}, {"", true}}};
  bench b{server.url(), 1};
  b.ask(loud(1, 0));
  b.world.settle();           // the call has begun; the network stands still
  b.world.clock.advance(2s);  // until the answer comes
  b.until(1);
  for (std::uint64_t utterance = 2; utterance <= 5; ++utterance) b.ask(loud(utterance, 0));
  b.world.settle();
  REQUIRE(b.log.failed.size() == 1);
  CHECK(b.log.failed[0].reason.code == errc::overloaded);
  REQUIRE(b.log.failed[0].reason.retry_after);
  CHECK(*b.log.failed[0].reason.retry_after >= 4s);
  CHECK(*b.log.failed[0].reason.retry_after < 6s);
}
