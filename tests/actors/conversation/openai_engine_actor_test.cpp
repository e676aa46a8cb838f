#include "actors/conversation/openai_engine_actor.hpp"

#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include "tests/actors/conversation/actor_fixture.hpp"
#include "tests/gpu/counting_worker_metrics.hpp"
#include "tests/support/completions_server.hpp"

using namespace dhr;
using namespace dhr::test;
using namespace std::chrono_literals;
using testing::completions_server;
using testing::status_answer;
using testing::stream_of;

namespace {

const std::string hello = R"({"choices":[{"delta":{"content":"Hello"}}]})";
const std::string there = R"({"choices":[{"delta":{"content":" there."},"finish_reason":"stop"}]})";
const std::string usage = R"({"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":2}})";
const std::string done = "[DONE]";

std::string call_chunk(const std::string& call) {
  return R"({"choices":[{"index":0,"delta":{"tool_calls":[)" + call +
         R"(]},"finish_reason":null}]})";
}
const std::string calls_end =
    R"({"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]})";

// The network and the actors take turns on the test's thread.
struct bench : actor_world {
  boost::asio::io_context io;
  manual_clock time;
  generation_log answers;
  generation_client asker = spawn(recording_asker, &answers);
  engine_actor engine;
  std::shared_ptr<counting_worker_metrics> device_metrics =
      std::make_shared<counting_worker_metrics>();

  explicit bench(const std::string& url) {
    openai_engine_config config;
    config.base_url = url;
    config.model = "m";
    config.first_token_timeout = 300ms;
    config.idle_timeout = 300ms;
    config.backoff = 10ms;
    config.device_metrics = device_metrics;
    engine =
        spawn_openai_engine(system(), io, config, time, std::make_shared<null_language_metrics>());
  }
  ~bench() { caf::anon_send_exit(engine, caf::exit_reason::user_shutdown); }

  void ask() {
    generate request;
    request.turn = {{"c"}, {1}, 1};
    request.messages = {{"user", "Hi"}};
    caf::anon_send(engine, request, asker);
  }
  bool over() const { return !answers.done.empty() || !answers.failed.empty(); }
  void until_over() {
    for (int i = 0; i < 2'000 && !over(); ++i) step();
    REQUIRE(over());
  }
  void step() {
    io.restart();
    io.run_for(2ms);
    pass(5ms);
  }
};

}  // namespace

TEST_CASE("a streamed reply comes as pieces and ends with its usage") {
  completions_server server{{{stream_of({hello, there, usage, done})}}};
  bench b{server.url()};
  b.ask();
  b.until_over();
  CHECK(b.answers.text == "Hello there.");
  REQUIRE(b.answers.done.size() == 1);
  CHECK(b.answers.done[0].usage == token_usage{5, 0, 2});
  CHECK(b.answers.done[0].reason == finish_reason::stop);
  CHECK(server.requests()[0].target() == "/v1/chat/completions");
  CHECK(b.device_metrics->waits.size() == 1);
  REQUIRE(b.device_metrics->batches.size() == 1);
  CHECK(b.device_metrics->batches[0].first == 1);
  CHECK(b.device_metrics->drops.empty());
}

TEST_CASE("a server that is busy at first is tried again") {
  completions_server server{{{status_answer(503, "busy")},
                             {status_answer(429, "busy")},
                             {stream_of({hello, there, done})}}};
  bench b{server.url()};
  b.ask();
  b.until_over();
  CHECK(b.answers.text == "Hello there.");
  CHECK(server.requests().size() == 3);
  CHECK(b.device_metrics->waits.size() == 1);
  CHECK(b.device_metrics->batches.size() == 3);
  CHECK(b.device_metrics->deepest == 1);
  CHECK(b.device_metrics->depth == 0);
}

TEST_CASE("after its retries a server that stays busy fails the reply") {
  completions_server server{
      {{status_answer(503, "x")}, {status_answer(503, "x")}, {status_answer(503, "x")}}};
  bench b{server.url()};
  b.ask();
  b.until_over();
  REQUIRE(b.answers.failed.size() == 1);
  CHECK(b.answers.failed[0].reason.code == errc::unavailable);
}

TEST_CASE("a refused request is not tried again") {
  completions_server server{{{status_answer(400, "no such model")}}};
  bench b{server.url()};
  b.ask();
  b.until_over();
  CHECK(b.answers.failed[0].reason.code == errc::invalid_argument);
  CHECK(server.requests().size() == 1);
}

TEST_CASE("a stream that breaks off after the first token is not begun anew") {
  completions_server server{{{stream_of({hello})}}};
  bench b{server.url()};
  b.ask();
  b.until_over();
  CHECK(b.answers.text == "Hello");
  CHECK(b.answers.failed.size() == 1);
  CHECK(server.requests().size() == 1);
}

TEST_CASE("a server that hangs in mid-reply runs into the deadline") {
  completions_server server{{{stream_of({hello}), true}}};
  bench b{server.url()};
  b.ask();
  b.until_over();
  CHECK(b.answers.failed[0].reason.code == errc::deadline);
  CHECK(b.device_metrics->batches.size() == 1);
  CHECK(b.device_metrics->drops == std::vector<work_drop>{work_drop::expired});
}

TEST_CASE("a cancelled reply ends at once and its connection is closed") {
  completions_server server{{{stream_of({hello}), true}}};
  bench b{server.url()};
  b.ask();
  for (int i = 0; i < 500 && b.answers.text.empty(); ++i) b.step();
  CHECK(b.answers.text == "Hello");
  caf::anon_send(b.engine, cancel_generation{{{"c"}, {1}, 1}});
  b.run();
  REQUIRE(b.answers.failed.size() == 1);
  CHECK(b.answers.failed[0].reason.code == errc::cancelled);
  CHECK(b.device_metrics->batches.empty());
  CHECK(b.device_metrics->drops == std::vector<work_drop>{work_drop::cancelled});
  b.step();
}

TEST_CASE("a base address may or may not name the version") {
  CHECK(completions_url("http://h:1") == "http://h:1/v1/chat/completions");
  CHECK(completions_url("http://h:1/v1/") == "http://h:1/v1/chat/completions");
}

TEST_CASE("two calls whose arguments come in turns arrive as pieces of each") {
  completions_server server{{{stream_of(
      {R"({"choices":[{"index":0,"delta":{"role":"assistant","content":null}}]})",
       call_chunk(
           R"({"index":0,"id":"a","type":"function","function":{"name":"f","arguments":""}})"),
       call_chunk(R"({"index":0,"function":{"arguments":"{\"x\":"}})"),
       call_chunk(
           R"({"index":1,"id":"b","type":"function","function":{"name":"g","arguments":"{}"}})"),
       call_chunk(R"({"index":0,"function":{"arguments":"1}"}})"), calls_end, usage, done})}}};
  bench b{server.url()};
  b.ask();
  b.until_over();
  const turn_id turn{{"c"}, {1}, 1};
  CHECK(b.answers.calls == std::vector<tool_call_piece>{{turn, 0, "a", "f", ""},
                                                        {turn, 0, "", "", "{\"x\":"},
                                                        {turn, 1, "b", "g", "{}"},
                                                        {turn, 0, "", "", "1}"}});
  REQUIRE(b.answers.done.size() == 1);
  CHECK(b.answers.done[0].reason == finish_reason::tool_calls);
  CHECK(b.answers.done[0].usage == token_usage{5, 0, 2});
  CHECK(b.answers.text.empty());
}

TEST_CASE("a server that gives a call in one piece without arguments and says stop is understood") {
  completions_server server{
      {{stream_of({hello, call_chunk(R"({"id":"a","function":{"name":"f"}})"),
                   R"({"choices":[{"delta":{},"finish_reason":"stop"}]})", done})}}};
  bench b{server.url()};
  b.ask();
  b.until_over();
  CHECK(b.answers.text == "Hello");
  REQUIRE(b.answers.calls.size() == 2);
  CHECK(b.answers.calls[0].name == "f");
  CHECK(b.answers.calls[1].arguments == "{}");
  REQUIRE(b.answers.done.size() == 1);
  CHECK(b.answers.done[0].reason == finish_reason::tool_calls);
}

TEST_CASE("a call that the server breaks is a failure that says so, and is not tried again") {
  const auto begin =
      call_chunk(R"({"index":0,"id":"a","function":{"name":"f","arguments":"{\"x"}})");
  const std::vector<std::vector<std::string>> transcripts{
      {begin, calls_end, done},                                                 // never ends
      {begin, R"({"choices":[{"delta":{},"finish_reason":"length"}]})", done},  // cut off
      {begin},                                                                  // gone
      {begin, call_chunk(R"({"index":7,"function":{"arguments":"{}"}})"), calls_end, done},
      {call_chunk(R"({"index":0,"id":"a","function":{"arguments":"{}"}})"), calls_end, done},
      {call_chunk(R"({"index":0,"id":"a","function":{"name":"f","arguments":"[1]"}})"), calls_end,
       done}};
  for (const auto& transcript : transcripts) {
    completions_server server{{{stream_of(transcript)}}};
    bench b{server.url()};
    b.ask();
    b.until_over();
    CHECK(b.answers.done.empty());
    REQUIRE(b.answers.failed.size() == 1);
    CHECK(b.answers.failed[0].reason.code == errc::failed);
    CHECK(server.requests().size() == 1);
  }
}
