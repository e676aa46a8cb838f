#include "actors/conversation/fallback_engine_actor.hpp"

#include <catch2/catch.hpp>

#include "tests/actors/conversation/actor_fixture.hpp"

using namespace dhr;
using namespace dhr::test;
using namespace std::chrono_literals;

namespace {

struct bench : actor_world {
  engine_log first;
  engine_log second;
  generation_log answers;
  manual_clock time;
  generation_client asker = spawn(recording_asker, &answers);
  engine_actor first_engine = spawn(recording_engine, &first);
  engine_actor second_engine = spawn(recording_engine, &second);
  engine_actor both = spawn_fallback_engine(system(), {first_engine,
                                                       "sglang",
                                                       second_engine,
                                                       "embedded",
                                                       {2, 30s},
                                                       &time,
                                                       std::make_shared<null_language_metrics>()});

  ~bench() { caf::anon_send_exit(both, caf::exit_reason::user_shutdown); }
  void ask(std::uint64_t turn) {
    generate request;
    request.turn = {{"c"}, {1}, turn};
    caf::anon_send(both, request, asker);
    run();
  }
  template <class Message>
  void answer(const engine_log& engine, Message message) {
    message.turn = engine.requests.back().turn;
    caf::anon_send(engine.askers.back(), std::move(message));
    run();
  }
  void fail_first(errc code = errc::unavailable) {
    answer(first, generation_failed{{}, {code, "it is down", "sglang", {}}});
  }
};

// Of no turn yet.
token_piece said(std::string text) {
  token_piece piece;
  piece.text = std::move(text);
  return piece;
}

tool_call_piece begun(std::string name) {
  tool_call_piece piece;
  piece.call_id = "a";
  piece.name = std::move(name);
  piece.arguments = "{";
  return piece;
}

}  // namespace

TEST_CASE("while the first engine answers, the second is not asked") {
  bench b;
  b.ask(1);
  b.answer(b.first, said("Hi"));
  b.answer(b.first, generation_done{});
  CHECK(b.answers.text == "Hi");
  CHECK(b.answers.done.size() == 1);
  CHECK(b.answers.fallbacks.empty());
  CHECK(b.second.requests.empty());
}

TEST_CASE("a failure before the first token is answered by the second engine, and told") {
  bench b;
  b.ask(1);
  b.fail_first();
  REQUIRE(b.answers.fallbacks.size() == 1);
  CHECK(b.answers.fallbacks[0].from == "sglang");
  CHECK(b.answers.fallbacks[0].why == "it is down");
  REQUIRE(b.second.requests.size() == 1);
  b.answer(b.second, said("Hello"));
  b.answer(b.second, generation_done{});
  CHECK(b.answers.text == "Hello");
  CHECK(b.answers.failed.empty());
}

TEST_CASE("a failure after the first token is a failure, since the words are out") {
  bench b;
  b.ask(1);
  b.answer(b.first, said("Hi"));
  b.fail_first();
  CHECK(b.answers.failed.size() == 1);
  CHECK(b.second.requests.empty());
}

TEST_CASE("an interruption is no failure of the engine and goes to the one that answers") {
  bench b;
  b.ask(1);
  caf::anon_send(b.both, cancel_generation{{{"c"}, {1}, 1}});
  b.run();
  CHECK(b.first.cancelled.size() == 1);
  b.fail_first(errc::cancelled);
  CHECK(b.answers.failed.size() == 1);
  CHECK(b.second.requests.empty());
}

TEST_CASE("an engine that failed several times in a row is left alone for a while") {
  bench b;
  for (std::uint64_t turn = 1; turn <= 2; ++turn) {
    b.ask(turn);
    b.fail_first();
  }
  b.ask(3);
  CHECK(b.first.requests.size() == 2);
  CHECK(b.second.requests.size() == 3);
  CHECK(b.answers.fallbacks.size() == 3);
  b.time.advance(31s);
  b.ask(4);
  CHECK(b.first.requests.size() == 3);
  b.answer(b.first, said("back"));
  b.ask(5);
  CHECK(b.first.requests.size() == 4);
}

TEST_CASE("the replies that a dead engine owes are taken over or failed at once") {
  bench b;
  b.ask(1);
  caf::anon_send_exit(b.first_engine, caf::exit_reason::kill);
  b.run();
  REQUIRE(b.second.requests.size() == 1);
  caf::anon_send_exit(b.second_engine, caf::exit_reason::kill);
  b.run();
  REQUIRE(b.answers.failed.size() == 1);
  CHECK(b.answers.failed[0].reason.code == errc::unavailable);
  b.ask(2);
  CHECK(b.answers.failed.size() == 2);
}

TEST_CASE("the pieces of a call pass, and after the first one no other engine takes over") {
  bench b;
  b.ask(1);
  b.answer(b.first, begun("f"));
  b.fail_first();
  REQUIRE(b.answers.calls.size() == 1);
  CHECK(b.answers.calls[0].name == "f");
  CHECK(b.answers.failed.size() == 1);
  CHECK(b.second.requests.empty());
}
