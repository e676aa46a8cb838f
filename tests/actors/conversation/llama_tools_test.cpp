// Function calls of the real model.
#include <catch2/catch.hpp>

#include "actors/conversation/llama_runner.hpp"
#include "actors/conversation/tool_call_table.hpp"

namespace {

using namespace dhr;
constexpr mono_time start{};

llama_runner& runner() {
  static const auto loaded = [] {
    set_language_log({});
    llama_config config;
    config.model_path = DHR_DEPS_DIR "/models/language/smollm2-135m-instruct-q4_0.gguf";
    config.context_tokens = 1024;
    config.sequences_max = 2;
    auto result = llama_runner::load(config);
    REQUIRE(result);
    return std::move(result.value());
  }();
  return *loaded;
}

const std::string schema = R"({"type":"object","properties":{
    "city":{"type":"string"},"unit":{"enum":["celsius","fahrenheit"]},
    "days":{"type":"integer"}},"required":["city","unit"]})";

generate ask(std::string question, tool_choice_kind kind, int tokens_max = 120) {
  static std::uint64_t turns = 0;
  generate request;
  request.turn = {{"tools"}, {1}, ++turns};
  request.messages = {{"system", "You are Ada."}, {"user", std::move(question)}};
  request.sampling = {0, 1, tokens_max};
  request.tools = {{"get_weather", "The weather of a city.", schema},
                   {"get_time", "The time.", ""}};
  request.choice = {kind, kind == tool_choice_kind::function ? "get_weather" : ""};
  return request;
}

struct outcome {
  std::string text;
  tool_call_table calls;
  std::vector<tool_call_piece> pieces;
  std::optional<generation_done> done;
  std::optional<generation_failed> failed;
};

void take(outcome& o, const token_piece& piece) { o.text += piece.text; }
void take(outcome& o, const tool_call_piece& piece) {
  REQUIRE(o.calls.take(piece));
  o.pieces.push_back(piece);
}
void take(outcome& o, const generation_done& done) { o.done = done; }
void take(outcome& o, const generation_failed& failed) { o.failed = failed; }

outcome reply(const generate& request) {
  REQUIRE(runner().submit(request, start));
  outcome o;
  while (!runner().is_idle()) {
    for (const auto& event : runner().step(start)) {
      std::visit([&](const auto& e) { take(o, e); }, event);
    }
  }
  return o;
}

void check_called(const outcome& o, const std::string& name) {
  CHECK(o.text.empty());
  REQUIRE(o.done);
  CHECK(o.done->reason == finish_reason::tool_calls);
  REQUIRE(o.calls.calls().size() == 1);
  CHECK(o.calls.check());
  CHECK(o.calls.calls()[0].name == name);
  CHECK_FALSE(o.calls.calls()[0].call_id.empty());
}

}  // namespace

TEST_CASE(
    "a chosen function is called with arguments of its schema, streamed, at any temperature") {
  for (const double temperature : {0.0, 0.7, 1.5}) {
    auto request = ask("How is the weather in Paris?", tool_choice_kind::function);
    request.sampling.temperature = temperature;
    const auto o = reply(request);
    check_called(o, "get_weather");
    CHECK(o.pieces.size() > 3);
    const auto& arguments = o.calls.calls()[0].arguments;
    CHECK(arguments.starts_with("{\"city\": \""));
    const bool has_unit = arguments.find("\"unit\": \"celsius\"") != std::string::npos ||
                          arguments.find("\"unit\": \"fahrenheit\"") != std::string::npos;
    CHECK(has_unit);
  }
}

TEST_CASE("when a call is required the reply is one, of one of the tools") {
  const auto o = reply(ask("Hello.", tool_choice_kind::required));
  REQUIRE(o.calls.calls().size() == 1);
  const auto name = o.calls.calls()[0].name;
  CHECK((name == "get_weather" || name == "get_time"));
  check_called(o, name);
}

TEST_CASE("with the choice none the model speaks, tag or not") {
  const auto o = reply(ask("How is the weather?", tool_choice_kind::none, 12));
  CHECK_FALSE(o.text.empty());
  CHECK(o.pieces.empty());
}

TEST_CASE("a model that may choose speaks when its reply begins with words") {
  auto request = ask("Hello.", tool_choice_kind::automatic, 12);
  request.messages.push_back({"assistant", "Hello! I am Ada."});
  request.messages.push_back({"user", "Tell me a story about a cat."});
  const auto o = reply(request);
  CHECK_FALSE(o.text.empty());
  CHECK(o.pieces.empty());
}

TEST_CASE("a model that may choose and begins with the tag calls, and the tag is never spoken") {
  auto request = ask("How is the weather in Rome?", tool_choice_kind::automatic);
  // It has seen how it is done.
  for (const auto* city : {"Rome", "Oslo"}) {
    const std::string id = city;
    const auto arguments = "{\"city\": \"" + id + "\", \"unit\": \"celsius\"}";
    request.messages.push_back({"assistant", "", {{id, "get_weather", arguments}}});
    request.messages.push_back({"tool", "20 degrees", {}, id});
    request.messages.push_back({"assistant", "It has 20 degrees in " + id + "."});
    request.messages.push_back({"user", "How is the weather in " + id + "?"});
  }
  request.messages.back().content = "How is the weather in Paris?";
  check_called(reply(request), "get_weather");
}

TEST_CASE("a call that the token limit cuts off is a failure with the function's name") {
  const auto o = reply(ask("How is the weather?", tool_choice_kind::function, 22));
  CHECK_FALSE(o.done);
  REQUIRE(o.failed);
  CHECK(o.failed->reason.code == errc::failed);
  CHECK(o.failed->reason.message.find("get_weather") != std::string::npos);
}

TEST_CASE("tools whose schema makes no grammar are refused") {
  auto request = ask("Hello.", tool_choice_kind::required);
  request.tools[0].parameters = "[]";
  const auto refused = runner().submit(request, start);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::invalid_argument);
  CHECK(runner().is_idle());
}

TEST_CASE("the reply to an output reads only what is new, the call is in the cache") {
  auto request = ask("How is the weather in Paris?", tool_choice_kind::function);
  const auto called = reply(request);
  check_called(called, "get_weather");
  auto next = ask("", tool_choice_kind::automatic, 8);
  next.messages = request.messages;
  next.messages.push_back({"assistant", "", called.calls.calls()});
  next.messages.push_back({"tool", "18 degrees", {}, called.calls.calls()[0].call_id});
  const auto spoken = reply(next);
  REQUIRE(spoken.done);
  CHECK(spoken.done->usage.cached_tokens > called.done->usage.input_tokens);
  CHECK(spoken.pieces.empty());
  CHECK_FALSE(spoken.text.empty());
}

TEST_CASE("a model that may not call does not say the calls that it saw") {
  auto request = ask("How is the weather in Paris?", tool_choice_kind::none, 30);
  request.messages.push_back({"assistant", "", {{"c1", "get_weather", R"({"city": "Paris"})"}}});
  request.messages.push_back({"tool", R"({"temperature": 18})", {}, "c1"});
  for (const double temperature : {0.0, 0.7, 1.5}) {
    request.sampling.temperature = temperature;
    ++request.turn.number;
    const auto o = reply(request);
    REQUIRE(o.done);
    CHECK_FALSE(o.text.empty());
    CHECK(o.text.find("<tool") == std::string::npos);
    CHECK(o.pieces.empty());
  }
}
