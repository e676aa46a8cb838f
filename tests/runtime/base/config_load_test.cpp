#include "runtime/base/config_load.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

namespace {

using dhr::config_fault;
using dhr::settings::engine_kind;

dhr::loaded_config parse(const std::string& yaml, const dhr::environment& variables = {}) {
  return dhr::parse_config(yaml, "test.yml", variables);
}

// The only complaint about this text.
dhr::config_complaint complaint(const std::string& yaml, const dhr::environment& variables = {}) {
  const auto loaded = parse(yaml, variables);
  INFO(dhr::render(loaded.complaints));
  REQUIRE(loaded.complaints.size() == 1);
  return loaded.complaints.front();
}

dhr::loaded_config without_file(const dhr::environment& variables) {
  return dhr::load_config({}, variables);
}

}  // namespace

TEST_CASE("without file and variables every key has its default") {
  const auto loaded = without_file({});
  CHECK(loaded.complaints.empty());
  CHECK(loaded.origins.empty());
  CHECK(dhr::describe(loaded.values) == dhr::describe(dhr::config{}));
}

TEST_CASE("values of the file take the place of defaults, the others stay") {
  const auto loaded = parse(
      "digital_human:\n"
      "  conversation:\n"
      "    engine: scripted\n"
      "    temperature: 1\n"
      "    instructions: |\n"
      "      Be brief.\n"
      "      Be kind.\n"
      "    sglang: {api_key: s3cr3t, idle_timeout_ms: 250}\n"
      "  avatar:\n"
      "    resolution: 1280x720\n"
      "    seed: 9007199254740991\n"
      "  audio2face: {enable_eye_tracking: false}\n"
      "  voice:\n");
  CHECK(dhr::render(loaded.complaints).empty());
  const auto& values = loaded.values;
  CHECK(values.conversation.engine == engine_kind::scripted);
  CHECK(values.conversation.temperature == 1.0);
  CHECK(values.conversation.instructions == "Be brief.\nBe kind.\n");
  CHECK(values.conversation.sglang.api_key.value == "s3cr3t");
  CHECK(values.conversation.sglang.idle_timeout_ms == std::chrono::milliseconds{250});
  CHECK(values.avatar.resolution == dhr::image_size{1'280, 720});
  CHECK(values.avatar.seed == 9'007'199'254'740'991);
  CHECK_FALSE(values.audio2face.enable_eye_tracking);
  CHECK(values.avatar.fps == 30);
  CHECK(loaded.origins.at("conversation.temperature").line == 4);
  CHECK_FALSE(loaded.origins.contains("avatar.fps"));
}

TEST_CASE("the specification's own example is accepted as it stands") {
  const auto loaded = parse(R"(
digital_human:
  conversation:
    engine: "sglang"
    model: "llama3:70b"
    temperature: 0.7
    max_tokens: 500
  avatar:
    model: "realistic_human_v2"
    resolution: "1920x1080"
    fps: 30
    emotion_blend_speed: 0.3
  audio2face:
    server: "localhost:50051"
    version: "3.0"
    quality: "high"
    enable_eye_tracking: true
    enable_wrinkle_maps: true
  emotions:
    joy_threshold: 0.7
    confidence_threshold: 0.8
    surprise_threshold: 0.6
  gpu:
    device: "cuda:0"
    memory_fraction: 0.8
    batch_size: 1
)");
  CHECK(dhr::render(loaded.complaints).empty());
  CHECK(loaded.values.conversation.engine == engine_kind::sglang);
  CHECK(loaded.values.conversation.model == "llama3:70b");
  CHECK(dhr::keys_without_effect(loaded.values).empty());
}

TEST_CASE("an unknown key names file, line, column and the nearest known key") {
  const auto found = complaint("digital_human:\n  conversation:\n    max_tokns: 5\n");
  CHECK(found.fault == config_fault::unknown_key);
  CHECK(dhr::to_string(found) ==
        "test.yml:3:5: conversation.max_tokns is unknown; did you mean conversation.max_tokens?");
}

TEST_CASE("an unknown key that exists under another part names that one") {
  CHECK(complaint("digital_human:\n  avatar:\n    max_tokens: 5\n").what ==
        "is unknown; did you mean conversation.max_tokens?");
  CHECK(complaint("digital_human:\n  port: 5\n").what ==
        "is unknown; did you mean doors.http.port?");
}

TEST_CASE("an unknown part is complained about once, not for each key in it") {
  const auto found =
      complaint("digital_human:\n  conversatoin:\n    engine: sglang\n    x: {y: 1}\n");
  CHECK(found.key == "conversatoin");
  CHECK(found.what == "is unknown; did you mean conversation?");
}

TEST_CASE("a key beside digital_human is unknown") {
  const auto found = complaint("digital_human: {}\nconversation:\n  engine: sglang\n");
  CHECK(found.fault == config_fault::unknown_key);
  CHECK(found.line == 2);
}

TEST_CASE("a path with dots is no key") {
  const auto found = complaint("digital_human:\n  conversation.max_tokens: 5\n");
  CHECK(found.fault == config_fault::unknown_key);
  CHECK(parse("digital_human:\n  conversation.max_tokens: 5\n").values.conversation.max_tokens ==
        500);
}

TEST_CASE("a value of the wrong type is refused and the default stays") {
  struct wrong {
    const char* yaml;
    const char* what;
  };
  for (const auto& [yaml, what] : std::vector<wrong>{
           {"conversation: {max_tokens: many}", "must be a whole number"},
           {"conversation: {max_tokens: 5.5}", "must be a whole number"},
           {"conversation: {max_tokens: 0x10}", "must be a whole number"},
           {"conversation: {max_tokens: \"500\"}", "must be a whole number, not text in quotes"},
           {"conversation: {temperature: warm}", "must be a number"},
           {"conversation: {temperature: .nan}", "must be a number"},
           {"conversation: {temperature: nan}", "must be a number"},
           {"audio2face: {enabled: yes}", "must be true or false"},
           {"audio2face: {enabled: \"true\"}", "must be true or false, not text in quotes"},
           {"avatar: {resolution: large}", "must be of the form 1920x1080"},
           {"conversation: {max_tokens: [5]}", "must be one value: 1 to 65536"},
           {"conversation: {max_tokens: {a: 5}}", "must be one value: 1 to 65536"},
           {"conversation: {max_tokens: }", "has no value; it must be 1 to 65536"},
           {"conversation: 5", "must hold keys, not a value of its own"},
       }) {
    const auto found = complaint("digital_human: {" + std::string{yaml} + "}\n");
    INFO(yaml);
    CHECK(found.fault == config_fault::wrong_type);
    CHECK(found.what == what);
    CHECK(found.line == 1);
    CHECK(dhr::describe(parse("digital_human: {" + std::string{yaml} + "}\n").values) ==
          dhr::describe(dhr::config{}));
  }
}

TEST_CASE("a value out of range is refused with the range") {
  struct wrong {
    const char* yaml;
    const char* what;
  };
  for (const auto& [yaml, what] : std::vector<wrong>{
           {"conversation: {max_tokens: 0}", "must be 1 to 65536"},
           {"conversation: {max_tokens: -1}", "must be 1 to 65536"},
           {"conversation: {max_tokens: 99999999999999999999}", "must be 1 to 65536"},
           {"conversation: {temperature: 2.01}", "must be 0.0 to 2.0"},
           {"conversation: {temperature: 1e999}", "must be 0.0 to 2.0"},
           {"conversation: {temperature: inf}", "must be 0.0 to 2.0"},
           {"conversation: {engine: sglamg}", "must be embedded, sglang or scripted"},
           {"voice: {name: Joe}", "must be joe, slt or tone"},
           {"avatar: {resolution: 1920x0}", "must be WIDTHxHEIGHT, each 16 to 16384"},
           {"doors: {http: {port: 65536}}", "must be 0 to 65535"},
           {"doors: {http: {address: localhost}}", "must be an IP address"},
           {"gpu: {device: tpu}",
            "must be auto, or cpu and cuda:NUMBER, several separated by commas"},
       }) {
    INFO(yaml);
    const auto found = complaint("digital_human: {" + std::string{yaml} + "}\n");
    CHECK(found.fault == config_fault::out_of_range);
    CHECK(found.what == what);
    CHECK_FALSE(found.value.empty());
  }
}

TEST_CASE("a key that stands twice is refused at its second place") {
  const auto found = complaint("digital_human:\n  avatar:\n    fps: 25\n    fps: 50\n");
  CHECK(found.fault == config_fault::duplicate_key);
  CHECK(dhr::to_string(found) == "test.yml:4:5: avatar.fps stands in this place twice");
  CHECK(complaint("digital_human:\n  log: {}\n  log: {}\n").line == 3);
  CHECK(complaint("digital_human: {}\ndigital_human: {}\n").fault == config_fault::duplicate_key);
}

TEST_CASE("what is not YAML is refused with its line") {
  const auto found = complaint("digital_human:\n  avatar:\n    fps: [25\n  x: 1\n");
  CHECK(found.fault == config_fault::syntax);
  CHECK(found.line >= 3);
  CHECK(complaint("digital_human:\n\tavatar: 1\n").line == 2);
  CHECK(complaint("").fault == config_fault::syntax);
  CHECK(complaint("just words").fault == config_fault::syntax);
  CHECK(complaint("digital_human: {}\n---\ndigital_human: {}\n").fault == config_fault::syntax);
  CHECK(complaint("digital_human: *nowhere\n").fault == config_fault::syntax);
}

TEST_CASE("a map that holds itself ends in a complaint") {
  CHECK(parse("digital_human: &x\n  log: *x\n").complaints.size() >= 1);
}

TEST_CASE("all complaints come at once, in the order of the file and then of the variables") {
  const auto loaded =
      parse("digital_human:\n  avatar:\n    fps: 0\n    fsp: 30\n  log:\n    level: loud\n",
            {{"DHR_VOICE_RATE", "9"}, {"DHR_NO_SUCH", "1"}});
  REQUIRE(loaded.complaints.size() == 5);
  CHECK(loaded.complaints[0].line == 3);
  CHECK(loaded.complaints[1].line == 4);
  CHECK(loaded.complaints[2].line == 6);
  CHECK(loaded.complaints[3].key == "DHR_NO_SUCH");
  CHECK(loaded.complaints[4].key == "DHR_VOICE_RATE");
}

TEST_CASE("variables go before the file, and a key's own variable before a short name") {
  const std::string yaml = "digital_human:\n  conversation: {model: from_file, engine: sglang}\n";
  CHECK(parse(yaml).values.conversation.model == "from_file");
  CHECK(parse(yaml, {{"MODEL", "short"}}).values.conversation.model == "short");
  const auto both = parse(yaml, {{"MODEL", "short"}, {"DHR_CONVERSATION_MODEL", "own"}});
  CHECK(both.values.conversation.model == "own");
  CHECK(both.origins.at("conversation.model").variable == "DHR_CONVERSATION_MODEL");
}

TEST_CASE("the specification's variables and any key's path set their keys") {
  const auto loaded = without_file({{"AUDIO2FACE_SERVER", "audio2face-service:50051"},
                                    {"DHR_CONVERSATION_MAX_TOKENS", "64"},
                                    {"DHR_DOORS_HTTP_PORT", "8001"},
                                    {"DHR_CONVERSATION_SGLANG_BASE_URL", "https://llm.example/api"},
                                    {"DHR_DEPS_DIR", "/opt/dhr"},
                                    {"DHR_CONFIG", "some.yml"},
                                    {"PATH", "/bin"}});
  CHECK(dhr::render(loaded.complaints).empty());
  CHECK(loaded.values.audio2face.server == "audio2face-service:50051");
  CHECK(loaded.values.conversation.max_tokens == 64);
  CHECK(loaded.values.doors.http.port == 8'001);
  CHECK(loaded.values.conversation.sglang.base_url == "https://llm.example/api");
  CHECK(loaded.values.runtime.deps_dir == "/opt/dhr");
}

TEST_CASE("a model that only a server can serve needs the engine sglang") {
  const auto loaded = without_file({{"MODEL", "llama3:70b"}});
  REQUIRE(loaded.complaints.size() == 1);
  CHECK(loaded.complaints[0].fault == config_fault::relation);
  CHECK(loaded.complaints[0].source == "environment MODEL");
  CHECK(without_file({{"MODEL", "llama3:70b"}, {"DHR_CONVERSATION_ENGINE", "sglang"}})
            .complaints.empty());
}

TEST_CASE("an unknown variable names the nearest") {
  const auto loaded = without_file({{"DHR_CONVERSATION_MAX_TOKEN", "5"}});
  REQUIRE(loaded.complaints.size() == 1);
  CHECK(dhr::to_string(loaded.complaints[0]) ==
        "environment: DHR_CONVERSATION_MAX_TOKEN is unknown; did you mean "
        "DHR_CONVERSATION_MAX_TOKENS?");
}

TEST_CASE("a relation is checked only when the values themselves are right") {
  CHECK(complaint("digital_human: {avatar: {fps: 0, chunk_ms: 210}}\n").fault ==
        config_fault::out_of_range);
  const auto found = complaint("digital_human:\n  avatar:\n    chunk_ms: 210\n");
  CHECK(found.fault == config_fault::relation);
  CHECK(dhr::to_string(found) ==
        "test.yml:3:5: avatar.chunk_ms is 210: must hold a whole number of frames at avatar.fps "
        "(30)");
}

TEST_CASE("secrets are in no complaint and no listing") {
  const std::string key = "tell no one";
  const auto refused = without_file({{"DHR_CONVERSATION_SGLANG_API_KEY", key}});
  REQUIRE(refused.complaints.size() == 1);
  CHECK(dhr::render(refused.complaints).find(key) == std::string::npos);

  const auto unknown = parse("digital_human:\n  conversation:\n    sglang: {api_kye: hush}\n");
  CHECK(dhr::render(unknown.complaints).find("hush") == std::string::npos);

  const auto url = without_file({{"DHR_CONVERSATION_SGLANG_BASE_URL", "http://me:hush@host"}});
  REQUIRE(url.complaints.size() == 1);
  CHECK(dhr::render(url.complaints).find("hush") == std::string::npos);

  const auto keys = without_file({{"DHR_DOORS_ACCESS_KEYS", "shop:hush"}});
  REQUIRE(keys.complaints.size() == 1);
  CHECK(dhr::render(keys.complaints).find("hush") == std::string::npos);

  const auto taken = without_file({{"DHR_CONVERSATION_SGLANG_API_KEY", "hush"}});
  CHECK(taken.complaints.empty());
  CHECK(taken.values.conversation.sglang.api_key.value == "hush");
  const auto listing = dhr::describe(taken.values, taken.origins);
  CHECK(listing.find("hush") == std::string::npos);
  CHECK(listing.find("conversation.sglang.api_key = (set)  (environment: "
                     "DHR_CONVERSATION_SGLANG_API_KEY)\n") != std::string::npos);
}

TEST_CASE("the listing says for each key where its value comes from") {
  const auto loaded =
      parse("digital_human:\n  avatar:\n    fps: 25\n", {{"DHR_LOG_LEVEL", "debug"}});
  const auto listing = dhr::describe(loaded.values, loaded.origins);
  CHECK(listing.find("avatar.fps = 25  (test.yml:3:5)\n") != std::string::npos);
  CHECK(listing.find("log.level = debug  (environment: DHR_LOG_LEVEL)\n") != std::string::npos);
  CHECK(listing.find("voice.name = joe  (default)\n") != std::string::npos);
}

TEST_CASE("keys that nothing uses yet are named once they differ from their defaults") {
  const auto loaded = parse("digital_human: {avatar: {model: other}, voice: {rate: 1.5}}\n");
  CHECK(dhr::keys_without_effect(loaded.values) == std::vector<std::string>{"avatar.model"});
}

TEST_CASE("a file that is not there, a folder and a file too large are refused by name") {
  const auto folder = std::filesystem::temp_directory_path();
  for (const auto& path : {folder / "dhr-no-such-file.yml", folder}) {
    const auto loaded = dhr::load_config(path, {});
    REQUIRE(loaded.complaints.size() == 1);
    CHECK(loaded.complaints[0].fault == config_fault::unreadable);
    CHECK(loaded.complaints[0].source == path.string());
  }
  const auto large =
      folder / ("dhr-large-" + std::to_string(std::hash<const void*>{}(&folder)) + ".yml");
  std::ofstream{large} << std::string(2'000'000, '#');
  CHECK(dhr::load_config(large, {}).complaints.at(0).fault == config_fault::unreadable);
  std::filesystem::remove(large);
}
