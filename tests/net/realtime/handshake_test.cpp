#include "net/realtime/handshake.hpp"

#include <catch2/catch.hpp>

using namespace dhr::realtime;

namespace {

handshake read(std::string_view target, std::string_view subprotocols = {},
               std::string_view beta = {}) {
  const auto got = read_handshake({target, subprotocols, beta, true});
  if (!got) FAIL(got.assume_error().problem.message);
  return got.assume_value();
}

handshake_refusal refusal(std::string_view target, bool upgrade = true) {
  const auto got = read_handshake({target, {}, {}, upgrade});
  INFO(target);
  REQUIRE_FALSE(got);
  CHECK_FALSE(got.assume_error().problem.message.empty());
  return got.assume_error();
}

}  // namespace

TEST_CASE("the door's path is taken with a model and a conversation") {
  const auto plain = read("/v1/realtime");
  CHECK(plain.conversation.value.empty());
  CHECK(plain.last_event_id.empty());
  CHECK_FALSE(plain.subprotocol);
  const auto full = read(
      "/v1/"
      "realtime?model=gpt-realtime&conversation=conv%5F1&last_event_id=event_1_2_3&x=&api-key=k",
      "openai-insecure-api-key.k, realtime");
  CHECK(full.model == "gpt-realtime");
  CHECK(full.conversation.value == "conv_1");
  CHECK(full.last_event_id == "event_1_2_3");
  CHECK(full.subprotocol);
}

TEST_CASE("every path that public clients ask for is the door") {
  for (const auto* path :
       {"/v1/realtime", "/realtime", "/openai/realtime", "/openai/v1/realtime"}) {
    INFO(path);
    CHECK(read(path).shape == event_shape::ga);
  }
  CHECK(read("/voice-live/realtime?api-version=2025-10-01&model=gpt-4o").shape ==
        event_shape::voice_live);
}

TEST_CASE("a client that asks for the beta by header or subprotocol gets its shape") {
  CHECK(read("/v1/realtime", "", "realtime=v1").shape == event_shape::beta);
  CHECK(read("/v1/realtime", "", "assistants=v2, realtime=v1").shape == event_shape::beta);
  CHECK(read("/v1/realtime", "realtime, openai-beta.realtime-v1").shape == event_shape::beta);
  CHECK(read("/v1/realtime", "realtime", "realtime=v2").shape == event_shape::ga);
  CHECK(read("/voice-live/realtime", "", "realtime=v1").shape == event_shape::voice_live);
}

TEST_CASE("Azure's deployment names the model unless a model is named") {
  CHECK(read("/openai/realtime?deployment=ours").model == "ours");
  CHECK(read("/openai/realtime?model=m&deployment=ours").model == "m");
  CHECK(read("/openai/realtime?deployment=ours&model=m").model == "m");
}

TEST_CASE("a request that is not for the door is refused with the right status") {
  for (const auto& [target, status] :
       std::vector<std::pair<std::string, int>>{{"/v2/realtime", 404},
                                                {"/", 404},
                                                {"/v1/realtime/", 404},
                                                {"/v1/realtime?conversation=a%20b", 400},
                                                {"/v1/realtime?conversation=../x", 400},
                                                {"/v1/realtime?last_event_id=a/b", 400},
                                                {"http://elsewhere/v1/realtime", 400},
                                                {"", 400}}) {
    INFO(target);
    CHECK(refusal(target).status == status);
  }
  CHECK(refusal("/v1/realtime", false).status == 426);
}

TEST_CASE("what is not supported is refused by name and says what to do instead") {
  const auto transcribing = refusal("/v1/realtime?intent=transcription");
  CHECK(transcribing.status == 400);
  CHECK(transcribing.problem.param == "intent");
  CHECK(transcribing.problem.message.find("audio.input.transcription") != std::string::npos);
  const auto call = refusal("/v1/realtime?call_id=rtc_1");
  CHECK(call.problem.code == "unsupported_value");
  CHECK(call.problem.param == "call_id");
}

TEST_CASE("a client may wish for a zone and labels of the node") {
  CHECK(read("/v1/realtime").wish == dhr::node_wish{});
  const auto wished = read("/v1/realtime?zone=rack-b&labels=gpu%3Da100,tier%3Dgold").wish;
  CHECK(wished.zone == "rack-b");
  CHECK(wished.labels == std::map<std::string, std::string>{{"gpu", "a100"}, {"tier", "gold"}});
  CHECK(refusal("/v1/realtime?labels=gpu").problem.param == "labels");
}

TEST_CASE("a client says that it can be redirected") {
  CHECK_FALSE(read("/v1/realtime").redirect);
  CHECK(read("/v1/realtime?redirect=true").redirect);
  CHECK(refusal("/v1/realtime?redirect=maybe").problem.param == "redirect");
}
