#include "net/realtime/settings_codec.hpp"

#include "tests/net/realtime/decoding.hpp"

using namespace dhr;
using namespace dhr::realtime;
using namespace std::chrono_literals;

namespace {

settings_patch patch_from(const std::string& file) {
  return good<update_session>(valid_messages().at(file)).patch;
}

}  // namespace

TEST_CASE("session.update as the openai client writes it becomes a patch of what it names") {
  settings_patch expected;
  expected.instructions = "Be brief.";
  expected.modality = output_modality::audio;
  expected.tokens_max = 300;
  expected.voice = "marin";
  expected.speech_rate = 1.25;
  expected.input = audio_format{};
  expected.output = audio_format{audio_encoding::pcmu, 8'000};
  expected.transcription =
      transcription_settings{true, "gpt-4o-mini-transcribe", "en", "names of ships"};
  expected.detection = turn_detection{turn_detection_kind::server_vad, 0.6,  200ms, 400ms, 6'000ms,
                                      eagerness_kind::automatic,       true, false};
  expected.tools = std::vector<tool_definition>{
      {"get_weather", "The weather at a place.",
       R"({"type":"object","properties":{"place":{"type":"string"}},"required":["place"]})"}};
  expected.choice = tool_choice{};
  CHECK(patch_from("session_update_ga") == expected);
}

TEST_CASE("semantic turn detection, a voice by its id and one tool alone are read") {
  const auto patch = patch_from("session_update_ga_semantic");
  REQUIRE(patch.detection);
  CHECK(patch.detection->kind == turn_detection_kind::semantic_vad);
  CHECK(patch.detection->eagerness == eagerness_kind::high);
  CHECK_FALSE(patch.detection->create_response);
  CHECK(patch.input == audio_format{audio_encoding::opus, 48'000});
  CHECK(patch.output == audio_format{audio_encoding::pcma, 8'000});
  CHECK(patch.transcription == transcription_settings{});
  CHECK(patch.voice == "voice_1");
  CHECK(patch.choice == tool_choice{tool_choice_kind::function, "get_weather"});
}

TEST_CASE("turn detection that is null is none, and what is not named stays as it was") {
  const auto patch = patch_from("session_update_ga_silent");
  REQUIRE(patch.detection);
  CHECK(patch.detection->kind == turn_detection_kind::none);
  CHECK(patch.tokens_max == codec_limits{}.tokens_max);
  CHECK(patch.tools == std::vector<tool_definition>{});
  CHECK_FALSE(patch.transcription);
  CHECK_FALSE(patch.input);
  CHECK(patch_of(R"("turn_detection":null)").detection ==
        turn_detection{turn_detection_kind::none});
  CHECK(patch_of(R"("turn_detection":{"type":"none"})").detection->kind ==
        turn_detection_kind::none);
  CHECK(patch_of(R"("turn_detection":{})").detection->kind == turn_detection_kind::server_vad);
}

TEST_CASE("the beta's flat session is understood") {
  const auto patch = patch_from("session_update_beta");
  CHECK(patch.modality == output_modality::audio);
  CHECK(patch.voice == "alloy");
  CHECK(patch.input == audio_format{audio_encoding::pcmu, 8'000});
  CHECK(patch.output == audio_format{audio_encoding::pcma, 8'000});
  CHECK(patch.transcription == transcription_settings{true, "whisper-1", {}, {}});
  CHECK(patch.detection->kind == turn_detection_kind::server_vad);
  CHECK(patch.detection->silence_duration == 500ms);
  CHECK(patch.choice == tool_choice{tool_choice_kind::required, {}});
  CHECK(patch.temperature == 0.8);
  CHECK(patch.speech_rate == 0.9);
  CHECK(patch.tokens_max == codec_limits{}.tokens_max);
  CHECK(patch.tools->at(0).parameters.empty());
}

TEST_CASE("the session of Azure Voice Live is understood, its face with it") {
  const auto patch = patch_from("session_update_voice_live");
  CHECK(patch.modality == output_modality::audio);
  CHECK(patch.voice == "");  // one of Azure's: the default
  CHECK(patch.input == audio_format{audio_encoding::pcm16, 16'000});
  CHECK(patch.output == audio_format{audio_encoding::pcm16, 16'000});
  CHECK(patch.detection->kind == turn_detection_kind::semantic_vad);
  CHECK(patch.detection->threshold == 0.4);
  CHECK(patch.detection->silence_duration == 250ms);
  CHECK(patch.transcription->language == "en-US");
  CHECK(patch.blendshapes == true);
  CHECK(patch.visemes == true);
  CHECK(patch.word_timestamps == true);
  CHECK(patch.idle_animation == true);
  CHECK(patch.tokens_max == 1'000);
}

TEST_CASE("a sampling rate alone is one of pcm16, and a format keeps to its own rates") {
  CHECK(patch_of(R"("input_audio_sampling_rate":8000)").input ==
        audio_format{audio_encoding::pcm16, 8'000});
  CHECK(patch_of(R"("audio":{"input":{"format":{"type":"audio/pcm","rate":48000}}})").input ==
        audio_format{audio_encoding::pcm16, 48'000});
  CHECK(patch_of(R"("audio":{"input":{"format":"g711_ulaw"}})").input ==
        audio_format{audio_encoding::pcmu, 8'000});
  CHECK(
      bad(session(R"("input_audio_format":"g711_ulaw","input_audio_sampling_rate":16000)")).param ==
      "session.input_audio_sampling_rate");
}

TEST_CASE("an empty list of outputs turns the face off and an absent one leaves it") {
  const auto off = patch_of(R"("animation":{"outputs":[]},"output_audio_timestamp_types":[])");
  CHECK(off.blendshapes == false);
  CHECK(off.visemes == false);
  CHECK(off.word_timestamps == false);
  CHECK(patch_of(R"("animation":{})") == settings_patch{});
}

TEST_CASE("what changes nothing here is accepted") {
  CHECK(patch_of(R"("model":"gpt-realtime","tracing":{"workflow_name":"w"},"include":["x"],
      "truncation":{"type":"retention_ratio","retention_ratio":0.5},"prompt":null,
      "avatar":{"character":"lisa"},"reasoning":{"effort":"low"},"no_such_field":[1,2],
      "input_audio_noise_reduction":null,"metadata":{"a":"b"})") == settings_patch{});
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
      {R"("audio":{"output":{"speed":9}})", "session.audio.output.speed",
       "decimal_above_max_value"},
      {R"("audio":{"output":{"speed":"fast"}})", "session.audio.output.speed", "invalid_type"},
      {R"("audio":{"output":{"format":{"type":"audio/opus"}}})", "session.audio.output.format.type",
       "invalid_value"},
      {R"("audio":{"output":{"format":{"type":"audio/pcm","rate":44100}}})",
       "session.audio.output.format.rate", "invalid_value"},
      {R"("audio":{"input":{"format":{"type":"audio/mp3"}}})", "session.audio.input.format.type",
       "invalid_value"},
      {R"("audio":{"input":{"turn_detection":{"type":"clairvoyance"}}})",
       "session.audio.input.turn_detection.type", "invalid_value"},
      {R"("audio":{"input":{"turn_detection":{"type":"semantic_vad","eagerness":"very"}}})",
       "session.audio.input.turn_detection.eagerness", "invalid_value"},
      {R"("audio":{"input":{"turn_detection":{"threshold":1.5}}})",
       "session.audio.input.turn_detection.threshold", "decimal_above_max_value"},
      {R"("turn_detection":{"silence_duration_ms":0.5})",
       "session.turn_detection.silence_duration_ms", "invalid_type"},
      {R"("turn_detection":{"idle_timeout_ms":-1})", "session.turn_detection.idle_timeout_ms",
       "integer_below_min_value"},
      {R"("turn_detection":{"create_response":"yes"})", "session.turn_detection.create_response",
       "invalid_type"},
      {R"("turn_detection":7)", "session.turn_detection", "invalid_type"},
      {R"("input_audio_transcription":true)", "session.input_audio_transcription", "invalid_type"},
      {R"("audio":{"input":{"transcription":{"model":3}}})",
       "session.audio.input.transcription.model", "invalid_type"},
      {R"("input_audio_format":"mp3")", "session.input_audio_format", "invalid_value"},
      {R"("output_audio_format":"mp3")", "session.output_audio_format", "invalid_value"},
      {R"("temperature":2.5)", "session.temperature", "decimal_above_max_value"},
      {R"("max_output_tokens":0)", "session.max_output_tokens", "integer_below_min_value"},
      {R"("max_output_tokens":1.5)", "session.max_output_tokens", "invalid_type"},
      {R"("max_output_tokens":"many")", "session.max_output_tokens", "invalid_type"},
      {R"("animation":{"outputs":["blendshapes","bones"]})", "session.animation.outputs[1]",
       "invalid_value"},
      {R"("output_audio_timestamp_types":["phoneme"])", "session.output_audio_timestamp_types[0]",
       "invalid_value"},
      {R"("digital_human":{"idle_animation":1})", "session.digital_human.idle_animation",
       "invalid_type"},
      {R"("tools":[{"type":"mcp","server_label":"s"}])", "session.tools[0].type", "invalid_value"},
      {R"("tools":[{"type":"function"}])", "session.tools[0].name", "missing_required_parameter"},
      {R"("tools":[{"name":"a b"}])", "session.tools[0].name", "invalid_value"},
      {R"("tools":[{"name":"f","parameters":"{}"}])", "session.tools[0].parameters",
       "invalid_type"},
      {R"("tools":{})", "session.tools", "invalid_type"},
      {R"("tool_choice":"sometimes")", "session.tool_choice", "invalid_value"},
      {R"("tool_choice":{"type":"mcp"})", "session.tool_choice.type", "invalid_value"},
      {R"("tool_choice":{"type":"function"})", "session.tool_choice.name",
       "missing_required_parameter"},
      {R"("prompt":{"id":"p"})", "session.prompt", "unsupported_value"},
  }));
  const auto problem = bad(session(fields));
  CHECK(problem.param == param);
  CHECK(problem.code == code);
  CHECK(problem.type == "invalid_request_error");
  CHECK(problem.event_id == "e1");
}

TEST_CASE("the words of a refusal are the public API's") {
  CHECK(bad(session(R"("instructions":7)")).message ==
        "Invalid type for 'session.instructions': expected a string, but got an integer instead.");
  CHECK(bad(session(R"("tool_choice":"sometimes")")).message ==
        "Invalid value: 'sometimes'. Supported values are: 'none', 'auto' and 'required'.");
  CHECK(bad(session(R"("temperature":2.5)")).message ==
        "Invalid 'session.temperature': decimal above maximum value. Expected a value <= 2, but "
        "got 2.5 instead.");
  CHECK(bad(R"({"type":"session.update"})").message == "Missing required parameter: 'session'.");
}

TEST_CASE("a transcription session is refused") {
  CHECK(bad(R"({"type":"session.update","session":{"type":"transcription"}})").param ==
        "session.type");
}

TEST_CASE("tools are bounded in number and in bytes") {
  codec_limits limits;
  limits.tools_max = 1;
  limits.text_bytes_max = 20;
  CHECK(bad(session(R"("tools":[{"name":"a"},{"name":"b"}])"), limits).code ==
        "array_above_max_length");
  CHECK(bad(session(R"("tools":[{"name":"a","parameters":{"a":"0123456789012345"}}])"), limits)
            .param == "session.tools");
}

TEST_CASE("text above its bound is refused and text at its bound is taken") {
  codec_limits limits;
  limits.text_bytes_max = 10;
  const auto update = [](std::size_t size) {
    return session("\"instructions\":\"" + std::string(size, 'a') + "\"");
  };
  good<update_session>(update(10), limits);
  const auto problem = bad(update(11), limits);
  CHECK(problem.param == "session.instructions");
  CHECK(problem.code == "string_above_max_length");
}

TEST_CASE("a language that the transcription does not know is refused with those that it does") {
  codec_limits english;
  english.languages = {"en"};
  for (const auto* right : {"en", "en-US", "English", ""}) {
    const auto fields =
        R"("audio":{"input":{"transcription":{"language":")" + std::string{right} + R"("}}})";
    CHECK(good<update_session>(session(fields), english).patch.transcription->language == right);
  }
  const std::string german = R"({"language":"de","model":"whisper-1"})";
  const auto refused =
      bad(session(R"("audio":{"input":{"transcription":)" + german + "}}"), english);
  CHECK(refused.code == "invalid_value");
  CHECK(refused.param == "session.audio.input.transcription.language");
  CHECK(refused.message.find("'en'") != std::string::npos);
  CHECK(bad(session(R"("input_audio_transcription":)" + german), english).param ==
        "session.input_audio_transcription.language");
  CHECK(patch_of(R"("input_audio_transcription":)" + german).transcription->language == "de");
}
