#include "net/realtime/codec.hpp"

#include <random>
#include <set>

#include "tests/net/realtime/decoding.hpp"

using namespace dhr;
using namespace dhr::realtime;

TEST_CASE("every client event of the protocol is among the valid messages and is understood") {
  std::set<std::string> kinds;
  for (const auto& [name, json] : valid_messages()) {
    INFO(name);
    const auto decoded = decode(json);
    if (!decoded) FAIL(decoded.assume_error().message);
    kinds.insert(std::to_string(decoded.assume_value().index()));
  }
  CHECK(kinds.size() == std::variant_size_v<client_event>);
}

TEST_CASE("the request of each event carries its kind and the client's id") {
  auto messages = valid_messages();
  const auto [file, kind, id] = GENERATE(table<std::string, request_kind, std::string>({
      {"session_update_ga", request_kind::update_session, "evt_1"},
      {"append", request_kind::append_audio, "evt_3"},
      {"commit", request_kind::commit_audio, "evt_4"},
      {"clear", request_kind::clear_audio, ""},
      {"clear_output", request_kind::clear_output, "evt_5"},
      {"item_user_text", request_kind::create_item, "evt_6"},
      {"item_retrieve", request_kind::retrieve_item, "evt_8"},
      {"item_truncate", request_kind::truncate_item, "evt_9"},
      {"item_delete", request_kind::delete_item, "evt_10"},
      {"response_ga", request_kind::create_response, "evt_11"},
      {"response_cancel", request_kind::cancel_response, "evt_12"},
  }));
  const auto decoded = decode(messages.at(file));
  REQUIRE(decoded);
  const auto tag =
      std::visit([](const auto& event) { return to_tag(event.request); }, decoded.assume_value());
  CHECK(tag.kind == kind);
  CHECK(tag.event_id == id);
}

TEST_CASE("sound is decoded to its bytes, and is the only thing that goes unanswered") {
  const auto append =
      good<append_audio>(R"({"type":"input_audio_buffer.append","audio":"AP8Q/w=="})");
  CHECK(append.audio.view() == std::string_view{"\0\xff\x10\xff", 4});
  CHECK_FALSE(is_answered(append));
  CHECK(is_answered(commit_audio{}));
  CHECK(is_answered(create_response{}));
}

TEST_CASE("sound that is not base64 is refused and told of") {
  const auto audio = GENERATE("AA", "AAA", "A===", "AAAA\\n", "AB==", "AAB=", "AA-_", "A=AA", "é");
  const auto problem = bad(R"({"type":"input_audio_buffer.append","event_id":"e","audio":")" +
                           std::string{audio} + "\"}");
  CHECK(problem.code == "invalid_value");
  CHECK(problem.param == "audio");
  CHECK(problem.message.find("base64") != std::string::npos);
  CHECK(problem.event_id == "e");
}

TEST_CASE("long sound becomes messages under 64 KiB that are the sound when put together") {
  std::string sound(200'001, '\0');
  for (std::size_t i = 0; i < sound.size(); ++i) sound[i] = static_cast<char>(i * 31 >> 3);
  const auto requests = to_requests(append_audio{"a", shared_bytes{sound}});
  REQUIRE(requests.size() == 4);
  std::string together;
  for (const auto& request : requests) {
    const auto& piece = std::get<append_audio>(request.what);
    CHECK(piece.request == "a");
    CHECK(piece.audio.size() < 65'536);
    if (&request != &requests.back()) CHECK(piece.audio.size() % 2 == 0);
    together += piece.audio.view();
  }
  CHECK(together == sound);
  CHECK(to_requests(append_audio{"a", shared_bytes{std::string(10, 'x')}}).size() == 1);
  CHECK(to_requests(commit_audio{"k"}).size() == 1);
}

TEST_CASE("more sound in one event than the bound is refused and as much is taken") {
  codec_limits limits;
  limits.audio_base64_bytes_max = 8;
  const auto append = [](std::string_view audio) {
    return R"({"type":"input_audio_buffer.append","audio":")" + std::string{audio} + "\"}";
  };
  good<append_audio>(append("AAAAAAAA"), limits);
  const auto problem = bad(append("AAAAAAAAAAAA"), limits);
  CHECK(problem.code == "string_above_max_length");
  CHECK(problem.param == "audio");
}

TEST_CASE("a megabyte of sound in one event is taken whole") {
  const auto append = good<append_audio>(R"({"type":"input_audio_buffer.append","audio":")" +
                                         std::string(1'400'000, 'A') + "\"}");
  CHECK(append.audio.size() == 1'050'000);
}

TEST_CASE("an answer is truncated at a time of its one part") {
  const auto truncate = good<truncate_item>(
      R"({"type":"conversation.item.truncate","item_id":"i","content_index":0,"audio_end_ms":1500})");
  CHECK(truncate.item_id == "i");
  CHECK(truncate.audio_end_ms == 1'500);
  CHECK(bad(R"({"type":"conversation.item.truncate","item_id":"i","content_index":1,
                "audio_end_ms":1})")
            .param == "content_index");
  CHECK(bad(R"({"type":"conversation.item.truncate","item_id":"i","content_index":0,
                "audio_end_ms":-1})")
            .code == "integer_below_min_value");
  CHECK(bad(R"({"type":"conversation.item.truncate","item_id":"i","content_index":0})").param ==
        "audio_end_ms");
}

TEST_CASE("a response takes settings, input and metadata of its own") {
  const auto create = good<create_response>(valid_messages().at("response_ga"));
  CHECK(create.out_of_band);
  CHECK(create.patch.modality == output_modality::text);
  CHECK(create.patch.instructions == "Sort this.");
  CHECK(create.patch.tokens_max == 64);
  CHECK(create.patch.voice == "cedar");
  CHECK(create.patch.output == audio_format{});
  CHECK(create.patch.tools == std::vector<tool_definition>{});
  CHECK(create.patch.choice == tool_choice{tool_choice_kind::none, {}});
  CHECK(create.metadata ==
        std::vector<std::pair<std::string, std::string>>{{"topic", "sorting"}, {"round", "2"}});
  REQUIRE(create.input);
  REQUIRE(create.input->size() == 4);
  conversation_item reference;
  reference.id = "item_1";
  CHECK((*create.input)[0] == reference);
  CHECK((*create.input)[1].text == "Is it a question?");
  CHECK((*create.input)[2].kind == item_kind::function_call);
  CHECK((*create.input)[3].kind == item_kind::function_call_output);
}

TEST_CASE("a response may have a key, which every attempt at it shares") {
  const auto keyed = good<create_response>(
      R"({"type":"response.create","idempotency_key":"k 1","event_id":"e1"})");
  CHECK(keyed.idempotency_key == "k 1");
  CHECK(good<create_response>(R"({"type":"response.create"})").idempotency_key.empty());
  CHECK(bad(R"({"type":"response.create","idempotency_key":7})").param == "idempotency_key");
  CHECK(bad(R"({"type":"response.create","idempotency_key":")" + std::string(129, 'k') + "\"}")
            .code == "string_above_max_length");
}

TEST_CASE("a response without wishes belongs to the conversation and has no input of its own") {
  const auto create = good<create_response>(R"({"type":"response.create","response":null})");
  CHECK(create.patch == settings_patch{});
  CHECK_FALSE(create.out_of_band);
  CHECK_FALSE(create.input);
  CHECK(create.metadata.empty());
  const auto empty = good<create_response>(R"({"type":"response.create","response":{"input":[]}})");
  REQUIRE(empty.input);
  CHECK(empty.input->empty());
}

TEST_CASE("each wrong field of a response is named by its path") {
  const auto [fields, param, code] = GENERATE(table<std::string, std::string, std::string>({
      {R"("conversation":"other")", "response.conversation", "invalid_value"},
      {R"("input":{})", "response.input", "invalid_type"},
      {R"("input":[1])", "response.input[0]", "invalid_type"},
      {R"("input":[{"type":"item_reference"}])", "response.input[0].id",
       "missing_required_parameter"},
      {R"("input":[{"type":"message","role":"user","content":[{"type":"input_audio",
          "audio":"AAAA"}]}])",
       "response.input[0]", "unsupported_value"},
      {R"("append_input_items":[{}])", "response.append_input_items", "unsupported_value"},
      {R"("metadata":[])", "response.metadata", "invalid_type"},
      {R"("metadata":{"a":1})", "response.metadata.a", "invalid_type"},
      {R"("metadata":{"a":")" + std::string(513, 'x') + "\"}", "response.metadata.a",
       "string_above_max_length"},
      {R"("prompt":{"id":"p"})", "response.prompt", "unsupported_value"},
      {R"("max_output_tokens":1e9)", "response.max_output_tokens", "integer_above_max_value"},
  }));
  const auto problem =
      bad(R"({"type":"response.create","event_id":"e9","response":{)" + fields + "}}");
  CHECK(problem.param == param);
  CHECK(problem.code == code);
  CHECK(problem.event_id == "e9");
}

TEST_CASE("responses are cancelled with or without naming one") {
  CHECK(good<cancel_response>(R"({"type":"response.cancel"})").response_id.empty());
  CHECK(good<cancel_response>(R"({"type":"response.cancel","response_id":"resp_1"})").response_id ==
        "resp_1");
}

TEST_CASE("an event without a known shape is refused and never throws") {
  const auto [json, code, param] = GENERATE(table<std::string, std::string, std::string>({
      {"", "invalid_json", ""},
      {"{", "invalid_json", ""},
      {"[]", "invalid_json", ""},
      {"nul", "invalid_json", ""},
      {"{\"type\":\"response.create\"} x", "invalid_json", ""},
      {"{\"type\":\"\xff\"}", "invalid_json", ""},
      {R"({"type":"\ud800"})", "invalid_json", ""},
      {"{}", "missing_required_parameter", "type"},
      {R"({"type":7})", "invalid_type", "type"},
      {R"({"type":"no.such.event"})", "invalid_value", "type"},
      {R"({"type":"response.create","event_id":7})", "invalid_type", "event_id"},
      {R"({"type":"session.update"})", "missing_required_parameter", "session"},
      {R"({"type":"input_audio_buffer.append"})", "missing_required_parameter", "audio"},
      {R"({"type":"input_audio_buffer.append","audio":[0,1]})", "invalid_type", "audio"},
      {R"({"type":"response.create","response":[]})", "invalid_type", "response"},
      {R"({"type":"response.cancel","response_id":7})", "invalid_type", "response_id"},
      {R"({"type":"conversation.item.delete"})", "missing_required_parameter", "item_id"},
      {R"({"type":"conversation.item.retrieve","item_id":"a b"})", "invalid_value", "item_id"},
  }));
  const auto problem = bad(json);
  CHECK(problem.type == "invalid_request_error");
  CHECK(problem.code == code);
  CHECK(problem.param == param);
}

TEST_CASE(
    "an unknown event is answered with the ones that are known, as much as fits of its name") {
  const auto problem = bad(R"({"type":"session.destroy","event_id":"e"})");
  CHECK(problem.message.starts_with("Invalid value: 'session.destroy'. Supported values are: "));
  CHECK(problem.message.find("'input_audio_buffer.append'") != std::string::npos);
  CHECK(problem.message.ends_with(" and 'response.cancel'."));
  std::string name;
  for (int i = 0; i < 100; ++i) name += "\xe6\xbc\xa2";
  const auto long_name = bad(R"({"type":")" + name + "\"}");
  CHECK(long_name.message.find("\xe6\xbc\xa2'. Supported") != std::string::npos);
  CHECK(long_name.message.size() < 600);
}

TEST_CASE("JSON that is nested too deeply is refused") {
  std::string json = R"({"type":"response.create","x":)";
  json += std::string(10'000, '[');
  json += std::string(10'000, ']');
  CHECK(bad(json + '}').code == "invalid_json");
}

TEST_CASE("messages that break off anywhere are refused with a reason") {
  for (const auto& [name, json] : valid_messages()) {
    const auto end = json.find_last_of('}');
    for (std::size_t size = 0; size < end; ++size) {
      const auto decoded = decode(std::string_view{json}.substr(0, size));
      if (decoded) FAIL(name << " is taken at " << size << " bytes");
    }
  }
}

TEST_CASE("valid messages with random changes are decoded or refused with a reason") {
  const auto messages = valid_messages();
  std::mt19937 random{20'261'124};
  int refused = 0;
  for (const auto& [name, json] : messages) {
    for (int i = 0; i < 1'000; ++i) {
      auto text = json;
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
        if (text.empty()) text.push_back('{');
      }
      const auto decoded = decode(text);
      if (decoded) continue;
      ++refused;
      REQUIRE_FALSE(decoded.assume_error().code.empty());
      REQUIRE_FALSE(decoded.assume_error().message.empty());
    }
  }
  CHECK(refused > static_cast<int>(messages.size()) * 500);
}
