#include "net/realtime/response_writer.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <set>
#include <span>

#include "net/realtime/codec.hpp"

using namespace dhr;
using namespace dhr::realtime;
using namespace std::chrono_literals;
namespace json = boost::json;

namespace {

struct bench {
  response_writer writer{{30, "test-model"}};
  std::uint64_t sequence = 0;
  std::vector<outgoing> out;
  std::vector<json::object> events;  // of the last write

  std::vector<std::string> write(session_payload payload, std::uint64_t turn = 0) {
    out.clear();
    events.clear();
    writer.write({{{"conv_1"}, {3}, turn}, ++sequence, std::move(payload)}, out);
    std::vector<std::string> types;
    for (const auto& event : out) {
      events.push_back(json::parse(event.json).as_object());
      types.emplace_back(events.back().at("type").as_string());
    }
    return types;
  }
};

session_settings all_outputs() {
  session_settings settings;
  settings.voice = "joe";
  settings.blendshapes = settings.visemes = settings.word_timestamps = true;
  return settings;
}

media_chunk chunk() {
  const std::vector<face_frame> frames(2);
  return {4'800,
          shared_bytes{std::string("\0\1\2\3", 4)},
          6,
          shared_bytes::of(std::span<const face_frame>{frames}),
          {{4'824, 21}, {7'200, 0}},
          {{"Hi.", 4'800, 9'600}}};
}

turn_finished finish(turn_status status, bool spoken) {
  turn_finished finished{"resp_1",
                         {"item_2", item_role::assistant, item_status::completed, "Hi.", spoken},
                         status,
                         {},
                         {},
                         {10, 4, 3},
                         {1ms, 2ms, 3ms, 4ms}};
  return finished;
}

using strings = std::vector<std::string>;

}  // namespace

TEST_CASE("a session's opening is told with its settings, its conversation and the face's names") {
  bench b;
  auto settings = all_outputs();
  settings.instructions = "Be \"brief\".";
  CHECK(b.write(session_opened{settings}) == strings{"session.created"});
  const auto& session = b.events[0].at("session").as_object();
  CHECK(session.at("type") == "realtime");
  CHECK(session.at("object") == "realtime.session");
  CHECK(session.at("model") == "test-model");
  CHECK(session.at("instructions") == "Be \"brief\".");
  CHECK(session.at("output_modalities") == json::array{"audio"});
  CHECK(session.at("audio").at("output").at("voice") == "joe");
  CHECK(session.at("audio").at("output").at("format").at("rate") == 24'000);
  CHECK(session.at("animation").at("outputs") == json::array{"blendshapes", "viseme_id"});
  CHECK(session.at("output_audio_timestamp_types") == json::array{"word"});
  CHECK(session.at("digital_human").at("conversation_id") == "conv_1");
  CHECK(session.at("digital_human").at("fps") == 30);
  CHECK(session.at("digital_human").at("blendshapes").as_array().size() == 52);
  CHECK(session.at("digital_human").at("blendshapes").as_array()[17] == "jawOpen");
  CHECK(b.write(settings_changed{settings}) == strings{"session.updated"});
}

TEST_CASE("a spoken turn's events come in the protocol's order with one id each") {
  bench b;
  strings types;
  std::set<std::string> ids;
  const auto write = [&](session_payload payload) {
    for (auto& type : b.write(std::move(payload), 7)) types.push_back(std::move(type));
    for (const auto& event : b.events) ids.emplace(event.at("event_id").as_string());
  };
  write(turn_started{"resp_1", "item_2", "item_1", all_outputs()});
  write(text_piece{"Hi."});
  write(chunk());
  write(finish(turn_status::completed, true));
  CHECK(types == strings{"response.created", "response.output_item.added",
                         "conversation.item.added", "response.content_part.added",
                         "response.output_audio_transcript.delta", "response.output_audio.delta",
                         "response.animation_blendshapes.delta", "response.animation_viseme.delta",
                         "response.animation_viseme.delta", "response.audio_timestamp.delta",
                         "response.output_audio_transcript.done", "response.output_audio.done",
                         "response.animation_blendshapes.done", "response.animation_viseme.done",
                         "response.audio_timestamp.done", "response.content_part.done",
                         "response.output_item.done", "conversation.item.done", "response.done"});
  CHECK(ids.size() == types.size());
}

TEST_CASE("a media chunk's events carry the turn's ids and the times of the sound") {
  bench b;
  b.write(turn_started{"resp_1", "item_2", "item_1", all_outputs()}, 7);
  b.write(chunk(), 7);
  REQUIRE(b.events.size() == 5);
  for (const auto& event : b.events) {
    CHECK(event.at("response_id") == "resp_1");
    CHECK(event.at("item_id") == "item_2");
    CHECK(event.at("output_index") == 0);
    CHECK(event.at("content_index") == 0);
  }
  for (const auto& event : b.out) {
    CHECK(event.media);
    CHECK(event.turn == 7);
  }
  CHECK(b.events[0].at("delta") == "AAECAw==");
  CHECK(b.events[1].at("frame_index") == 6);
  CHECK(b.events[1].at("frames").as_array().size() == 2);
  CHECK(b.events[1].at("digital_human").at("head").as_array().size() == 2);
  CHECK(b.events[2].at("viseme_id") == 21);
  CHECK(b.events[2].at("audio_offset_ms") == 201);
  CHECK(b.events[4].at("text") == "Hi.");
  CHECK(b.events[4].at("audio_offset_ms") == 200);
  CHECK(b.events[4].at("audio_duration_ms") == 200);
  CHECK(b.events[4].at("timestamp_type") == "word");
}

TEST_CASE("a client that asked for sound alone gets sound alone") {
  bench b;
  session_settings settings;
  b.write(turn_started{"resp_1", "item_2", "", settings}, 1);
  CHECK(b.write(chunk(), 1) == strings{"response.output_audio.delta"});
  CHECK(b.write(finish(turn_status::completed, true), 1) ==
        strings{"response.output_audio_transcript.done", "response.output_audio.done",
                "response.content_part.done", "response.output_item.done", "conversation.item.done",
                "response.done"});
}

TEST_CASE("a chunk that holds only frames sends no empty sound") {
  bench b;
  b.write(turn_started{"resp_1", "item_2", "", all_outputs()}, 1);
  auto rest = chunk();
  rest.pcm = {};
  rest.visemes.clear();
  rest.words.clear();
  CHECK(b.write(rest, 1) == strings{"response.animation_blendshapes.delta"});
}

TEST_CASE("a written turn is text alone") {
  bench b;
  session_settings settings = all_outputs();
  settings.modality = output_modality::text;
  b.write(turn_started{"resp_1", "item_2", "", settings}, 1);
  CHECK(b.events[3].at("part").at("type") == "text");
  CHECK(b.write(text_piece{"Hi \"you\"."}, 1) == strings{"response.output_text.delta"});
  CHECK(b.events[0].at("delta") == "Hi \"you\".");
  CHECK(b.out[0].json.substr(b.out[0].delta_at) == R"(Hi \"you\"."})");
  CHECK(b.write(finish(turn_status::completed, false), 1) ==
        strings{"response.output_text.done", "response.content_part.done",
                "response.output_item.done", "conversation.item.done", "response.done"});
  CHECK(b.events[0].at("text") == "Hi.");
}

TEST_CASE("response.done tells status, output, usage and where the time went") {
  bench b;
  b.write(turn_started{"resp_1", "item_2", "item_1", all_outputs()}, 7);
  b.write(finish(turn_status::completed, true), 7);
  const auto& response = b.events.back().at("response").as_object();
  CHECK(response.at("id") == "resp_1");
  CHECK(response.at("object") == "realtime.response");
  CHECK(response.at("status") == "completed");
  CHECK(response.at("status_details").is_null());
  const auto& item = response.at("output").as_array().at(0).as_object();
  CHECK(item.at("content").as_array().at(0).at("type") == "output_audio");
  CHECK(item.at("content").as_array().at(0).at("transcript") == "Hi.");
  CHECK(response.at("usage").at("total_tokens") == 13);
  CHECK(response.at("usage").at("input_tokens") == 10);
  CHECK(response.at("usage").at("output_tokens") == 3);
  CHECK(response.at("usage").at("input_token_details").at("cached_tokens") == 4);
  CHECK(response.at("digital_human").at("turn") == 7);
  CHECK(response.at("digital_human").at("timings").at("first_audio_ms") == 3);
}

TEST_CASE("a turn that did not complete says why") {
  bench b;
  b.write(turn_started{"resp_1", "item_2", "", all_outputs()}, 1);
  auto cancelled = finish(turn_status::cancelled, true);
  cancelled.reason = "client_cancelled";
  b.write(cancelled, 1);
  CHECK(b.events.back().at("response").at("status") == "cancelled");
  CHECK(b.events.back().at("response").at("status_details").at("reason") == "client_cancelled");

  b.write(turn_started{"resp_1", "item_2", "", all_outputs()}, 2);
  auto failed = finish(turn_status::failed, true);
  failed.problem = error{errc::deadline, "too slow", "voice", {}};
  b.write(failed, 2);
  const auto& details = b.events.back().at("response").at("status_details");
  CHECK(details.at("type") == "failed");
  CHECK(details.at("error").at("type") == "server_error");
  CHECK(details.at("error").at("code") == "deadline");
  CHECK(details.at("error").at("message") == "too slow");
}

TEST_CASE("pieces of a turn that is over are not sent") {
  bench b;
  CHECK(b.write(text_piece{"early"}, 1).empty());
  b.write(turn_started{"resp_1", "item_2", "", all_outputs()}, 1);
  b.write(finish(turn_status::cancelled, true), 1);
  CHECK(b.write(chunk(), 1).empty());
  b.write(turn_started{"resp_2", "item_3", "", all_outputs()}, 2);
  CHECK(b.write(text_piece{"late"}, 1).empty());
  CHECK(b.write(finish(turn_status::completed, true), 1).empty());
  CHECK(b.write(text_piece{"now"}, 2).size() == 1);
}

TEST_CASE("an added item is added and done, and each role has its kind of content") {
  bench b;
  const conversation_item user{"item_1", item_role::user, item_status::completed, "Hello", false};
  CHECK(b.write(item_added{user, ""}) ==
        strings{"conversation.item.added", "conversation.item.done"});
  CHECK(b.events[0].at("previous_item_id").is_null());
  CHECK(b.events[0].at("item").at("role") == "user");
  CHECK(b.events[0].at("item").at("content").as_array().at(0) ==
        json::value({{"type", "input_text"}, {"text", "Hello"}}));
  const conversation_item said{"item_2", item_role::assistant, item_status::incomplete, "Hi", true};
  b.write(item_added{said, "item_1"});
  CHECK(b.events[1].at("previous_item_id") == "item_1");
  CHECK(b.events[1].at("item").at("status") == "incomplete");
  CHECK(b.write(item_deleted{"item_1"}) == strings{"conversation.item.deleted"});
  CHECK(b.events[0].at("item_id") == "item_1");
  CHECK(b.write(item_retrieved{user}) == strings{"conversation.item.retrieved"});
}

TEST_CASE("a refused request names the client's event and the field as the client wrote it") {
  bench b;
  const auto fail = [&](request_kind kind, error reason) {
    CHECK(b.write(request_failed{to_request(request_tag{kind, "evt"}), std::move(reason)}) ==
          strings{"error"});
    return b.events[0].at("error").as_object();
  };
  const error no_voice{errc::not_found, "there is no such voice", "voice", {}};
  auto told = fail(request_kind::update_session, no_voice);
  CHECK(told.at("param") == "session.audio.output.voice");
  CHECK(told.at("event_id") == "evt");
  CHECK(told.at("type") == "invalid_request_error");
  CHECK(fail(request_kind::create_response, no_voice).at("param") == "response.audio.output.voice");
  told = fail(request_kind::create_response, {errc::overloaded, "busy", "resp_1", {}});
  CHECK(told.at("code") == "conversation_already_has_active_response");
  CHECK(told.at("param").is_null());
  told = fail(request_kind::cancel_response, {errc::not_found, "none", "response_id", {}});
  CHECK(told.at("code") == "response_cancel_not_active");
  told = fail(request_kind::create_item, {errc::overloaded, "full", "", 2s});
  CHECK(told.at("type") == "server_error");
  CHECK(told.at("code") == "overloaded");
  CHECK(std::string{told.at("message").as_string()}.find("2000 ms") != std::string::npos);
}

TEST_CASE("a problem that the door found is told with its field and the client's event") {
  const event_problem problem{"invalid_request_error", "invalid_type", "must be", "session.voice",
                              "e1"};
  const auto told = json::parse(error_event(problem, "event_door_1").json).as_object();
  CHECK(told.at("type") == "error");
  CHECK(told.at("event_id") == "event_door_1");
  CHECK(told.at("error").at("param") == "session.voice");
  CHECK(told.at("error").at("event_id") == "e1");
}

TEST_CASE("the resting face, notices and the end have events of their own") {
  bench b;
  const std::vector<face_frame> frames(3);
  CHECK(b.write(idle_chunk{60, shared_bytes::of(std::span<const face_frame>{frames})}) ==
        strings{"digital_human.idle.delta"});
  CHECK(b.events[0].at("frame_index") == 60);
  CHECK(b.events[0].at("frames").as_array().size() == 3);
  CHECK(b.events[0].at("head").as_array().size() == 3);
  CHECK(b.write(notice{"engine_fallback", "why"}) == strings{"digital_human.notice"});
  CHECK(b.events[0].at("kind") == "engine_fallback");
  CHECK(b.write(session_closed{"idle", "nobody"}) == strings{"digital_human.session_closed"});
  CHECK(b.events[0].at("reason") == "idle");
}
