#include "actors/conversation/scripted_engine_actor.hpp"

#include <catch2/catch.hpp>

#include "tests/actors/conversation/actor_fixture.hpp"

namespace {

using namespace dhr;
using namespace std::chrono_literals;
using dhr::test::turn;

struct bench : dhr::test::actor_world {
  test::generation_log answers;
  generation_client asker = spawn(test::recording_asker, &answers);
  engine_actor engine = spawn(scripted_engine, script_of("As always.", 10ms));

  void ask(std::string words, tool_choice choice = {}) {
    answers = {};
    generate request{turn(1), {{"user", std::move(words)}}, {}, 1000ms};
    request.tools = {{"get_time", "", ""}, {"get_weather", "", ""}};
    request.choice = std::move(choice);
    caf::anon_send(engine, request, asker);
    pass(1000ms);
  }
  std::string arguments() const {
    std::string all;
    for (const auto& piece : answers.calls) all += piece.arguments;
    return all;
  }
};

}  // namespace

TEST_CASE("the scripted engine calls the tool that the user's words name, in pieces") {
  bench b;
  b.ask(R"(/call get_weather {"city": "Paris", "days": [1, 2]})");
  REQUIRE(b.answers.calls.size() >= 2);
  CHECK(b.answers.calls[0].name == "get_weather");
  CHECK_FALSE(b.answers.calls[0].call_id.empty());
  CHECK(b.answers.calls[1].name.empty());
  CHECK(b.arguments() == R"({"city": "Paris", "days": [1, 2]})");
  CHECK(b.answers.text.empty());
  REQUIRE(b.answers.done.size() == 1);
  CHECK(b.answers.done[0].reason == finish_reason::tool_calls);
}

TEST_CASE("the scripted engine says its script when the words name no call that it may make") {
  bench b;
  for (const auto* words : {"/call get_stars {}", "/call get_time", "/call get_time {", "Hi."}) {
    b.ask(words);
    CHECK(b.answers.text == "As always.");
    CHECK(b.answers.calls.empty());
  }
  b.ask("/call get_time {}", {tool_choice_kind::none, {}});
  CHECK(b.answers.text == "As always.");
}

TEST_CASE("the scripted engine calls what it must") {
  bench b;
  b.ask("Hi.", {tool_choice_kind::required, {}});
  REQUIRE(b.answers.calls.size() == 2);
  CHECK(b.answers.calls[0].name == "get_time");
  CHECK(b.arguments() == "{}");
  b.ask("/call get_time {\"a\": 1}", {tool_choice_kind::function, "get_weather"});
  CHECK(b.answers.calls.at(0).name == "get_weather");
  CHECK(b.arguments() == "{}");
}

TEST_CASE("the scripted engine recites the output of a tool") {
  bench b;
  generate request{turn(1), {{"user", "Hi"}}, {}, 1000ms};
  request.messages.push_back({"assistant", "", {{"c1", "get_time", "{}"}}});
  request.messages.push_back({"tool", "It is noon.", {}, "c1"});
  caf::anon_send(b.engine, request, b.asker);
  b.pass(1000ms);
  CHECK(b.answers.text == "It is noon.");
  CHECK(b.answers.pieces.size() == 3);
  CHECK(b.answers.done.at(0).reason == finish_reason::stop);
}
