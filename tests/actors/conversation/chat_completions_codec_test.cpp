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
