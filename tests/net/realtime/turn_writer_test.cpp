#include "net/realtime/turn_writer.hpp"

#include <set>

#include "tests/net/realtime/writing.hpp"

using namespace dhr;
using namespace dhr::realtime;
namespace json = boost::json;

using bench = writer_bench;

namespace {

turn_started start_with_tools() {
  session_settings settings;
  settings.modality = output_modality::text;
  settings.tools = {{"get_weather", {}, {}}};
  return start(settings);
}

call_piece piece(std::string arguments, std::uint32_t index = 0) {
  const auto number = std::to_string(index + 3);
  return {index, "item_" + number, "call_" + number, "get_weather", std::move(arguments)};
}

turn_finished finish_calls(std::vector<conversation_item> calls) {
  auto finished = finish(turn_status::completed, false);
  finished.item = {};
  finished.calls = std::move(calls);
  return finished;
}

}  // namespace

TEST_CASE("a spoken turn's events come in the protocol's order with one id each") {
  bench b;
  strings types;
  std::set<std::string> ids;
  const auto write = [&](session_payload payload) {
    for (auto& type : b.write(std::move(payload), 7)) types.push_back(std::move(type));
    for (const auto& event : b.events) ids.emplace(event.at("event_id").as_string());
  };
  write(start(all_outputs()));
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

TEST_CASE("Voice Live has the beta's names for it and is told when its avatar speaks") {
  bench b{event_shape::voice_live};
  strings types;
  const auto write = [&](session_payload payload) {
    for (auto& type : b.write(std::move(payload), 7)) types.push_back(std::move(type));
  };
  write(start(all_outputs()));
  write(text_piece{"Hi."});
  write(chunk());
  write(finish(turn_status::completed, true));
  CHECK(types == strings{"response.created",
                         "response.output_item.added",
                         "conversation.item.created",
                         "response.content_part.added",
                         "response.audio_transcript.delta",
                         "session.avatar.switch_to_speaking",
                         "response.audio.delta",
                         "response.animation_blendshapes.delta",
                         "response.animation_viseme.delta",
                         "response.animation_viseme.delta",
                         "response.audio_timestamp.delta",
                         "response.audio_transcript.done",
                         "response.audio.done",
                         "response.animation_blendshapes.done",
                         "response.animation_viseme.done",
                         "response.audio_timestamp.done",
                         "response.content_part.done",
                         "response.output_item.done",
                         "session.avatar.switch_to_idle",
                         "response.done"});
}

TEST_CASE("a media chunk's events carry the turn's ids and the times of the sound") {
  bench b;
  b.write(start(all_outputs()), 7);
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

TEST_CASE("what is felt is told by name, with what was expressed and why it was changed") {
  bench b;
  felt told{{{"conv_1"}, {3}, 7}, 2, {}, {}, {}, {}, {"comfort"}};
  told.first_sample = 36'000;
  told.weights[feeling::concern] = 0.54321f;
  told.raw[feeling::joy] = 0.9f;
  told.face.weights[9] = 0.25f;
  told.scores[emotion_label::gratitude] = 0.875f;
  CHECK(b.write(told, 7).empty());  // no turn has begun
  b.write(start(all_outputs()), 7);
  CHECK(b.write(told, 6).empty());
  REQUIRE(b.write(told, 7) == strings{"digital_human.emotion"});
  const auto& event = b.events[0];
  CHECK(event.at("response_id") == "resp_1");
  CHECK(event.at("item_id") == "item_2");
  CHECK(event.at("clause_index") == 2);
  CHECK(event.at("audio_offset_ms") == 1'500);
  CHECK(event.at("emotions").as_object().size() == 5);
  CHECK(event.at("emotions").at("concern") == 0.543);
  CHECK(event.at("shown") == false);
  CHECK(event.at("expressed").at("joy") == 0.9);
  CHECK(event.at("audio2face").at("sadness") == 0.25);
  CHECK(event.at("labels").as_object().size() == 28);
  CHECK(event.at("labels").at("gratitude") == 0.875);
  CHECK(event.at("adjustments") == json::array{"comfort"});
  told.shown = true;
  b.write(told, 7);
  CHECK(b.events.back().at("shown") == true);
}

TEST_CASE("a client that asked for sound alone gets sound alone") {
  bench b;
  b.write(start({}), 1);
  CHECK(b.write(chunk(), 1) == strings{"response.output_audio.delta"});
  CHECK(b.write(finish(turn_status::completed, true), 1) ==
        strings{"response.output_audio_transcript.done", "response.output_audio.done",
                "response.content_part.done", "response.output_item.done", "conversation.item.done",
                "response.done"});
}

TEST_CASE("sound in another format is encoded through the turn to its last sample") {
  bench b;
  session_settings settings;
  settings.output = {audio_encoding::pcmu, 8'000};
  b.write(start(settings), 1);
  std::size_t digits = 0;
  const auto count = [&] {
    for (const auto& event : b.events) {
      if (event.at("type") != "response.output_audio.delta") continue;
      const auto& delta = event.at("delta").as_string();
      digits += delta.size() / 4 * 3 - static_cast<std::size_t>(delta.ends_with("==")  ? 2
                                                                : delta.ends_with("=") ? 1
                                                                                       : 0);
    }
  };
  media_chunk sound;
  sound.pcm = shared_bytes{std::string(4'800 * 2, '\0')};  // 200 ms
  for (int i = 0; i < 3; ++i) {
    b.write(sound, 1);
    count();
  }
  CHECK(digits < 4'800);
  b.write(finish(turn_status::completed, true), 1);
  CHECK(b.events[0].at("type") == "response.output_audio.delta");
  count();
  CHECK(digits == 4'800);  // 600 ms at 8 kHz, a byte a sample
}

TEST_CASE("an interrupted turn says nothing of what its encoder holds") {
  bench b;
  session_settings settings;
  settings.output = {audio_encoding::pcma, 8'000};
  b.write(start(settings), 1);
  media_chunk sound;
  sound.pcm = shared_bytes{std::string(4'800, '\0')};
  b.write(sound, 1);
  CHECK(b.write(finish(turn_status::cancelled, true), 1).front() ==
        "response.output_audio_transcript.done");
}

TEST_CASE("a chunk that holds only frames sends no empty sound") {
  bench b;
  b.write(start(all_outputs()), 1);
  auto rest = chunk();
  rest.pcm = {};
  rest.visemes.clear();
  rest.words.clear();
  CHECK(b.write(rest, 1) == strings{"response.animation_blendshapes.delta"});
}

TEST_CASE("a written turn is text alone, in the names of each shape") {
  session_settings settings = all_outputs();
  settings.modality = output_modality::text;
  bench b;
  b.write(start(settings), 1);
  CHECK(b.events[3].at("part").at("type") == "text");
  CHECK(b.write(text_piece{"Hi \"you\"."}, 1) == strings{"response.output_text.delta"});
  CHECK(b.events[0].at("delta") == "Hi \"you\".");
  CHECK(b.out[0].json.substr(b.out[0].delta_at) == R"(Hi \"you\"."})");
  CHECK(b.write(finish(turn_status::completed, false), 1) ==
        strings{"response.output_text.done", "response.content_part.done",
                "response.output_item.done", "conversation.item.done", "response.done"});
  CHECK(b.events[0].at("text") == "Hi.");
  CHECK(b.events[2].at("item").at("content").at(0).at("type") == "output_text");

  bench beta{event_shape::beta};
  beta.write(start(settings), 1);
  CHECK(beta.write(text_piece{"Hi"}, 1) == strings{"response.text.delta"});
  CHECK(beta.write(finish(turn_status::completed, false), 1) ==
        strings{"response.text.done", "response.content_part.done", "response.output_item.done",
                "response.done"});
}

TEST_CASE("response.done tells status, output, usage and where the time went") {
  bench b;
  b.write(start(all_outputs()), 7);
  b.write(finish(turn_status::completed, true), 7);
  const auto& response = b.events.back().at("response").as_object();
  CHECK(response.at("id") == "resp_1");
  CHECK(response.at("object") == "realtime.response");
  CHECK(response.at("status") == "completed");
  CHECK(response.at("status_details").is_null());
  CHECK(response.at("conversation_id") == "conv_1");
  CHECK(response.at("metadata").is_null());
  const auto& item = response.at("output").as_array().at(0).as_object();
  CHECK(item.at("content").as_array().at(0).at("type") == "output_audio");
  CHECK(item.at("content").as_array().at(0).at("transcript") == "Hi.");
  const auto& usage = response.at("usage");
  CHECK(usage.at("total_tokens") == 13);
  CHECK(usage.at("input_tokens") == 10);
  CHECK(usage.at("output_tokens") == 3);
  CHECK(usage.at("input_token_details").at("cached_tokens") == 4);
  CHECK(usage.at("input_token_details").at("cached_tokens_details").at("text_tokens") == 4);
  CHECK(usage.at("output_token_details").at("text_tokens") == 3);
  CHECK(response.at("digital_human").at("turn") == 7);
  const auto& timings = response.at("digital_human").at("timings");
  CHECK(timings.at("first_audio_ms") == 3);
  CHECK(timings.at("hearing") == json::object{{"endpointing_ms", 5}, {"transcription_ms", 6}});
}

TEST_CASE("a response has the members of its shape") {
  bench ga;
  ga.write(start(all_outputs()), 1);
  const auto& response = ga.events[0].at("response").as_object();
  CHECK(response.at("output_modalities") == json::array{"audio"});
  CHECK(response.at("audio").at("output").at("voice") == "joe");
  CHECK_FALSE(response.contains("modalities"));
  bench beta{event_shape::beta};
  beta.write(start(all_outputs()), 1);
  const auto& flat = beta.events[0].at("response").as_object();
  CHECK(flat.at("modalities") == json::array{"text", "audio"});
  CHECK(flat.at("voice") == "joe");
  CHECK(flat.at("output_audio_format") == "pcm16");
  CHECK_FALSE(flat.contains("audio"));
}

TEST_CASE("a turn that did not complete says why") {
  bench b;
  b.write(start(all_outputs()), 1);
  auto cancelled = finish(turn_status::cancelled, true);
  cancelled.reason = "turn_detected";
  b.write(cancelled, 1);
  CHECK(b.events.back().at("response").at("status") == "cancelled");
  CHECK(b.events.back().at("response").at("status_details").at("reason") == "turn_detected");

  b.write(start(all_outputs()), 2);
  auto failed = finish(turn_status::failed, true);
  failed.problem = error{errc::deadline, "too slow", "voice", {}};
  b.write(failed, 2);
  const auto& details = b.events.back().at("response").at("status_details");
  CHECK(details.at("type") == "failed");
  CHECK(details.at("error").at("type") == "server_error");
  CHECK(details.at("error").at("code") == "deadline");
  CHECK(details.at("error").at("message") == "too slow");
}

TEST_CASE("a message of which nothing stays is closed as incomplete") {
  bench b;
  b.write(start(all_outputs()), 1);
  auto cancelled = finish(turn_status::cancelled, true);
  cancelled.item = {};
  b.write(cancelled, 1);
  const auto& item = b.events.back().at("response").at("output").at(0);
  CHECK(item.at("id") == "item_2");
  CHECK(item.at("status") == "incomplete");
}

TEST_CASE("pieces of a turn that is over are not sent") {
  bench b;
  CHECK(b.write(text_piece{"early"}, 1).empty());
  b.write(start(all_outputs()), 1);
  b.write(finish(turn_status::cancelled, true), 1);
  CHECK(b.write(chunk(), 1).empty());
  CHECK(b.write(piece("{"), 1).empty());
  b.write(start(all_outputs()), 2);
  CHECK(b.write(text_piece{"late"}, 1).empty());
  CHECK(b.write(call_ready{0, call_item("item_3", "call_3", "{}"), ""}, 1).empty());
  CHECK(b.write(finish(turn_status::completed, true), 1).empty());
  CHECK(b.write(text_piece{"now"}, 2).size() == 1);
}

TEST_CASE("metadata comes back with the response, and what it goes on with is named in it") {
  bench b;
  auto started = start({});
  started.metadata = {{"topic", "ships"}};
  started.resumes = "resp_0";
  b.write(started, 1);
  const json::object metadata{{"topic", "ships"}, {"resumes", "resp_0"}};
  CHECK(b.events[0].at("response").at("metadata") == metadata);
  b.write(finish(turn_status::completed, true), 1);
  CHECK(b.events.back().at("response").at("metadata") == metadata);
}

TEST_CASE("a response out of band has no conversation, and its items are in none") {
  bench b;
  auto started = start({});
  started.out_of_band = true;
  CHECK(b.write(started, 1) ==
        strings{"response.created", "response.output_item.added", "response.content_part.added"});
  CHECK(b.events[0].at("response").at("conversation_id").is_null());
  CHECK(b.write(finish(turn_status::completed, true), 1) ==
        strings{"response.output_audio_transcript.done", "response.output_audio.done",
                "response.content_part.done", "response.output_item.done", "response.done"});
}

// ---- function calls

TEST_CASE("a reply that is a call alone has the call as its first output and no message") {
  bench b;
  CHECK(b.write(start_with_tools(), 1) == strings{"response.created"});
  CHECK(b.write(piece(""), 1) == strings{"response.output_item.added", "conversation.item.added"});
  CHECK(b.events[0].at("output_index") == 0);
  CHECK(b.events[0].at("item").at("type") == "function_call");
  CHECK(b.events[0].at("item").at("status") == "in_progress");
  CHECK(b.events[0].at("item").at("arguments") == "");
  CHECK(b.events[1].at("previous_item_id") == "item_1");
  CHECK(b.write(piece("{\"place\":"), 1) == strings{"response.function_call_arguments.delta"});
  CHECK(b.events[0].at("delta") == "{\"place\":");
  CHECK(b.events[0].at("call_id") == "call_3");
  CHECK(b.events[0].at("response_id") == "resp_1");
  const auto item = call_item("item_3", "call_3", R"({"place":"Bern"})");
  CHECK(b.write(call_ready{0, item, "item_1"}, 1) ==
        strings{"response.function_call_arguments.done", "response.output_item.done",
                "conversation.item.done"});
  CHECK(b.events[0].at("arguments") == R"({"place":"Bern"})");
  CHECK(b.events[0].at("name") == "get_weather");
  CHECK(b.events[2].at("previous_item_id") == "item_1");
  CHECK(b.write(finish_calls({item}), 1) == strings{"response.done"});
  const auto& output = b.events[0].at("response").at("output").as_array();
  REQUIRE(output.size() == 1);
  CHECK(output[0].at("call_id") == "call_3");
}

TEST_CASE("calls come after the message that was begun before them, each at its index") {
  bench b;
  b.write(start_with_tools(), 1);
  CHECK(b.write(text_piece{"Let me see."}, 1) ==
        strings{"response.output_item.added", "conversation.item.added",
                "response.content_part.added", "response.output_text.delta"});
  b.write(piece("{}", 0), 1);
  CHECK(b.events[0].at("output_index") == 1);
  CHECK(b.events[1].at("previous_item_id") == "item_2");
  b.write(piece("{}", 1), 1);
  CHECK(b.events[0].at("output_index") == 2);
  CHECK(b.events[1].at("previous_item_id") == "item_3");
  const auto first = call_item("item_3", "call_3", "{}");
  const auto second = call_item("item_4", "call_4", "{}");
  b.write(call_ready{0, first, "item_2"}, 1);
  b.write(call_ready{1, second, "item_3"}, 1);
  auto finished = finish(turn_status::completed, false);
  finished.calls = {first, second};
  b.write(finished, 1);
  const auto& output = b.events.back().at("response").at("output").as_array();
  REQUIRE(output.size() == 3);
  CHECK(output[0].at("id") == "item_2");
  CHECK(output[1].at("id") == "item_3");
  CHECK(output[2].at("id") == "item_4");
}

TEST_CASE("the beta knows a call's item as created") {
  bench b{event_shape::beta};
  b.write(start_with_tools(), 1);
  CHECK(b.write(piece("{}"), 1) == strings{"response.output_item.added",
                                           "conversation.item.created",
                                           "response.function_call_arguments.delta"});
  CHECK(b.write(call_ready{0, call_item("item_3", "call_3", "{}"), ""}, 1) ==
        strings{"response.function_call_arguments.done", "response.output_item.done"});
}

TEST_CASE("a call that an interruption broke off is closed as incomplete") {
  bench b;
  b.write(start_with_tools(), 1);
  b.write(piece("{\"pla"), 1);
  auto cancelled = finish_calls({});
  cancelled.status = turn_status::cancelled;
  CHECK(b.write(cancelled, 1) ==
        strings{"response.output_item.done", "conversation.item.done", "response.done"});
  CHECK(b.events[0].at("item").at("status") == "incomplete");
  CHECK(b.events[0].at("item").at("arguments") == "{\"pla");
}

TEST_CASE("a reply that must speak begins its message at once in spite of its tools") {
  bench b;
  auto started = start_with_tools();
  started.settings.choice = {tool_choice_kind::none, {}};
  CHECK(b.write(started, 1).size() == 4);
}
