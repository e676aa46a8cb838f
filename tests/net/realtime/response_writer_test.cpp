#include "net/realtime/response_writer.hpp"

#include "net/realtime/codec.hpp"
#include "tests/net/realtime/writing.hpp"

using namespace dhr;
using namespace dhr::realtime;
using namespace std::chrono_literals;
namespace json = boost::json;

using bench = writer_bench;

TEST_CASE("a session's opening is told with its settings, its conversation and the face's names") {
  bench b;
  auto settings = all_outputs();
  settings.instructions = "Be \"brief\".";
  settings.tools = {{"f", "Does it.", R"({"type":"object"})"}, {"g", {}, {}}};
  settings.choice = {tool_choice_kind::function, "g"};
  CHECK(b.write(session_opened{settings}) == strings{"session.created"});
  const auto& session = b.events[0].at("session").as_object();
  CHECK(session.at("type") == "realtime");
  CHECK(session.at("object") == "realtime.session");
  CHECK(session.at("model") == "test-model");
  CHECK(session.at("instructions") == "Be \"brief\".");
  CHECK(session.at("output_modalities") == json::array{"audio"});
  CHECK(session.at("audio").at("output").at("voice") == "joe");
  CHECK(session.at("audio").at("output").at("format") ==
        json::object{{"type", "audio/pcm"}, {"rate", 24'000}});
  CHECK(session.at("tools").at(0).at("parameters") == json::object{{"type", "object"}});
  CHECK_FALSE(session.at("tools").at(1).as_object().contains("parameters"));
  CHECK(session.at("tool_choice") == json::object{{"type", "function"}, {"name", "g"}});
  CHECK(session.at("animation").at("outputs") == json::array{"blendshapes", "viseme_id"});
  CHECK(session.at("output_audio_timestamp_types") == json::array{"word"});
  CHECK(session.at("digital_human").at("conversation_id") == "conv_1");
  CHECK(session.at("digital_human").at("fps") == 30);
  CHECK(session.at("digital_human").at("blendshapes").as_array().size() == 52);
  CHECK(session.at("digital_human").at("blendshapes").as_array()[17] == "jawOpen");
  CHECK(b.write(settings_changed{settings}) == strings{"session.updated"});
}

TEST_CASE("a session tells how it listens, in the names of each shape") {
  session_settings settings;
  settings.listening.input = {audio_encoding::pcmu, 8'000};
  settings.listening.detection.kind = turn_detection_kind::server_vad;
  settings.listening.detection.idle_timeout = 6'000ms;
  settings.listening.transcription = {true, "moonshine", "en", {}};
  settings.output = {audio_encoding::pcm16, 16'000};

  bench ga;
  ga.write(settings_changed{settings});
  const auto& input = ga.events[0].at("session").at("audio").at("input");
  CHECK(input.at("format") == json::object{{"type", "audio/pcmu"}});
  CHECK(input.at("turn_detection").at("type") == "server_vad");
  CHECK(input.at("turn_detection").at("silence_duration_ms") == 500);
  CHECK(input.at("turn_detection").at("idle_timeout_ms") == 6'000);
  CHECK(input.at("transcription").at("model") == "moonshine");
  CHECK(ga.events[0].at("session").at("audio").at("output").at("format").at("rate") == 16'000);

  bench beta{event_shape::beta};
  beta.write(settings_changed{settings});
  const auto& flat = beta.events[0].at("session").as_object();
  CHECK(flat.at("input_audio_format") == "g711_ulaw");
  CHECK(flat.at("output_audio_format") == "pcm16_16000hz");
  CHECK(flat.at("turn_detection").at("type") == "server_vad");
  CHECK(flat.at("input_audio_transcription").at("language") == "en");
  CHECK(flat.at("modalities") == json::array{"text", "audio"});
  CHECK_FALSE(flat.contains("audio"));
  CHECK_FALSE(flat.contains("input_audio_sampling_rate"));

  settings.blendshapes = true;
  settings.listening.detection = {turn_detection_kind::none};
  bench live{event_shape::voice_live};
  live.write(settings_changed{settings});
  const auto& azure = live.events[0].at("session").as_object();
  CHECK(azure.at("input_audio_sampling_rate") == 8'000);
  CHECK(azure.at("modalities") == json::array{"text", "audio", "animation"});
  CHECK(azure.at("animation").at("outputs") == json::array{"blendshapes"});
  CHECK(azure.at("turn_detection").is_null());
}

TEST_CASE("the beta is told of its conversation after its session, and nobody else is") {
  bench beta{event_shape::beta};
  CHECK(beta.write(session_opened{}) == strings{"session.created", "conversation.created"});
  CHECK(beta.events[1].at("conversation") ==
        json::object{{"id", "conv_1"}, {"object", "realtime.conversation"}});
  bench live{event_shape::voice_live};
  CHECK(live.write(session_opened{}) == strings{"session.created"});
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
  CHECK(b.events[1].at("item").at("content").at(0) ==
        json::value({{"type", "output_audio"}, {"transcript", "Hi"}}));
  const conversation_item heard{"item_3", item_role::user, item_status::completed, "", true};
  b.write(item_added{heard, "item_2"});
  CHECK(b.events[1].at("item").at("content").at(0) ==
        json::value({{"type", "input_audio"}, {"transcript", nullptr}}));
}

TEST_CASE("calls and their outputs are items of their own kind") {
  bench b;
  b.write(item_retrieved{call_item("item_1", "call_1", "{}")});
  const auto& call = b.events[0].at("item").as_object();
  CHECK(call.at("type") == "function_call");
  CHECK(call.at("call_id") == "call_1");
  CHECK(call.at("name") == "get_weather");
  CHECK(call.at("arguments") == "{}");
  CHECK_FALSE(call.contains("role"));
  auto item = call_item("item_2", "call_1", "21");
  item.kind = item_kind::function_call_output;
  b.write(item_retrieved{item});
  CHECK(b.events[0].at("item").at("type") == "function_call_output");
  CHECK(b.events[0].at("item").at("output") == "21");
}

TEST_CASE("the beta and Voice Live know an item as created, with their own kinds of content") {
  const auto shape = GENERATE(event_shape::beta, event_shape::voice_live);
  bench b{shape};
  const conversation_item said{"item_2", item_role::assistant, item_status::completed, "Hi", true};
  CHECK(b.write(item_added{said, "item_1"}) == strings{"conversation.item.created"});
  CHECK(b.events[0].at("item").at("content").at(0).at("type") == "audio");
  const conversation_item text{"item_3", item_role::assistant, item_status::completed, "Hi", false};
  b.write(item_retrieved{text});
  CHECK(b.events[0].at("item").at("content").at(0).at("type") == "text");
}

TEST_CASE("speech is told of with its times and items") {
  bench b;
  CHECK(b.write(listening_began{"item_1", 120}) == strings{"input_audio_buffer.speech_started"});
  CHECK(b.events[0].at("audio_start_ms") == 120);
  CHECK(b.events[0].at("item_id") == "item_1");
  CHECK(b.write(listening_ended{"item_1", 900}) == strings{"input_audio_buffer.speech_stopped"});
  CHECK(b.events[0].at("audio_end_ms") == 900);
  CHECK(b.write(audio_committed{"item_1", ""}) == strings{"input_audio_buffer.committed"});
  CHECK(b.events[0].at("previous_item_id").is_null());
  CHECK(b.write(audio_cleared{}) == strings{"input_audio_buffer.cleared"});
  CHECK(b.write(listening_timed_out{"item_2", 1, 2}) ==
        strings{"input_audio_buffer.timeout_triggered"});
  CHECK(b.events[0].at("audio_end_ms") == 2);
  CHECK(b.write(listening_ignored{"item_3", "echo"}) == strings{"digital_human.speech_ignored"});
  CHECK(b.events[0].at("reason") == "echo");
  CHECK(b.write(output_cleared{"resp_1"}) == strings{"output_audio_buffer.cleared"});
  CHECK(b.events[0].at("response_id") == "resp_1");
  CHECK(b.write(item_truncated{"item_4", 1'500}) == strings{"conversation.item.truncated"});
  CHECK(b.events[0].at("content_index") == 0);
  CHECK(b.events[0].at("audio_end_ms") == 1'500);
  prosody melody;
  melody.pitch_hz_median = 120.5;
  CHECK(b.write(speech_melody{"item_1", melody}) == strings{"digital_human.prosody"});
  CHECK(b.events[0].at("prosody").at("pitch_hz_median") == 120.5);
}

TEST_CASE("transcripts are told only where the session wants them") {
  bench b;
  session_settings settings;
  b.write(session_opened{settings});
  CHECK(b.write(transcript_piece{"item_1", "Hel"}).empty());
  CHECK(b.write(transcript_done{"item_1", "Hello.", 1'500}).empty());
  CHECK(b.write(transcript_failed_for{"item_1", {errc::failed, "no words"}}).empty());
  settings.listening.transcription.wanted = true;
  b.write(settings_changed{settings});
  CHECK(b.write(transcript_piece{"item_1", "Hel"}) ==
        strings{"conversation.item.input_audio_transcription.delta"});
  CHECK(b.events[0].at("delta") == "Hel");
  CHECK(b.events[0].at("content_index") == 0);
  CHECK(b.write(transcript_done{"item_1", "Hello.", 1'500}) ==
        strings{"conversation.item.input_audio_transcription.completed"});
  CHECK(b.events[0].at("transcript") == "Hello.");
  CHECK(b.events[0].at("usage") == json::object{{"type", "duration"}, {"seconds", 1.5}});
  CHECK(b.write(transcript_failed_for{"item_1", {errc::failed, "no words"}}) ==
        strings{"conversation.item.input_audio_transcription.failed"});
  CHECK(b.events[0].at("error").at("message") == "no words");
}

TEST_CASE("rate limits follow what was written last, with an id of their own") {
  bench b;
  b.write(audio_cleared{});
  b.writer.write_rate_limits(std::vector<door::rate_limit>{{"requests", 60, 59, 1.5}}, b.out);
  CHECK(b.parse() == strings{"input_audio_buffer.cleared", "rate_limits.updated"});
  CHECK(b.events[1].at("event_id") == "event_3_1_1");
  const auto& line = b.events[1].at("rate_limits").at(0);
  CHECK(line.at("name") == "requests");
  CHECK(line.at("limit") == 60);
  CHECK(line.at("remaining") == 59);
  CHECK(line.at("reset_seconds") == 1.5);
}

TEST_CASE("a limit whose name the protocol does not have is kept apart") {
  bench b;
  b.write(audio_cleared{});
  b.writer.write_rate_limits(
      std::vector<door::rate_limit>{{"requests", 60, 59, 1.5}, {"bytes", 100, 50, 30}}, b.out);
  b.parse();
  const auto& event = b.events.back();
  CHECK(event.at("rate_limits").as_array().size() == 1);
  const auto& own = event.at("digital_human").at("rate_limits").as_array();
  REQUIRE(own.size() == 1);
  CHECK(own[0].at("name") == "bytes");
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
  CHECK(fail(request_kind::update_session, {errc::invalid_argument, "no", "session.a.b", {}})
            .at("param") == "session.a.b");
  told = fail(request_kind::create_item, {errc::overloaded, "full", "", 2s});
  CHECK(told.at("type") == "server_error");
  CHECK(told.at("code") == "overloaded");
  CHECK(std::string{told.at("message").as_string()}.find("2000 ms") != std::string::npos);
  bench beta{event_shape::beta};
  beta.write(request_failed{to_request({request_kind::update_session, {}}), no_voice});
  CHECK(beta.events[0].at("error").at("param") == "session.voice");
}

TEST_CASE("what a request ran into has the public API's code") {
  const auto [kind, code, told] = GENERATE(table<request_kind, errc, std::string>({
      {request_kind::create_response, errc::overloaded, "conversation_already_has_active_response"},
      {request_kind::cancel_response, errc::not_found, "response_cancel_not_active"},
      {request_kind::delete_item, errc::not_found, "item_delete_invalid_item_id"},
      {request_kind::retrieve_item, errc::not_found, "item_retrieve_invalid_item_id"},
      {request_kind::truncate_item, errc::not_found, "item_truncate_invalid_item_id"},
      {request_kind::truncate_item, errc::invalid_argument, "invalid_value"},
      {request_kind::commit_audio, errc::invalid_argument, "input_audio_buffer_commit_empty"},
      {request_kind::append_audio, errc::invalid_argument, "invalid_value"},
      {request_kind::create_item, errc::invalid_argument, "invalid_value"},
  }));
  bench b;
  b.write(request_failed{to_request({kind, "e"}), {code, "because", "resp_1", {}}});
  const auto& problem = b.events[0].at("error").as_object();
  CHECK(problem.at("code") == json::value(told));
  CHECK(problem.at("type") == "invalid_request_error");
  CHECK(problem.at("event_id") == "e");
}

TEST_CASE("trouble that no event of the client's asked for names no event") {
  bench b;
  b.write(request_failed{{}, {errc::invalid_argument, "no such packet", "audio", {}}});
  CHECK(b.events[0].at("error").at("param") == "audio");
  CHECK(b.events[0].at("error").at("event_id").is_null());
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
