#include "actors/session/messages.hpp"

#include <catch2/catch.hpp>
#include <limits>

#include "actors/session/actors.hpp"
#include "tests/support/deterministic_system.hpp"

using namespace dhr;
using namespace std::chrono_literals;

namespace {

using test_system = testing::deterministic_system<add_session_messages>;

settings_patch full_patch() {
  settings_patch patch;
  patch.instructions = "Be brief.";
  patch.voice = "slt";
  patch.speech_rate = 1.25;
  patch.modality = output_modality::text;
  patch.blendshapes = true;
  patch.temperature = std::numeric_limits<double>::infinity();
  patch.tokens_max = 17;
  patch.input = audio_format{audio_encoding::pcmu, 8'000};
  patch.output = audio_format{audio_encoding::pcma, 8'000};
  patch.detection = turn_detection{
      turn_detection_kind::server_vad, 0.25, 1ms, 2ms, 3ms, eagerness_kind::low, false, false};
  patch.transcription = transcription_settings{true, "m", "en", "p"};
  patch.tools = {{"look_up", "Looks up.", R"({"type":"object"})"}};
  patch.choice = tool_choice{tool_choice_kind::function, "look_up"};
  return patch;
}

}  // namespace

TEST_CASE("what a client says to a session arrives unchanged at another node") {
  test_system world;
  const auto same = [&](auto message) {
    return testing::round_trip(world.system, message) == message;
  };
  const auto asked = [&](auto request) { return same(client_request{std::move(request)}); };
  const conversation_item item{
      "i",      item_role::system, item_status::incomplete, "t", true, item_kind::function_call,
      "call_1", "look_up"};
  CHECK(same(attach_client{false, true, event_mark{1, 2, 3}}));
  CHECK(asked(update_session{"e", full_patch()}));
  CHECK(asked(create_item{"e", "root", item, shared_bytes{"\1\2"}}));
  CHECK(asked(delete_item{"e", "i"}));
  CHECK(asked(retrieve_item{"e", "i"}));
  CHECK(asked(truncate_item{"e", "i", 1'234}));
  CHECK(asked(create_response{"e", full_patch(), true, std::vector{item}, {{"k", "v"}}}));
  CHECK(asked(cancel_response{"e", "r"}));
  CHECK(asked(append_audio{"e", shared_bytes{"\1\2"}}));
  CHECK(asked(commit_audio{"e"}));
  CHECK(asked(clear_audio{"e"}));
  CHECK(asked(clear_output{"e"}));
  CHECK(same(drain_session{7s}));
  CHECK(same(open_conversation{{"conv_1"}, "key_a", {"rack-a", {{"gpu", "a100"}}}, "url"}));
  CHECK(same(drain_all{3s}));
}

TEST_CASE("what a session says to a client arrives unchanged at another node") {
  test_system world;
  const auto trip = [&](session_payload payload) {
    const session_event event{{{"conv_1"}, {3}, 9}, 12, std::move(payload)};
    auto copy = testing::round_trip(world.system, event);
    CHECK(copy.turn == event.turn);
    CHECK(copy.sequence == 12);
    CHECK(copy.payload.index() == event.payload.index());
    return copy.payload;
  };
  const auto same = [&](auto payload) {
    return std::get<decltype(payload)>(trip(payload)) == payload;
  };
  session_settings settings;
  settings.sampling.temperature = 0.1;
  settings.voice = "joe";
  const conversation_item item{"i", item_role::assistant, item_status::completed, "Hi.", true};
  CHECK(same(session_opened{settings}));
  CHECK(same(session_resumed{3}));
  CHECK(same(resume_gap{"gone"}));
  CHECK(same(item_truncated{"i", 900}));
  CHECK(same(listening_began{"i", 1}));
  CHECK(same(listening_ended{"i", 2}));
  CHECK(same(listening_ignored{"i", "no_words"}));
  CHECK(same(listening_timed_out{"i", 1, 2}));
  CHECK(same(audio_committed{"i", "before"}));
  CHECK(same(audio_cleared{}));
  CHECK(same(output_cleared{"r"}));
  CHECK(same(transcript_piece{"i", "Hel"}));
  CHECK(same(transcript_done{"i", "Hello.", 700}));
  CHECK(same(speech_melody{"i", {180.5, 3.25, -20, 4, 0.5, 1, 0.25, 900}}));
  CHECK(same(felt{{{"conv_1"}, {3}, 9}, 2, {{0.5f}}, {{0.75f}}, {}, {{0.125f}}, {"comfort"}, 480}));
  CHECK(same(call_piece{1, "i", "call_1", "look_up", "{"}));
  CHECK(same(call_ready{1, item, "before"}));
  CHECK(std::get<transcript_failed_for>(
            trip(transcript_failed_for{"i", {errc::deadline, "slow", "", {}}}))
            .reason.code == errc::deadline);
  CHECK(same(settings_changed{settings}));
  CHECK(same(item_added{item, "before"}));
  CHECK(same(item_deleted{"i"}));
  CHECK(same(item_retrieved{item}));
  CHECK(same(turn_started{"r", "i", "before", settings, true, "resp_0", {{"k", "v"}}}));
  CHECK(same(text_piece{"Hello, "}));
  CHECK(same(media_chunk{4'800,
                         shared_bytes{std::string("\0\1\2\3", 4)},
                         6,
                         shared_bytes{"f"},
                         {{4'801, 21}},
                         {{"Hello,", 4'800, 9'600}}}));
  CHECK(same(idle_chunk{30, shared_bytes{"f"}}));
  CHECK(same(notice{"engine_fallback", "because"}));
  CHECK(same(session_closed{"idle", "nobody"}));

  const auto failed =
      std::get<request_failed>(trip(request_failed{"e", {errc::overloaded, "full", "items", 2s}}));
  CHECK(failed.request == "e");
  CHECK(failed.reason.code == errc::overloaded);
  CHECK(failed.reason.retry_after == 2s);

  const auto finished =
      std::get<turn_finished>(trip(turn_finished{"r",
                                                 item,
                                                 turn_status::failed,
                                                 "why",
                                                 error{errc::deadline, "slow", "voice", {}},
                                                 {1, 2, 3},
                                                 {1ms, 2ms, 3ms, 4ms, {5ms, 6ms}},
                                                 {item}}));
  CHECK(finished.item == item);
  CHECK(finished.status == turn_status::failed);
  CHECK(finished.problem->code == errc::deadline);
  CHECK(finished.usage == token_usage{1, 2, 3});
  CHECK(finished.timings == turn_timings{1ms, 2ms, 3ms, 4ms, {5ms, 6ms}});
  CHECK(finished.calls == std::vector{item});
}
