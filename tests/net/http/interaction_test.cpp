#include "net/http/interaction.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>

using namespace dhr;
using namespace dhr::http;
using namespace std::chrono_literals;
namespace json = boost::json;

namespace {

finished_interaction finished() {
  finished_interaction done;
  done.conversation.value = "conv_1";
  done.turn.samples.assign(4'800, 258);
  done.turn.frames.resize(6);
  done.turn.visemes = {{2'400, 21}};
  done.turn.words = {{"Hello", 2'400, 4'800}};
  done.turn.notices = {{"engine_fallback", "why"}};
  felt glad;
  glad.weights[feeling::joy] = 0.75f;
  done.turn.feelings = {glad};
  done.turn.finished.item.text = "Hello \"you\".";
  done.turn.finished.usage = {12, 4, 3};
  done.turn.finished.timings = {1ms, 2ms, 3ms, 4ms};
  return done;
}

}  // namespace

TEST_CASE("an interaction's answer holds text, face, figures and notices") {
  interaction_request request;
  const auto answer = encode_interaction(request, finished(), 30);
  CHECK(answer.status == 200);
  const auto told = json::parse(answer.body).as_object();
  CHECK(told.at("response") == "Hello \"you\".");
  CHECK(told.at("session_id") == "conv_1");
  CHECK(told.at("status") == "completed");
  const auto& animation = told.at("animation");
  CHECK(animation.at("fps") == 30);
  CHECK(animation.at("blendshapes").as_array().size() == 52);
  CHECK(animation.at("frames").as_array().size() == 6);
  CHECK(animation.at("head").as_array().size() == 6);
  CHECK(animation.at("visemes").as_array()[0].at("audio_offset_ms") == 100);
  CHECK(animation.at("words").as_array()[0].at("audio_duration_ms") == 100);
  CHECK(told.at("timings_ms").at("first_audio") == 3);
  CHECK(told.at("usage").at("total_tokens") == 15);
  CHECK(told.at("notices").as_array()[0].at("kind") == "engine_fallback");
  CHECK(told.at("emotions").as_array().size() == 1);
  CHECK(told.at("emotions").as_array()[0].at("emotions").at("joy") == 0.75);
  CHECK_FALSE(told.contains("audio"));
}

TEST_CASE("sound is given if it is asked for, and the face is left out if it is not") {
  interaction_request request;
  request.audio = true;
  request.animation = false;
  const auto told = json::parse(encode_interaction(request, finished(), 30).body).as_object();
  CHECK_FALSE(told.contains("animation"));
  CHECK(told.at("audio").at("format") == "wav");
  CHECK(told.at("audio").at("sample_rate") == 24'000);
  const std::size_t bytes = 44 + 9'600;
  CHECK(told.at("audio").at("data").as_string().size() == (bytes + 2) / 3 * 4);
}

TEST_CASE("a turn that failed becomes an error with its own status") {
  auto done = finished();
  done.turn.finished.status = turn_status::failed;
  done.turn.finished.problem = error{errc::unavailable, "no engine", {}, {}};
  CHECK(encode_interaction({}, done, 30).status == 503);
  done.turn.finished.problem = error{errc::deadline, "slow", {}, {}};
  CHECK(encode_interaction({}, done, 30).status == 504);
  done.turn.finished.problem.reset();
  const auto answer = encode_interaction({}, done, 30);
  CHECK(answer.status == 500);
  CHECK(json::parse(answer.body).at("error").at("type") == "server_error");
}

TEST_CASE("an overload tells in whole seconds when to come back") {
  const auto answer = error_reply(error{errc::overloaded, "full", {}, 1'500ms});
  CHECK(answer.status == 503);
  REQUIRE(answer.headers.size() == 1);
  CHECK(answer.headers[0] == std::pair<std::string, std::string>{"Retry-After", "2"});
}

TEST_CASE("what was heard is told where there was sound, and nowhere else") {
  auto done = finished();
  CHECK_FALSE(json::parse(encode_interaction({}, done, 30).body).as_object().contains("input"));
  done.heard = "What is a \"bond\"?";
  const auto told = json::parse(encode_interaction({}, done, 30).body);
  CHECK(told.at("input").at("transcript") == "What is a \"bond\"?");
}

TEST_CASE("an interaction may wish for a zone and labels of the node") {
  const auto wished = decode_interaction(R"({"text":"Hi","zone":"rack-b","labels":"gpu=a100"})");
  REQUIRE(wished);
  CHECK(wished.assume_value().wish == node_wish{"rack-b", {{"gpu", "a100"}}});
  const auto wrong = decode_interaction(R"({"text":"Hi","labels":"gpu"})");
  REQUIRE_FALSE(wrong);
  CHECK(wrong.assume_error().param == "labels");
}
