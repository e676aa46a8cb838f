#include "net/realtime/voice_live_input.hpp"

#include <catch2/catch.hpp>

using namespace dhr;
using namespace dhr::realtime;

namespace {

struct bench {
  event_decoder decoder{event_shape::voice_live};

  // A message to the session.
  client_event event(const std::string& json) {
    auto decoded = decoder.decode(json);
    INFO(json);
    if (!decoded) FAIL(decoded.assume_error().message);
    REQUIRE(decoded.assume_value());
    return *decoded.assume_value();
  }
  // Taken, and not yet a message to the session.
  bool waits(const std::string& json) {
    const auto decoded = decoder.decode(json);
    return decoded && !decoded.assume_value();
  }
  event_problem problem(const std::string& json) {
    const auto decoded = decoder.decode(json);
    REQUIRE_FALSE(decoded);
    return decoded.assume_error();
  }
};

}  // namespace

TEST_CASE("a turn of sound is appended and committed, or cleared when it is cancelled") {
  bench b;
  CHECK(b.waits(R"({"type":"input_audio.turn.start","turn_id":"t1"})"));
  const auto sound = b.event(
      R"({"type":"input_audio.turn.append","event_id":"e","turn_id":"t1","audio":"AQIDBA=="})");
  CHECK(std::get<append_audio>(sound) ==
        append_audio{to_request({request_kind::append_audio, "e"}), shared_bytes{"\1\2\3\4"}});
  const auto end = b.event(R"({"type":"input_audio.turn.end","event_id":"e2","turn_id":"t1"})");
  CHECK(std::get<commit_audio>(end).request == to_request({request_kind::commit_audio, "e2"}));
  CHECK(b.waits(R"({"type":"input_audio.turn.start","turn_id":"t2"})"));
  CHECK(std::holds_alternative<clear_audio>(
      b.event(R"({"type":"input_audio.turn.cancel","turn_id":"t2"})")));
}

TEST_CASE("input_audio.clear clears, and ends the turn of sound under way") {
  bench b;
  CHECK(b.waits(R"({"type":"input_audio.turn.start","turn_id":"t1"})"));
  CHECK(std::holds_alternative<clear_audio>(b.event(R"({"type":"input_audio.clear"})")));
  CHECK(b.waits(R"({"type":"input_audio.turn.start","turn_id":"t2"})"));
}

TEST_CASE("sound of a turn that is not under way is refused by its id") {
  bench b;
  const std::string begin = R"({"event_id":"e","turn_id":"t9","audio":"AQI=","type":)";
  for (const auto* type : {R"("input_audio.turn.append"})", R"("input_audio.turn.end"})",
                           R"("input_audio.turn.cancel"})"}) {
    const auto refused = b.problem(begin + type);
    CHECK(refused.code == "invalid_value");
    CHECK(refused.param == "turn_id");
    CHECK(refused.event_id == "e");
  }
  CHECK(b.waits(R"({"type":"input_audio.turn.start","turn_id":"t1"})"));
  CHECK(b.problem(R"({"type":"input_audio.turn.start","turn_id":"t2"})").param == "turn_id");
  CHECK(b.problem(R"({"type":"input_audio.turn.append","turn_id":"t1"})").code ==
        "missing_required_parameter");
}

TEST_CASE("a text that comes in pieces is one item of the user's once it is done") {
  bench b;
  CHECK(b.waits(R"({"type":"input_text.delta","id":"item_1","delta":"Hello"})"));
  CHECK(b.waits(R"({"type":"input_text.delta","id":"item_2","delta":"Other"})"));
  CHECK(b.waits(R"({"type":"input_text.delta","id":"item_1","content_index":0,"delta":" you"})"));
  const auto item =
      std::get<create_item>(b.event(R"({"type":"input_text.done","event_id":"e","id":"item_1"})"));
  CHECK(item.request == to_request({request_kind::create_item, "e"}));
  CHECK(item.item.id == "item_1");
  CHECK(item.item.role == item_role::user);
  CHECK(item.item.text == "Hello you");
  CHECK(b.problem(R"({"type":"input_text.done","id":"item_1"})").param == "id");
}

TEST_CASE("texts in pieces are bounded in length and number") {
  bench b;
  const std::string begin = R"({"type":"input_text.delta","id":")";
  const auto delta = [&](const std::string& id, const std::string& text) {
    return begin + id + R"(","delta":")" + text + R"("})";
  };
  const std::string half(40'000, 'x');
  CHECK(b.waits(delta("long", half)));
  CHECK(b.problem(delta("long", half)).code == "string_above_max_length");
  for (std::size_t i = 1; i <= 15; ++i) CHECK(b.waits(delta(std::string(i, 't'), "x")));
  CHECK(b.problem(delta("one_more", "x")).param == "id");
  CHECK(b.waits(delta("ttt", "y")));
}

TEST_CASE("what cannot be served is refused with what there is instead") {
  bench b;
  const auto avatar = b.problem(R"({"type":"session.avatar.connect","client_sdp":"v=0"})");
  CHECK(avatar.code == "unsupported_value");
  CHECK(avatar.message.find("blendshapes") != std::string::npos);
  const auto approval =
      b.problem(R"({"type":"conversation.item.create","item":{"type":"mcp_approval_response",)"
                R"("approval_request_id":"a","approve":true}})");
  CHECK(approval.code == "unsupported_value");
  CHECK(approval.param == "item.type");
  CHECK(approval.message.find("function_call_output") != std::string::npos);
  CHECK(b.problem(R"({"type":"mcp_approval_response"})").code == "unsupported_value");
}

TEST_CASE("in another shape Voice Live's own events are unknown") {
  event_decoder decoder{event_shape::ga};
  const auto decoded = decoder.decode(R"({"type":"input_text.delta","id":"i","delta":"x"})");
  REQUIRE_FALSE(decoded);
  CHECK(decoded.assume_error().code == "invalid_value");
  CHECK(decoded.assume_error().param == "type");
}
