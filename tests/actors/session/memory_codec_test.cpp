#include "actors/session/memory_codec.hpp"

#include <catch2/catch.hpp>

using namespace dhr;
using namespace std::chrono_literals;

namespace {

session_memory full_memory() {
  session_memory memory;
  auto& s = memory.settings;
  s.instructions = "Be brief.";
  s.voice = "slt";
  s.speech_rate = 1.5;
  s.modality = output_modality::text;
  s.blendshapes = s.visemes = s.word_timestamps = s.idle_animation = true;
  s.sampling = {0.25, 0.5, 99};
  s.listening.input = {audio_encoding::pcmu, 8'000};
  s.listening.detection = {
      turn_detection_kind::server_vad, 0.75, 1ms, 2ms, 3ms, eagerness_kind::high, false, false};
  s.listening.transcription = {true, "m", "en", "p"};
  s.output = {audio_encoding::pcma, 8'000};
  s.tools = {{"look_up", "Looks up.", R"({"type":"object"})"}};
  s.choice = {tool_choice_kind::function, "look_up"};
  memory.items = {{"i1", item_role::user, item_status::completed, "Hi", true},
                  {"i2", item_role::assistant, item_status::incomplete, "Hel", true},
                  {"i3", item_role::assistant, item_status::completed, "{}", false,
                   item_kind::function_call, "call_1", "look_up"},
                  {"i4", item_role::user, item_status::completed, "42", false,
                   item_kind::function_call_output, "call_1", ""}};
  memory.turn_number = 7;
  memory.owner = "key_a";
  memory.answered = {{"k1", "resp_1", {"i2"}, turn_status::incomplete, "max_output_tokens"},
                     {"k \"2\"", "resp_2", {}, turn_status::completed, ""}};
  memory.mood = {{0.125f, 0, 0.5f, 0.1f, 1}};
  return memory;
}

}  // namespace

TEST_CASE("a conversation comes out of the store as it went in") {
  const auto memory = full_memory();
  const auto snapshot = snapshot_of({{"conv_1"}, {3}, 7}, memory, 1'000);
  CHECK(snapshot.id.value == "conv_1");
  CHECK(snapshot.epoch.value == 3);
  CHECK(snapshot.saved_at_ms == 1'000);
  const auto back = memory_of(snapshot);
  CHECK(back.settings == memory.settings);
  CHECK(back.items == memory.items);
  CHECK(back.turn_number == 7);
  CHECK(back.owner == "key_a");
  CHECK(back.answered == memory.answered);
  CHECK(back.mood == memory.mood);
}

TEST_CASE("a conversation that was stored before its user's feelings were has none") {
  auto snapshot = snapshot_of({{"conv_1"}, {3}, 7}, full_memory(), 0);
  snapshot.settings = R"({"instructions":"Be brief."})";
  CHECK(memory_of(snapshot).mood == feelings{});
  snapshot.settings = R"({"mood":{"joy":7,"concern":"much","unknown":1,"surprise":-1}})";
  CHECK(memory_of(snapshot).mood == feelings{{1, 0, 0, 0, 0}});
}

TEST_CASE("a conversation that was stored before it had an owner belongs to nobody's key") {
  auto snapshot = snapshot_of({{"conv_1"}, {3}, 7}, full_memory(), 0);
  snapshot.settings = R"({"instructions":"Be brief."})";
  CHECK(memory_of(snapshot).owner.empty());
}

TEST_CASE(
    "the texts of a conversation that is handed over are not copied on their way to the store") {
  auto memory = full_memory();
  memory.items[0].text = std::string(1'000, 'x');
  const void* text = memory.items[0].text.data();
  const auto snapshot = snapshot_of({}, std::move(memory), 0);
  CHECK(static_cast<const void*>(snapshot.items[0].text.data()) == text);
}

TEST_CASE("a settings document of another version or a broken one keeps the defaults") {
  auto snapshot = snapshot_of({{"conv_1"}, {3}, 7}, full_memory(), 0);
  session_settings defaults;
  defaults.voice = "joe";
  snapshot.settings = R"({"instructions":"New.","voice":3,"unknown":true})";
  CHECK(memory_of(snapshot, defaults).settings.voice == "joe");
  CHECK(memory_of(snapshot, defaults).settings.instructions == "New.");
  snapshot.settings = "not JSON";
  CHECK(memory_of(snapshot, defaults).settings == defaults);
}

TEST_CASE("an item that was under way when it was saved is incomplete") {
  auto memory = full_memory();
  memory.items[0].status = item_status::in_progress;
  CHECK(memory_of(snapshot_of({}, memory, 0)).items[0].status == item_status::incomplete);
}
