#include "actors/conversation/conversation_actor.hpp"

#include <catch2/catch.hpp>

#include "actors/conversation/scripted_engine_actor.hpp"
#include "tests/actors/conversation/actor_fixture.hpp"

namespace {

using namespace dhr;
using namespace std::chrono_literals;
using dhr::test::turn;

struct conversation_world : dhr::test::actor_world {
  test::session_log log;
  conversation_client session = spawn(test::recording_session, &log);

  conversation_actor start(const engine_actor& engine, conversation_config config = {}) {
    return spawn(conversation_behavior, session, engine, config, token_counter{estimate_tokens});
  }
  engine_actor recite(std::string_view text, milliseconds after = 0ms) {
    return spawn(scripted_engine, script_of(text, after));
  }
};

converse request(std::uint64_t number, bool speak = true) {
  converse c;
  c.turn = turn(number);
  c.instructions = "You are Ada.";
  c.history = {{"user", "Hello?"}};
  c.speak = speak;
  return c;
}

}  // namespace

TEST_CASE("a spoken reply arrives as numbered clauses that are the text, then it is finished") {
  conversation_world world;
  const auto conversation = world.start(world.recite("Hello! I am Ada, as you know. Bye.\n"));
  caf::anon_send(conversation, request(1));
  world.run();
  CHECK(world.log.spoken() == "Hello! I am Ada, as you know. Bye.");
  REQUIRE(world.log.clauses.size() == 3);
  for (std::uint32_t i = 0; i < 3; ++i) {
    CHECK(world.log.clauses[i].index == i);
    CHECK(world.log.clauses[i].turn == turn(1));
  }
  REQUIRE(world.log.finished.size() == 1);
  CHECK(world.log.finished[0].clauses == 3);
  CHECK(world.log.finished[0].usage.output_tokens == 8);
  CHECK(world.log.failed.empty());
}

TEST_CASE("a clause leaves while the engine still writes the next one") {
  conversation_world world;
  const auto conversation = world.start(world.recite("Hello! I am Ada.", 10ms));
  caf::anon_send(conversation, request(1));
  world.pass(19ms);
  CHECK(world.log.clauses.empty());
  world.pass(2ms);
  CHECK(world.log.spoken() == "Hello!");
  CHECK(world.log.finished.empty());
}

TEST_CASE("a reply that is not spoken arrives as text, piece by piece") {
  conversation_world world;
  const auto conversation = world.start(world.recite("Hello! I am Ada."));
  caf::anon_send(conversation, request(1, false));
  world.run();
  CHECK(world.log.texts.size() == 4);
  CHECK(world.log.clauses.empty());
  CHECK(world.log.finished.size() == 1);
}

TEST_CASE("a new turn ends the one before, whose late tokens are dropped") {
  conversation_world world;
  test::engine_log engine;
  const engine_actor engine_handle = world.spawn(test::recording_engine, &engine);
  const auto conversation = world.start(engine_handle);
  caf::anon_send(conversation, request(1));
  caf::anon_send(conversation, request(2));
  world.run();
  CHECK(engine.cancelled == std::vector<turn_id>{turn(1)});
  REQUIRE(engine.requests.size() == 2);
  caf::anon_send(engine.askers[0], token_piece{turn(1), "Old news. "});
  caf::anon_send(engine.askers[0], generation_failed{turn(1), {errc::cancelled, "", "", {}}});
  caf::anon_send(engine.askers[1], token_piece{turn(2), "Good news. "});
  caf::anon_send(engine.askers[1], generation_done{turn(2), {}, finish_reason::stop});
  world.run();
  CHECK(world.log.spoken() == "Good news.");
  CHECK(world.log.failed.empty());
  REQUIRE(world.log.finished.size() == 1);
  CHECK(world.log.finished[0].turn == turn(2));
}

TEST_CASE("a cancelled reply falls silent without an answer and its engine is told") {
  conversation_world world;
  const auto conversation = world.start(world.recite("Hello! I am Ada. And so on.", 10ms));
  caf::anon_send(conversation, request(1));
  world.pass(25ms);
  const auto said = world.log.spoken();
  caf::anon_send(conversation, cancel_reply{turn(1)});
  world.pass(200ms);
  CHECK(said == "Hello!");
  CHECK(world.log.spoken() == said);
  CHECK(world.log.finished.empty());
  CHECK(world.log.failed.empty());
}

TEST_CASE("cancelling another turn than the current one changes nothing") {
  conversation_world world;
  const auto conversation = world.start(world.recite("Hello there."));
  caf::anon_send(conversation, request(2));
  caf::anon_send(conversation, cancel_reply{turn(1)});
  world.run();
  CHECK(world.log.finished.size() == 1);
}

TEST_CASE("a reply that takes longer than its budget fails and the engine stops") {
  conversation_world world;
  test::engine_log engine;
  const engine_actor engine_handle = world.spawn(test::recording_engine, &engine);
  const auto conversation = world.start(engine_handle);
  auto slow = request(1);
  slow.budget = 100ms;
  caf::anon_send(conversation, slow);
  world.pass(99ms);
  CHECK(world.log.failed.empty());
  world.pass(2ms);
  REQUIRE(world.log.failed.size() == 1);
  CHECK(world.log.failed[0].reason.code == errc::deadline);
  CHECK(engine.cancelled == std::vector<turn_id>{turn(1)});
}

TEST_CASE("an engine that dies fails the reply at once, and later ones too") {
  conversation_world world;
  const engine_actor engine = world.recite("Never said.", 1000ms);
  const auto conversation = world.start(engine);
  caf::anon_send(conversation, request(1));
  world.run();
  caf::anon_send_exit(engine, caf::exit_reason::kill);
  world.run();
  REQUIRE(world.log.failed.size() == 1);
  CHECK(world.log.failed[0].reason.code == errc::unavailable);
  caf::anon_send(conversation, request(2));
  world.run();
  REQUIRE(world.log.failed.size() == 2);
  CHECK(world.log.failed[1].turn == turn(2));
}

TEST_CASE("a conversation whose session dies stops its engine and ends") {
  conversation_world world;
  test::engine_log engine;
  const engine_actor engine_handle = world.spawn(test::recording_engine, &engine);
  const auto conversation = world.start(engine_handle);
  caf::anon_send(conversation, request(1));
  world.run();
  caf::anon_send_exit(world.session, caf::exit_reason::kill);
  world.run();
  CHECK(engine.cancelled == std::vector<turn_id>{turn(1)});
}

TEST_CASE("a conversation that is killed stops its engine") {
  conversation_world world;
  test::engine_log engine;
  const engine_actor engine_handle = world.spawn(test::recording_engine, &engine);
  auto conversation = world.start(engine_handle);
  caf::anon_send(conversation, request(1));
  world.run();
  engine.askers.clear();
  caf::anon_send_exit(conversation, caf::exit_reason::kill);
  world.run();
  CHECK(engine.cancelled == std::vector<turn_id>{turn(1)});
}

TEST_CASE("the engine is shown as much of the history as its context holds") {
  conversation_world world;
  test::engine_log engine;
  const engine_actor engine_handle = world.spawn(test::recording_engine, &engine);
  conversation_config config;
  config.context_tokens = 200;
  const auto conversation = world.start(engine_handle, config);
  auto c = request(1);
  c.history.clear();
  for (int i = 0; i < 20; ++i) {
    c.history.push_back({"user", "What about number " + std::to_string(i) + "?"});
    c.history.push_back({"assistant", "I do not know about it."});
  }
  c.history.push_back({"user", "And now?"});
  caf::anon_send(conversation, c);
  world.run();
  REQUIRE(engine.requests.size() == 1);
  const auto& sent = engine.requests[0];
  CHECK(sent.sampling.tokens_max == 100);
  CHECK(sent.messages.front() == chat_message{"system", "You are Ada."});
  CHECK(sent.messages.back() == chat_message{"user", "And now?"});
  CHECK(sent.messages.size() < 10);
}

TEST_CASE("a message that no context could hold fails with the reason") {
  conversation_world world;
  const auto conversation = world.start(world.recite("Hm."));
  auto c = request(1);
  c.history = {{"user", std::string(100'000, 'x')}};
  caf::anon_send(conversation, c);
  world.run();
  REQUIRE(world.log.failed.size() == 1);
  CHECK(world.log.failed[0].reason.code == errc::invalid_argument);
}

TEST_CASE("the session is told that another engine answers") {
  conversation_world world;
  test::engine_log engine;
  const engine_actor engine_handle = world.spawn(test::recording_engine, &engine);
  const auto conversation = world.start(engine_handle);
  caf::anon_send(conversation, request(1));
  world.run();
  REQUIRE(engine.askers.size() == 1);
  caf::anon_send(engine.askers[0], engine_fallback{turn(1), "sglang", "embedded", "It is down."});
  world.run();
  CHECK(world.log.changes ==
        std::vector<engine_changed>{{turn(1), "sglang", "embedded", "It is down."}});
}

TEST_CASE("one scripted engine serves many conversations, each at its own pace") {
  conversation_world world;
  const engine_actor engine = world.recite("One two three four.", 10ms);
  test::generation_log a;
  test::generation_log b;
  const generation_client asker_a = world.spawn(test::recording_asker, &a);
  const generation_client asker_b = world.spawn(test::recording_asker, &b);
  caf::anon_send(engine, generate{turn(1, "a"), {}, {}, 1000ms}, asker_a);
  world.pass(25ms);
  auto short_reply = generate{turn(1, "b"), {}, {}, 1000ms};
  short_reply.sampling.tokens_max = 2;
  caf::anon_send(engine, short_reply, asker_b);
  world.pass(12ms);
  caf::anon_send(engine, cancel_generation{turn(1, "a")});
  world.pass(100ms);
  CHECK(a.text == "One two three");
  REQUIRE(a.failed.size() == 1);
  CHECK(a.failed[0].reason.code == errc::cancelled);
  CHECK(b.text == "One two");
  REQUIRE(b.done.size() == 1);
  CHECK(b.done[0].reason == finish_reason::max_tokens);
}

namespace {

converse request_with_tools(std::string words) {
  auto c = request(1);
  c.history = {{"user", std::move(words)}};
  c.tools = {{"get_time", "The time.", ""}};
  return c;
}

}  // namespace

TEST_CASE("a function call streams in pieces, is whole at the end, and nothing of it is spoken") {
  conversation_world world;
  const auto conversation = world.start(world.recite("Never said."));
  caf::anon_send(conversation, request_with_tools(R"(/call get_time {"zone": "UTC"})"));
  world.run();
  REQUIRE(world.log.calls.size() == 1);
  const auto& call = world.log.calls[0];
  CHECK(call.name == "get_time");
  CHECK(call.arguments == R"({"zone": "UTC"})");
  CHECK_FALSE(call.call_id.empty());
  std::string streamed;
  for (const auto& piece : world.log.call_pieces) {
    CHECK(piece.name == "get_time");
    CHECK(piece.call_id == call.call_id);
    streamed += piece.arguments;
  }
  CHECK(world.log.call_pieces.size() >= 2);
  CHECK(streamed == call.arguments);
  CHECK(world.log.clauses.empty());
  REQUIRE(world.log.finished.size() == 1);
  CHECK(world.log.finished[0].function_calls == 1);
  CHECK(world.log.finished[0].reason == finish_reason::tool_calls);
}

TEST_CASE("what is said beside a call is spoken, the call is not") {
  conversation_world world;
  test::engine_log engine;
  const engine_actor engine_handle = world.spawn(test::recording_engine, &engine);
  const auto conversation = world.start(engine_handle);
  caf::anon_send(conversation, request_with_tools("What time is it?"));
  world.run();
  REQUIRE(engine.askers.size() == 1);
  CHECK(engine.requests[0].tools.size() == 1);
  caf::anon_send(engine.askers[0], token_piece{turn(1), "Let me see."});
  caf::anon_send(engine.askers[0], tool_call_piece{turn(1), 0, "c1", "get_time", "{}"});
  caf::anon_send(engine.askers[0], generation_done{turn(1), {}, finish_reason::tool_calls});
  world.run();
  CHECK(world.log.spoken() == "Let me see.");
  CHECK(world.log.calls == std::vector<function_call_ready>{{turn(1), 0, "c1", "get_time", "{}"}});
}

TEST_CASE("a call that breaks off fails the reply, stops the engine, and is never ready") {
  const std::vector<tool_call_piece> broken{{turn(1), 0, "c1", "get_time", "{\"zone"},
                                            {turn(1), 1, "", "", "{}"}};
  for (const auto& piece : broken) {
    conversation_world world;
    test::engine_log engine;
    const engine_actor engine_handle = world.spawn(test::recording_engine, &engine);
    const auto conversation = world.start(engine_handle);
    caf::anon_send(conversation, request_with_tools("What time is it?"));
    world.run();
    REQUIRE(engine.askers.size() == 1);
    caf::anon_send(engine.askers[0], piece);
    caf::anon_send(engine.askers[0], generation_done{turn(1), {}, finish_reason::tool_calls});
    world.run();
    CHECK(world.log.calls.empty());
    CHECK(world.log.finished.empty());
    REQUIRE(world.log.failed.size() == 1);
    CHECK(world.log.failed[0].reason.code == errc::failed);
  }
}

TEST_CASE("tools that make no sense fail the reply before the engine is asked") {
  conversation_world world;
  test::engine_log engine;
  const engine_actor engine_handle = world.spawn(test::recording_engine, &engine);
  const auto conversation = world.start(engine_handle);
  auto c = request_with_tools("Hi.");
  c.choice = {tool_choice_kind::function, "get_stars"};
  caf::anon_send(conversation, c);
  world.run();
  REQUIRE(world.log.failed.size() == 1);
  CHECK(world.log.failed[0].reason.code == errc::invalid_argument);
  CHECK(world.log.failed[0].reason.where == "tool_choice");
  CHECK(engine.requests.empty());
}

TEST_CASE(
    "words that are being spoken reach the engine as what the reply's prompt will begin with") {
  conversation_world world;
  test::engine_log engine;
  const engine_actor engine_handle = world.spawn(test::recording_engine, &engine);
  const conversation_actor conversation =
      world.spawn(conversation_behavior, world.session, engine_handle, conversation_config{},
                  token_counter{estimate_tokens});
  prepare_reply hint;
  hint.turn = turn(1);
  hint.instructions = "You are Ada.";
  hint.partial = "Hell";
  caf::anon_send(conversation, hint);
  caf::anon_send(conversation, request(1));
  world.run();
  REQUIRE(engine.prefills.size() == 1);
  CHECK(engine.prefills[0].messages ==
        std::vector<chat_message>{{"system", "You are Ada."}, {"user", "Hell"}});
  REQUIRE(engine.requests.size() == 1);
  CHECK(engine.requests[0].messages.front() == engine.prefills[0].messages.front());
  // While a reply is written the engine has better things to do.
  caf::anon_send(conversation, hint);
  world.run();
  CHECK(engine.prefills.size() == 1);
  CHECK(world.log.failed.empty());
}
