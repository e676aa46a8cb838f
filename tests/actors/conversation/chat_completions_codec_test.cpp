#include "actors/conversation/chat_completions_codec.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>

using namespace dhr;

TEST_CASE(
    "a request names the model, the messages and the sampling, and asks for a stream with usage") {
  generate request;
  request.messages = {{"system", "Be \"brief\"."}, {"user", "Hi"}};
  request.sampling = {0.5, 0.9, 77};
  const auto json = boost::json::parse(encode_chat_request(request, "llama3:70b"));
  CHECK(json.at("model").as_string() == "llama3:70b");
  CHECK(json.at_pointer("/messages/0/content").as_string() == "Be \"brief\".");
  CHECK(json.at("max_tokens").as_int64() == 77);
  CHECK(json.at("stream").as_bool());
  CHECK(json.at_pointer("/stream_options/include_usage").as_bool());
}

TEST_CASE("chunks give text, the reason of the end, and usage; null and missing are the same") {
  const auto text =
      decode_chat_chunk(R"({"choices":[{"delta":{"content":"Hi"},"finish_reason":null}]})");
  CHECK(text.assume_value().text == "Hi");
  CHECK_FALSE(text.assume_value().finish);
  const auto role = decode_chat_chunk(
      R"({"choices":[{"delta":{"role":"assistant","content":null}}],"usage":null})");
  CHECK(role.assume_value().text.empty());
  const auto thought = decode_chat_chunk(R"({"choices":[{"delta":{"reasoning_content":"hm"}}]})");
  CHECK(thought.assume_value().text.empty());
  CHECK(decode_chat_chunk(R"({"choices":[{"delta":{},"finish_reason":"length"}]})")
            .assume_value()
            .finish == finish_reason::max_tokens);
  CHECK(decode_chat_chunk(R"({"choices":[{"delta":{},"finish_reason":"stop"}]})")
            .assume_value()
            .finish == finish_reason::stop);
  const auto usage = decode_chat_chunk(
      R"({"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":4,"prompt_tokens_details":{"cached_tokens":5}}})");
  CHECK(usage.assume_value().usage == token_usage{9, 5, 4});
  CHECK(decode_chat_chunk("[DONE]").assume_value().done);
}

TEST_CASE("an error in the stream and what is no JSON are errors") {
  const auto trouble = decode_chat_chunk(R"({"error":{"message":"out of memory"}})");
  CHECK(trouble.assume_error().code == errc::unavailable);
  CHECK(trouble.assume_error().message.find("out of memory") != std::string::npos);
  const auto flat = decode_chat_chunk(R"({"object":"error","message":"too long"})");
  CHECK(flat.assume_error().message.find("too long") != std::string::npos);
  const auto aborted = decode_chat_chunk(R"({"choices":[{"delta":{},"finish_reason":"abort"}]})");
  CHECK(aborted.assume_error().code == errc::failed);
  CHECK(decode_chat_chunk("nonsense").assume_error().code == errc::failed);
  CHECK(decode_chat_chunk("[1]").assume_error().code == errc::failed);
}

TEST_CASE("tools, the choice, calls and outputs are sent as the API has them") {
  generate request;
  request.messages = {{"user", "Weather?"},
                      {"assistant", "", {{"c1", "get_weather", "{\"city\": \"Paris\"}"}}},
                      {"tool", "18 degrees", {}, "c1"}};
  request.tools = {{"get_weather", "The weather.", R"({"type":"object"})"}, {"get_time", "", ""}};
  request.choice = {tool_choice_kind::function, "get_weather"};
  const auto json = boost::json::parse(encode_chat_request(request, "m"));
  CHECK(json.at_pointer("/tools/0/type").as_string() == "function");
  CHECK(json.at_pointer("/tools/0/function/name").as_string() == "get_weather");
  CHECK(json.at_pointer("/tools/0/function/parameters/type").as_string() == "object");
  CHECK_FALSE(json.at_pointer("/tools/1/function").as_object().contains("parameters"));
  CHECK(json.at_pointer("/tool_choice/function/name").as_string() == "get_weather");
  CHECK(json.at_pointer("/messages/1/content").is_null());
  CHECK(json.at_pointer("/messages/1/tool_calls/0/id").as_string() == "c1");
  CHECK(json.at_pointer("/messages/1/tool_calls/0/function/arguments").as_string() ==
        "{\"city\": \"Paris\"}");
  CHECK(json.at_pointer("/messages/2/role").as_string() == "tool");
  CHECK(json.at_pointer("/messages/2/tool_call_id").as_string() == "c1");
  for (const auto& [kind, name] : {std::pair{tool_choice_kind::automatic, "auto"},
                                   {tool_choice_kind::none, "none"},
                                   {tool_choice_kind::required, "required"}}) {
    request.choice = {kind, {}};
    const auto sent = boost::json::parse(encode_chat_request(request, "m"));
    CHECK(sent.at("tool_choice").as_string() == name);
  }
  request.tools.clear();
  const auto plain = boost::json::parse(encode_chat_request(request, "m"));
  CHECK_FALSE(plain.as_object().contains("tools"));
  CHECK_FALSE(plain.as_object().contains("tool_choice"));
}

TEST_CASE("chunks give the pieces of calls, as text or as an object, and their finish") {
  const auto begun = decode_chat_chunk(
      R"({"choices":[{"delta":{"content":null,"tool_calls":[{"index":1,"id":"a","type":"function","function":{"name":"f","arguments":""}},{"index":2,"id":"b","function":{"name":"g","arguments":{"x":1}}}]}}]})");
  const auto& calls = begun.assume_value().calls;
  REQUIRE(calls.size() == 2);
  CHECK(calls[0].index == 1);
  CHECK(calls[0].id == "a");
  CHECK(calls[0].name == "f");
  CHECK(calls[1].arguments == R"({"x":1})");
  CHECK(decode_chat_chunk(R"({"choices":[{"delta":{},"finish_reason":"tool_calls"}]})")
            .assume_value()
            .finish == finish_reason::tool_calls);
  for (const auto* odd : {R"({"choices":[{"delta":{"tool_calls":null}}]})",
                          R"({"choices":[{"delta":{"tool_calls":[7]}}]})"}) {
    CHECK(decode_chat_chunk(odd).assume_value().calls.empty());
  }
}

TEST_CASE("calls are numbered from 0 in the order in which they begin, with an id each") {
  const turn_id turn{{"c"}, {1}, 1};
  tool_call_numbering numbering;
  CHECK(numbering.number(turn, {1, "a", "f", "{"}) == tool_call_piece{turn, 0, "a", "f", "{"});
  CHECK(numbering.number(turn, {4, "", "g", ""}).index == 1);
  CHECK(numbering.number(turn, {1, "", "", "}"}) == tool_call_piece{turn, 0, "", "", "}"});
  // Some servers repeat the id and the name.
  CHECK(numbering.number(turn, {1, "a", "f", " "}) == tool_call_piece{turn, 0, "", "", " "});
  // Others number all calls alike.
  CHECK(numbering.number(turn, {1, "c", "f", "{}"}) == tool_call_piece{turn, 2, "c", "f", "{}"});
  CHECK(numbering.number(turn, {9, "", "", "{}"}) == tool_call_piece{turn, 3, "", "", "{}"});
  CHECK_FALSE(tool_call_numbering{}.number(turn, {0, "", "f", ""}).call_id.empty());
}
