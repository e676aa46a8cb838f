#include "net/realtime/item_codec.hpp"

#include "tests/net/realtime/decoding.hpp"

using namespace dhr;
using namespace dhr::realtime;

namespace {

std::string item(const std::string& fields) {
  return R"({"type":"conversation.item.create","event_id":"e1","item":{)" + fields + "}}";
}

create_item created(const std::string& file) {
  return good<create_item>(valid_messages().at(file));
}

}  // namespace

TEST_CASE("a message keeps its id, its place and all of its text") {
  const auto message = created("item_user_text");
  CHECK(message.previous == "root");
  CHECK(message.item ==
        conversation_item{"item_1", item_role::user, item_status::completed, "Hello é", false});
  CHECK(message.audio.empty());
  CHECK(created("item_system").item.role == item_role::system);
  const auto said = created("item_assistant_text").item;
  CHECK(said.role == item_role::assistant);
  CHECK(said.text == "Hi there.");
  CHECK(said.id.empty());
  CHECK_FALSE(said.spoken);
}

TEST_CASE("spoken messages bring their sound or its transcript") {
  const auto heard = created("item_user_audio");
  CHECK(heard.audio.view() == std::string_view{"\0\1\2\3\4\5\6\7", 8});
  CHECK(heard.item.spoken);
  CHECK(heard.item.text.empty());
  const auto written = created("item_user_transcript");
  CHECK(written.item.spoken);
  CHECK(written.item.text == "Good morning.");
  CHECK(written.audio.empty());
  const auto answer = created("item_assistant_audio");
  CHECK(answer.item.spoken);
  CHECK(answer.item.text == "Hi there.");
}

TEST_CASE("the sound of an answer that is written into the history is its transcript") {
  const auto answer = good<create_item>(item(R"("type":"message","role":"assistant","content":[
      {"type":"output_audio","audio":"AAAA","transcript":"Hi."}])"));
  CHECK(answer.audio.empty());
  CHECK(answer.item.text == "Hi.");
}

TEST_CASE("function calls and their outputs are items") {
  const auto call = created("item_call").item;
  CHECK(call.kind == item_kind::function_call);
  CHECK(call.id == "item_2");
  CHECK(call.call_id == "call_1");
  CHECK(call.name == "get_weather");
  CHECK(call.text == R"({"place":"Bern"})");
  const auto output = created("item_call_output").item;
  CHECK(output.kind == item_kind::function_call_output);
  CHECK(output.call_id == "call_1");
  CHECK(output.text == R"({"degrees":21})");
  CHECK(good<create_item>(item(R"("type":"function_call_output","call_id":"c","output":"")"))
            .item.text.empty());
}

TEST_CASE("each wrong field of an item is named by its path") {
  const auto [fields, param, code] = GENERATE(table<std::string, std::string, std::string>({
      {R"("role":"user","content":[{"type":"input_text","text":"a"}])", "item.type",
       "missing_required_parameter"},
      {R"("type":"mcp_call")", "item.type", "invalid_value"},
      {R"("type":"message","content":[{"type":"input_text","text":"a"}])", "item.role",
       "missing_required_parameter"},
      {R"("type":"message","role":"tool","content":[{"type":"input_text","text":"a"}])",
       "item.role", "invalid_value"},
      {R"("type":"message","role":"user")", "item.content", "missing_required_parameter"},
      {R"("type":"message","role":"user","content":[])", "item.content", "empty_array"},
      {R"("type":"message","role":"user","content":[{"type":"input_text","text":""}])",
       "item.content", "invalid_value"},
      {R"("type":"message","role":"user","content":["a"])", "item.content[0]", "invalid_type"},
      {R"("type":"message","role":"user","content":[{"type":"input_text","text":"a"},
          {"type":"input_image","image_url":""}])",
       "item.content[1].type", "invalid_value"},
      {R"("type":"message","role":"user","content":[{"type":"input_text"}])",
       "item.content[0].text", "missing_required_parameter"},
      {R"("type":"message","role":"user","content":[{"type":"input_audio"}])",
       "item.content[0].audio", "missing_required_parameter"},
      {R"("type":"message","role":"user","content":[{"type":"input_audio","audio":"AA"}])",
       "item.content[0].audio", "invalid_value"},
      {R"("type":"message","role":"assistant","content":[{"type":"output_audio"}])",
       "item.content[0].transcript", "missing_required_parameter"},
      {R"("type":"message","role":"system","content":[{"type":"input_audio","audio":"AAAA"}])",
       "item.content[0].type", "invalid_value"},
      {R"("type":"message","role":"user","id":"a b","content":[{"type":"input_text","text":"a"}])",
       "item.id", "invalid_value"},
      {R"("type":"function_call","name":"f","arguments":"{}")", "item.call_id",
       "missing_required_parameter"},
      {R"("type":"function_call","call_id":"c","arguments":"{}")", "item.name",
       "missing_required_parameter"},
      {R"("type":"function_call_output","call_id":"c")", "item.output",
       "missing_required_parameter"},
      {R"("type":"function_call_output","call_id":"c","output":{})", "item.output", "invalid_type"},
  }));
  const auto problem = bad(item(fields));
  CHECK(problem.param == param);
  CHECK(problem.code == code);
  CHECK(problem.event_id == "e1");
}

TEST_CASE("an item's parts are bounded together") {
  codec_limits limits;
  limits.text_bytes_max = 10;
  const auto two = bad(item(R"("type":"message","role":"user","content":[
      {"type":"input_text","text":"123456"},{"type":"input_text","text":"123456"}])"),
                       limits);
  CHECK(two.param == "item.content");
  limits.audio_base64_bytes_max = 8;
  const auto sound = bad(item(R"("type":"message","role":"user","content":[
      {"type":"input_audio","audio":"AAAAAAAA"},{"type":"input_audio","audio":"AAAAAAAA"}])"),
                         limits);
  CHECK(sound.param == "item.content[1].audio");
}
