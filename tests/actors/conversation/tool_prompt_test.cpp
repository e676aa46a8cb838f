#include "actors/conversation/tool_prompt.hpp"

#include <catch2/catch.hpp>

#include "tests/actors/conversation/gbnf_matcher.hpp"

namespace {

using namespace dhr;

const tool_definition weather{
    "get_weather", "The weather of a city.",
    R"({"type":"object","properties":{"city":{"type":"string"}},"required":["city"]})"};
const tool_definition clock_tool{"get_time", "The time.", ""};

generate with_tools(tool_choice choice = {}) {
  generate request;
  request.messages = {{"system", "You are Ada."}, {"user", "Hi"}};
  request.tools = {weather, clock_tool};
  request.choice = std::move(choice);
  return request;
}

bool is_call(const generate& request, std::string_view text) {
  const auto grammar = tool_call_grammar(request);
  REQUIRE(grammar);
  return dhr::test::gbnf_matcher{grammar.assume_value()}.matches("root", text);
}

const std::string weather_call =
    R"(<tool_call>[{"name": "get_weather", "arguments": {"city": "Paris"}}]</tool_call>)";
const std::string time_call = R"(<tool_call>[{"name": "get_time", "arguments": {}}]</tool_call>)";

struct heard {
  std::string name;
  std::string arguments;
  bool whole = false;
};

heard read(std::string_view text, std::size_t piece) {
  tool_call_reader reader;
  heard all;
  for (; !text.empty(); text.remove_prefix(std::min(piece, text.size()))) {
    CHECK_FALSE((reader.is_whole() && all.arguments.empty()));
    auto news = reader.push(text.substr(0, piece));
    all.name += news.name;
    all.arguments += news.arguments;
  }
  all.whole = reader.is_whole();
  return all;
}

errc refusal(const std::vector<tool_definition>& tools, const tool_choice& choice = {}) {
  return check_tools(tools, choice).assume_error().code;
}

}  // namespace

TEST_CASE("the tools are told after the system message, or in one of their own") {
  auto request = with_tools();
  auto plain = plain_messages(request);
  REQUIRE(plain.size() == 2);
  CHECK(plain[0].content.starts_with("You are Ada.\n\n"));
  CHECK(plain[0].content.find("get_weather") != std::string::npos);
  CHECK(plain[0].content.find(weather.parameters) != std::string::npos);
  request.messages.erase(request.messages.begin());
  plain = plain_messages(request);
  REQUIRE(plain.size() == 2);
  CHECK(plain[0].role == "system");
}

TEST_CASE("with the choice none the model is not shown the tools") {
  const auto request = with_tools({tool_choice_kind::none, {}});
  CHECK(plain_messages(request) == request.messages);
}

TEST_CASE("calls and their outputs become words that a plain template can hold") {
  generate request;
  request.messages = {{"user", "Weather?"},
                      {"assistant", "", {{"c1", "get_weather", R"({"city": "Paris"})"}}},
                      {"tool", "18 degrees", {}, "c1"}};
  const auto plain = plain_messages(request);
  REQUIRE(plain.size() == 3);
  CHECK(plain[1] == chat_message{"assistant", weather_call});
  CHECK(plain[2] == chat_message{"user", "Result of get_weather: 18 degrees"});
}

TEST_CASE("the grammar takes a call of each tool with arguments of its schema") {
  CHECK(is_call(with_tools(), weather_call));
  CHECK(is_call(with_tools(), time_call));
  CHECK_FALSE(is_call(with_tools(), "Hello."));
  CHECK_FALSE(
      is_call(with_tools(),
              R"(<tool_call>[{"name": "get_time", "arguments": {"city": "P"}}]</tool_call>)"));
}

TEST_CASE("with a chosen function the grammar takes calls of that one only") {
  const auto request = with_tools({tool_choice_kind::function, "get_time"});
  CHECK(is_call(request, time_call));
  CHECK_FALSE(is_call(request, weather_call));
}

TEST_CASE("a call is read the same however its text is cut") {
  const std::string text = R"(<tool_call>[{"name": "f", "arguments": )"
                           R"({"a": "}\"{", "b": [{"c": "\\"}], "d": {}}}]</tool_call>)";
  for (std::size_t piece = 1; piece <= text.size(); ++piece) {
    const auto all = read(text, piece);
    CHECK(all.name == "f");
    CHECK(all.arguments == R"({"a": "}\"{", "b": [{"c": "\\"}], "d": {}})");
    CHECK(all.whole);
  }
}

TEST_CASE("a call is whole with the last character of its arguments, not before") {
  tool_call_reader reader;
  static_cast<void>(reader.push(R"(<tool_call>[{"name": "f", "arguments": {"a": {})"));
  CHECK_FALSE(reader.is_whole());
  static_cast<void>(reader.push("}"));
  CHECK(reader.is_whole());
}

TEST_CASE("tools and choices that make no sense are refused") {
  CHECK(check_tools({weather, clock_tool}, {tool_choice_kind::function, "get_time"}));
  CHECK(check_tools({}, {}));
  CHECK(refusal({{"two words", "", ""}}) == errc::invalid_argument);
  CHECK(refusal({weather, weather}) == errc::invalid_argument);
  CHECK(refusal({{"f", "", "[]"}}) == errc::invalid_argument);
  CHECK(refusal({}, {tool_choice_kind::required, {}}) == errc::invalid_argument);
  CHECK(refusal({weather}, {tool_choice_kind::function, "get_time"}) == errc::invalid_argument);
  CHECK(refusal(std::vector<tool_definition>(129, weather)) == errc::invalid_argument);
}

TEST_CASE("tools take room in the prompt, no tools take none") {
  CHECK(tokens_of_tools({}, estimate_tokens) == 0);
  CHECK(tokens_of_tools({weather}, estimate_tokens) >
        estimate_tokens(weather.description + weather.parameters));
}
