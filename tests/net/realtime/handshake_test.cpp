#include "net/realtime/handshake.hpp"

#include <catch2/catch.hpp>

using namespace dhr::realtime;

TEST_CASE("the door's path is taken with a model and a conversation") {
  const auto plain = read_handshake("/v1/realtime", "", true);
  REQUIRE(plain);
  CHECK(plain.assume_value().conversation.value.empty());
  CHECK_FALSE(plain.assume_value().subprotocol);
  const auto full = read_handshake("/v1/realtime?model=gpt-realtime&conversation=conv%5F1&x",
                                   "openai-insecure-api-key.k, realtime", true);
  REQUIRE(full);
  CHECK(full.assume_value().model == "gpt-realtime");
  CHECK(full.assume_value().conversation.value == "conv_1");
  CHECK(full.assume_value().subprotocol);
}

TEST_CASE("a request that is not for the door is refused with the right status") {
  const auto [target, upgrade, status] = GENERATE(table<std::string, bool, int>({
      {"/v2/realtime", true, 404},
      {"/", true, 404},
      {"/v1/realtime/", true, 404},
      {"/v1/realtime", false, 426},
      {"/v1/realtime?conversation=a%20b", true, 400},
      {"/v1/realtime?conversation=../x", true, 400},
      {"http://elsewhere/v1/realtime", true, 400},
      {"", true, 400},
  }));
  const auto refused = read_handshake(target, "", upgrade);
  REQUIRE_FALSE(refused);
  CHECK(refused.assume_error().status == status);
  CHECK_FALSE(refused.assume_error().problem.message.empty());
}
