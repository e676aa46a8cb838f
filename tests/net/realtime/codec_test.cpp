#include "net/realtime/codec.hpp"

#include <catch2/catch.hpp>
#include <random>

using namespace dhr;
using namespace dhr::realtime;

namespace {

template <class Event>
Event good(std::string_view json) {
  INFO(json);
  auto decoded = decode(json);
  if (!decoded) FAIL(decoded.assume_error().message);
  REQUIRE(std::holds_alternative<Event>(decoded.assume_value()));
  return std::get<Event>(decoded.assume_value());
}

event_problem bad(std::string_view json) {
  INFO(json);
  auto decoded = decode(json);
  REQUIRE_FALSE(decoded);
  CHECK_FALSE(decoded.assume_error().message.empty());
  return decoded.assume_error();
}

std::string session(const std::string& fields) {
  return R"({"type":"session.update","event_id":"e1","session":{"type":"realtime",)" + fields +
         "}}";
}

std::string item(const std::string& fields) {
  return R"({"type":"conversation.item.create","event_id":"e1","item":{)" + fields + "}}";
}

}  // namespace

TEST_CASE("session.update as the openai client writes it becomes a patch of what it names") {
  const auto update = good<update_session>(R"({
    "type": "session.update", "event_id": "evt-7",
    "session": {
      "type": "realtime", "model": "gpt-realtime", "instructions": "Be brief.",
      "output_modalities": ["audio"], "tracing": null, "tools": [], "tool_choice": "auto",
      "max_output_tokens": 300, "temperature": 0.5, "include": null, "truncation": "auto",
      "audio": {
        "input": {"format": {"type": "audio/pcm", "rate": 24000}, "turn_detection": null,
                  "transcription": {"model": "gpt-4o-mini-transcribe"}},
        "output": {"format": {"type": "audio/pcm", "rate": 24000}, "voice": "joe", "speed": 1.25}
      }
    }})");
  CHECK(to_tag(update.request).kind == request_kind::update_session);
  CHECK(to_tag(update.request).event_id == "evt-7");
  settings_patch expected;
  expected.instructions = "Be brief.";
  expected.modality = output_modality::audio;
  expected.tokens_max = 300;
  expected.temperature = 0.5;
  expected.voice = "joe";
  expected.speech_rate = 1.25;
  CHECK(update.patch == expected);
}

TEST_CASE("the face's settings are read as Voice Live writes them") {
  const auto patch = good<update_session>(session(
                                              R"("modalities":["text","audio","animation"],
                            "animation":{"model_name":"default","outputs":["blendshapes","viseme_id"]},
                            "output_audio_timestamp_types":["word"],
                            "voice":{"type":"azure-standard","name":"slt"},
                            "digital_human":{"idle_animation":true})"))
                         .patch;
  CHECK(patch.modality == output_modality::audio);
  CHECK(patch.blendshapes == true);
  CHECK(patch.visemes == true);
  CHECK(patch.word_timestamps == true);
  CHECK(patch.idle_animation == true);
  CHECK(patch.voice == "slt");
}

TEST_CASE("an empty list of outputs turns the face off and an absent one leaves it") {
  const auto off = good<update_session>(
      session(R"("animation":{"outputs":[]},"output_audio_timestamp_types":[])"));
  CHECK(off.patch.blendshapes == false);
  CHECK(off.patch.visemes == false);
  CHECK(off.patch.word_timestamps == false);
  CHECK(good<update_session>(session(R"("animation":{})")).patch == settings_patch{});
}

TEST_CASE("a voice may be an object with an id") {
  CHECK(good<update_session>(session(R"("audio":{"output":{"voice":{"id":"joe"}}})")).patch.voice ==
        "joe");
}

TEST_CASE("an endless token limit becomes the largest one") {
  CHECK(good<update_session>(session(R"("max_output_tokens":"inf")")).patch.tokens_max ==
        codec_limits{}.tokens_max);
  CHECK(
      good<create_response>(R"({"type":"response.create","response":{"max_output_tokens":"inf"}})")
          .patch.tokens_max == codec_limits{}.tokens_max);
}

TEST_CASE("a conversation item keeps its id, its place and all of its text") {
  const auto message = good<create_item>(R"({
    "type": "conversation.item.create", "event_id": "e", "previous_item_id": "root",
    "item": {"id": "item_1", "object": "realtime.item", "type": "message", "status": "completed",
             "role": "user", "content": [{"type": "input_text", "text": "Hel"},
                                         {"type": "input_text", "text": "lo \u00e9"}]}})");
  CHECK(message.previous == "root");
  CHECK(message.item ==
        conversation_item{"item_1", item_role::user, item_status::completed, "Hello é", false});
  const auto said = good<create_item>(item(
      R"("type":"message","role":"assistant","content":[{"type":"output_text","text":"Hi"}])"));
  CHECK(said.item.role == item_role::assistant);
  CHECK(said.item.id.empty());
}

TEST_CASE("items are retrieved and deleted by their id") {
  CHECK(good<delete_item>(R"({"type":"conversation.item.delete","item_id":"item_1"})").item_id ==
        "item_1");
  CHECK(
      good<retrieve_item>(R"({"type":"conversation.item.retrieve","item_id":"item_1"})").item_id ==
      "item_1");
}

TEST_CASE("responses are created and cancelled") {
  CHECK(good<create_response>(R"({"type":"response.create"})").patch == settings_patch{});
  const auto create = good<create_response>(
      R"({"type":"response.create","response":{"instructions":"Sing.","output_modalities":["text"],
          "conversation":"auto","metadata":{"a":"b"}}})");
  CHECK(create.patch.instructions == "Sing.");
  CHECK(create.patch.modality == output_modality::text);
  CHECK(good<cancel_response>(R"({"type":"response.cancel"})").response_id.empty());
  CHECK(good<cancel_response>(R"({"type":"response.cancel","response_id":"resp_1"})").response_id ==
        "resp_1");
}

TEST_CASE("each wrong field of a session is named by its path") {
  const auto [fields, param, code] = GENERATE(table<std::string, std::string, std::string>({
      {R"("instructions":7)", "session.instructions", "invalid_type"},
      {R"("output_modalities":["audio","text"])", "session.output_modalities", "invalid_value"},
      {R"("output_modalities":["video"])", "session.output_modalities[0]", "invalid_value"},
      {R"("output_modalities":"audio")", "session.output_modalities", "invalid_type"},
      {R"("output_modalities":[1])", "session.output_modalities[0]", "invalid_type"},
      {R"("modalities":["text","smell"])", "session.modalities[1]", "invalid_value"},
      {R"("voice":3)", "session.voice", "invalid_type"},
      {R"("audio":[])", "session.audio", "invalid_type"},
      {R"("audio":{"output":{"voice":7}})", "session.audio.output.voice", "invalid_type"},
      {R"("audio":{"output":{"voice":{}}})", "session.audio.output.voice.id",
       "missing_required_parameter"},
      {R"("audio":{"output":{"speed":9}})", "session.audio.output.speed", "invalid_value"},
      {R"("audio":{"output":{"speed":"fast"}})", "session.audio.output.speed", "invalid_type"},
      {R"("audio":{"output":{"format":{"type":"audio/pcmu"}}})", "session.audio.output.format.type",
       "unsupported_value"},
      {R"("audio":{"output":{"format":{"type":"audio/pcm","rate":16000}}})",
       "session.audio.output.format.rate", "unsupported_value"},
      {R"("audio":{"input":{"turn_detection":{"type":"server_vad"}}})",
       "session.audio.input.turn_detection", "unsupported_value"},
      {R"("turn_detection":{"type":"server_vad"})", "session.turn_detection", "unsupported_value"},
      {R"("output_audio_format":"g711_ulaw")", "session.output_audio_format", "unsupported_value"},
      {R"("temperature":2.5)", "session.temperature", "invalid_value"},
      {R"("max_output_tokens":0)", "session.max_output_tokens", "invalid_value"},
      {R"("max_output_tokens":1.5)", "session.max_output_tokens", "invalid_type"},
      {R"("max_output_tokens":"many")", "session.max_output_tokens", "invalid_type"},
      {R"("animation":{"outputs":["blendshapes","bones"]})", "session.animation.outputs[1]",
       "invalid_value"},
      {R"("output_audio_timestamp_types":["phoneme"])", "session.output_audio_timestamp_types[0]",
       "invalid_value"},
      {R"("digital_human":{"idle_animation":1})", "session.digital_human.idle_animation",
       "invalid_type"},
      {R"("tools":[{"type":"function","name":"f"}])", "session.tools", "unsupported_value"},
      {R"("tool_choice":"required")", "session.tool_choice", "unsupported_value"},
      {R"("prompt":{"id":"p"})", "session.prompt", "unsupported_value"},
  }));
  const auto problem = bad(session(fields));
  CHECK(problem.param == param);
  CHECK(problem.code == code);
  CHECK(problem.type == "invalid_request_error");
  CHECK(problem.event_id == "e1");
}

TEST_CASE("a transcription session is refused") {
  CHECK(bad(R"({"type":"session.update","session":{"type":"transcription"}})").param ==
        "session.type");
}

TEST_CASE("each wrong field of an item is named by its path") {
  const auto [fields, param] = GENERATE(table<std::string, std::string>({
      {R"("role":"user","content":[{"type":"input_text","text":"a"}])", "item.type"},
      {R"("type":"function_call_output","call_id":"c","output":"o")", "item.type"},
      {R"("type":"message","content":[{"type":"input_text","text":"a"}])", "item.role"},
      {R"("type":"message","role":"tool","content":[{"type":"input_text","text":"a"}])",
       "item.role"},
      {R"("type":"message","role":"user")", "item.content"},
      {R"("type":"message","role":"user","content":[])", "item.content"},
      {R"("type":"message","role":"user","content":[{"type":"input_text","text":""}])",
       "item.content"},
      {R"("type":"message","role":"user","content":["a"])", "item.content[0]"},
      {R"("type":"message","role":"user","content":[{"type":"input_text","text":"a"},
          {"type":"input_audio","audio":""}])",
       "item.content[1].type"},
      {R"("type":"message","role":"user","content":[{"type":"input_text"}])",
       "item.content[0].text"},
      {R"("type":"message","role":"user","id":"a b","content":[{"type":"input_text","text":"a"}])",
       "item.id"},
  }));
  CHECK(bad(item(fields)).param == param);
}

TEST_CASE("events that this version does not do say so plainly and name the type") {
  const auto type = GENERATE("input_audio_buffer.append", "input_audio_buffer.commit",
                             "conversation.item.truncate", "output_audio_buffer.clear");
  const auto problem = bad(R"({"event_id":"e9","type":")" + std::string{type} + "\"}");
  CHECK(problem.code == "unsupported_event");
  CHECK(problem.param == "type");
  CHECK(problem.event_id == "e9");
  CHECK(problem.message.find("not supported") != std::string::npos);
}

TEST_CASE("an event without a known shape is refused and never throws") {
  const auto [json, code, param] = GENERATE(table<std::string, std::string, std::string>({
      {"", "invalid_json", ""},
      {"{", "invalid_json", ""},
      {"[]", "invalid_json", ""},
      {"nul", "invalid_json", ""},
      {"{\"type\":\"response.create\"} x", "invalid_json", ""},
      {"{\"type\":\"\xff\"}", "invalid_json", ""},
      {"{}", "missing_required_parameter", "type"},
      {R"({"type":7})", "invalid_type", "type"},
      {R"({"type":"no.such.event"})", "unknown_event", "type"},
      {R"({"type":"response.create","event_id":7})", "invalid_type", "event_id"},
      {R"({"type":"session.update"})", "missing_required_parameter", "session"},
      {R"({"type":"response.create","response":[]})", "invalid_type", "response"},
      {R"({"type":"response.create","response":{"conversation":"none"}})", "unsupported_value",
       "response.conversation"},
      {R"({"type":"response.create","response":{"input":[]}})", "unsupported_value",
       "response.input"},
      {R"({"type":"response.cancel","response_id":7})", "invalid_type", "response_id"},
      {R"({"type":"conversation.item.delete"})", "missing_required_parameter", "item_id"},
  }));
  const auto problem = bad(json);
  CHECK(problem.code == code);
  CHECK(problem.param == param);
}

TEST_CASE("JSON that is nested too deeply is refused") {
  std::string json = R"({"type":"response.create","x":)";
  json += std::string(10'000, '[');
  json += std::string(10'000, ']');
  CHECK(bad(json + '}').code == "invalid_json");
}

TEST_CASE("text above its bound is refused and text at its bound is taken") {
  codec_limits limits;
  limits.text_bytes_max = 10;
  const auto update = [&](std::size_t size) {
    return decode(session("\"instructions\":\"" + std::string(size, 'a') + "\""), limits);
  };
  CHECK(update(10));
  REQUIRE_FALSE(update(11));
  CHECK(update(11).assume_error().param == "session.instructions");
  const auto two = decode(item(R"("type":"message","role":"user","content":[
      {"type":"input_text","text":"123456"},{"type":"input_text","text":"123456"}])"),
                          limits);
  REQUIRE_FALSE(two);
  CHECK(two.assume_error().param == "item.content");
}

TEST_CASE("events with broken bytes are decoded or refused with a reason") {
  const std::vector<std::string> seeds{
      session(
          R"("audio":{"output":{"voice":"joe","speed":1}},"animation":{"outputs":["viseme_id"]})"),
      item(R"("type":"message","role":"user","content":[{"type":"input_text","text":"a\u00e9b"}])"),
      R"({"type":"response.create","response":{"max_output_tokens":1e3,"temperature":-0.5e-7}})"};
  std::mt19937 random{20'261'124};
  int refused = 0;
  for (int i = 0; i < 20'000; ++i) {
    auto text = seeds[random() % seeds.size()];
    for (auto changes = 1 + random() % 4; changes > 0; --changes) {
      const auto at = random() % text.size();
      switch (random() % 3) {
        case 0:
          text[at] = static_cast<char>(random());
          break;
        case 1:
          text.erase(at, 1 + random() % 8);
          break;
        default:
          text.insert(at, text.substr(random() % text.size(), 1 + random() % 8));
          break;
      }
      if (text.empty()) text = "{";
    }
    const auto decoded = decode(text);
    if (decoded) continue;
    ++refused;
    REQUIRE_FALSE(decoded.assume_error().code.empty());
    REQUIRE_FALSE(decoded.assume_error().message.empty());
  }
  CHECK(refused > 10'000);
}
