#include "net/http/router.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include "tests/net/http/site_fixture.hpp"

using namespace dhr;
using namespace dhr::http;
using dhr::testing::content_of;
using dhr::testing::header_of;
namespace json = boost::json;

namespace {

struct bench {
  testing::page_on_disk page;
  site shown = page.site();

  reply ask(request asked) {
    auto routed = router{shown}.route(asked);
    REQUIRE(std::holds_alternative<reply>(routed));
    return std::get<reply>(routed);
  }
  reply get(const std::string& target, const std::string& if_none_match = {}) {
    return ask({"GET", target, "", if_none_match, ""});
  }
};

request post(std::string body, std::string content_type = "application/json") {
  return {"POST", "/v1/interactions", std::move(content_type), "", std::move(body)};
}

std::string param_of(const reply& answer) {
  const auto told = json::parse(answer.body);
  const auto& param = told.at("error").at("param");
  return param.is_null() ? "" : std::string{param.as_string()};
}

}  // namespace

TEST_CASE("the page's files come with their type and a tag") {
  bench b;
  const auto [target, type, text] = GENERATE(table<std::string, std::string, std::string>({
      {"/", "text/html; charset=utf-8", "<!doctype html><title>page</title>"},
      {"/index.html?v=1", "text/html; charset=utf-8", "<!doctype html><title>page</title>"},
      {"/app.js", "text/javascript; charset=utf-8", "export {};"},
      {"/vendor/three/build/three.module.js", "text/javascript; charset=utf-8", "// three"},
      {"/models/head.glb", "model/gltf-binary", "glTF"},
  }));
  const auto answer = b.get(target);
  CHECK(answer.status == 200);
  CHECK(answer.content_type == type);
  CHECK(content_of(answer) == text);
  CHECK(header_of(answer, "ETag").size() > 4);
  CHECK_FALSE(header_of(answer, "Cache-Control").empty());
}

TEST_CASE("a file that the client has is not sent again, and one that changed is") {
  bench b;
  const auto tag = header_of(b.get("/app.js"), "ETag");
  CHECK(b.get("/app.js", tag).status == 304);
  CHECK(b.get("/app.js", tag).file.empty());
  CHECK(b.get("/app.js", "\"other\", W/" + tag).status == 304);
  CHECK(b.get("/app.js", "*").status == 304);
  CHECK(b.get("/app.js", "\"other\"").status == 200);
  b.page.write("web/app.js", "export const changed = 1;");
  CHECK(b.get("/app.js", tag).status == 200);
}

TEST_CASE("nothing outside of the page can be read") {
  bench b;
  const auto target = GENERATE(
      "/../outside.txt", "/%2e%2e/outside.txt", "/..%2foutside.txt",
      "/vendor/three/../../../outside.txt", "/vendor/three/%2e%2e/other/index.js", "/link.txt",
      "/.secret", "/node_modules/other/index.js", "//etc/passwd", "/%2fetc/passwd",
      "/app.js%00.html", "/..%5coutside.txt", "/models/head.glb/../../outside.txt", "/models/",
      "/models/head.glbx", "/none.html", "/vendor/three/", "/vendor/three/build");
  const auto answer = b.get(target);
  INFO(target);
  CHECK(answer.status == 404);
  CHECK(content_of(answer).find("private") == std::string::npos);
}

TEST_CASE("the page is told what it needs to begin") {
  bench b;
  const auto config = json::parse(b.get("/config.json").body);
  CHECK(config.at("realtime").at("port") == 8'081);
  CHECK(config.at("realtime").at("path") == "/v1/realtime");
  CHECK(config.at("fps") == 30);
  CHECK(config.at("sample_rate") == 24'000);
  CHECK(config.at("voices") == json::array{"joe", "slt"});
  CHECK(config.at("default_voice") == "joe");
  CHECK(config.at("blendshapes").as_array().size() == 52);
  CHECK(config.at("head") == "/models/head.glb");
}

TEST_CASE("readiness names each part and fails with one of them") {
  bench b;
  CHECK(b.get("/health/live").status == 200);
  CHECK(b.get("/health/ready").status == 200);
  b.shown.readiness = [] {
    return std::vector<part_readiness>{{"voice", true, ""}, {"language", false, "loading"}};
  };
  const auto answer = b.get("/health/ready");
  CHECK(answer.status == 503);
  const auto told = json::parse(answer.body);
  CHECK(told.at("ready") == false);
  CHECK(told.at("parts").at("voice").at("ready") == true);
  CHECK(told.at("parts").at("language").at("detail") == "loading");
}

TEST_CASE("metrics are text and status is JSON") {
  bench b;
  CHECK(b.get("/metrics").body == "digital_human_sessions 0\n");
  CHECK(b.get("/metrics").content_type.starts_with("text/plain; version=0.0.4"));
  CHECK(b.get("/v1/status").body == R"({"sessions":0})");
}

TEST_CASE("a method that a path does not have is refused with those that it has") {
  bench b;
  auto answer = b.ask({"POST", "/", "", "", ""});
  CHECK(answer.status == 405);
  CHECK(header_of(answer, "Allow") == "GET, HEAD");
  answer = b.ask({"GET", "/v1/interactions", "", "", ""});
  CHECK(answer.status == 405);
  CHECK(header_of(answer, "Allow") == "POST");
  CHECK(b.ask({"GET", "no-path", "", "", ""}).status == 400);
}

TEST_CASE("an interaction that can't be read is refused with the field's name") {
  bench b;
  const auto [body, param] = GENERATE(table<std::string, std::string>({
      {"", ""},
      {"[]", ""},
      {"{}", "text"},
      {R"({"text":7})", "text"},
      {R"({"text":""})", "text"},
      {R"({"text":"","input_audio":"UklGRg=="})", "text"},
      {R"({"input_audio":""})", "input_audio"},
      {R"({"input_audio":"no base64"})", "input_audio"},
      {R"({"input_audio":true})", "input_audio"},
      {R"({"text":"a","session_id":"a b"})", "session_id"},
      {R"({"text":"a","voice":7})", "voice"},
      {R"({"text":"a","instructions":[]})", "instructions"},
      {R"({"text":"a","modality":"smell"})", "modality"},
      {R"({"text":"a","audio":"yes"})", "audio"},
      {R"({"text":"a","modality":"text","audio":true})", "audio"},
      {R"({"text":"a","modality":"text","animation":true})", "animation"},
  }));
  const auto answer = b.ask(post(body));
  CHECK(answer.status == 400);
  CHECK(param_of(answer) == param);
  CHECK(b.ask(post(R"({"text":"a"})", "text/plain")).status == 415);
  CHECK(b.ask(post(R"({"text":"a"})", "")).status == 415);
}

TEST_CASE("an interaction asks for the outputs that it names and no more") {
  bench b;
  const auto wanted = [&](const std::string& body) {
    auto routed = router{b.shown}.route(post(body, "Application/JSON; charset=utf-8"));
    REQUIRE(std::holds_alternative<interaction_request>(routed));
    return std::get<interaction_request>(routed);
  };
  const auto plain = wanted(R"({"text":"Hello"})");
  CHECK(plain.text == "Hello");
  CHECK(plain.animation);
  CHECK_FALSE(plain.audio);
  CHECK(plain.response.modality == output_modality::audio);
  CHECK(plain.response.blendshapes == true);
  CHECK(plain.session == settings_patch{});

  const auto silent = wanted(R"({"text":"Hello","animation":false})");
  CHECK(silent.response.modality == output_modality::text);
  CHECK(silent.response.blendshapes == false);

  const auto written = wanted(R"({"text":"Hello","modality":"text"})");
  CHECK_FALSE(written.animation);
  CHECK(written.response.modality == output_modality::text);

  const auto full = wanted(R"({"text":"Hello","session_id":"conv_1","voice":"slt","audio":true,
                               "instructions":"Be brief."})");
  CHECK(full.conversation.value == "conv_1");
  CHECK(full.audio);
  CHECK(full.session.voice == "slt");
  CHECK(full.session.instructions == "Be brief.");
}

TEST_CASE("sound comes in a field beside the text or in its place") {
  bench b;
  const auto wanted = [&](const std::string& body) {
    auto routed = router{b.shown}.route(post(body));
    REQUIRE(std::holds_alternative<interaction_request>(routed));
    return std::get<interaction_request>(routed);
  };
  const auto alone = wanted(R"({"input_audio":"UklGRg==","audio":true})");
  CHECK(alone.text.empty());
  CHECK(alone.sound.view() == "RIFF");
  CHECK(alone.sound_param == "input_audio");
  CHECK(alone.audio);
  const auto both = wanted(R"({"text":"Listen:","input_audio":"UklGRg=="})");
  CHECK(both.text == "Listen:");
  CHECK(both.sound.view() == "RIFF");
}

TEST_CASE("a body of sound has its settings in the query") {
  bench b;
  const auto route = [&](const std::string& query, const std::string& type = "audio/wav",
                         const std::string& body = "RIFF") {
    return router{b.shown}.route({"POST", "/v1/interactions" + query, type, "", body});
  };
  for (const auto* type : {"audio/wav", "Audio/FLAC", "audio/ogg; codecs=opus", "audio/mpeg"}) {
    const auto routed = route("", type);
    REQUIRE(std::holds_alternative<interaction_request>(routed));
    const auto& plain = std::get<interaction_request>(routed);
    CHECK(plain.sound.view() == "RIFF");
    CHECK(plain.sound_param.empty());
    CHECK(plain.text.empty());
    CHECK(plain.animation);
    CHECK(plain.session == settings_patch{});
  }
  const auto routed =
      route("?session_id=conv_1&voice=slt&instructions=Be%20brief.&audio=true&animation=false");
  REQUIRE(std::holds_alternative<interaction_request>(routed));
  const auto& full = std::get<interaction_request>(routed);
  CHECK(full.conversation.value == "conv_1");
  CHECK(full.session.voice == "slt");
  CHECK(full.session.instructions == "Be brief.");
  CHECK(full.audio);
  CHECK_FALSE(full.animation);

  const auto param = [&](const std::string& query) {
    const auto refused = route(query);
    REQUIRE(std::holds_alternative<reply>(refused));
    CHECK(std::get<reply>(refused).status == 400);
    return param_of(std::get<reply>(refused));
  };
  CHECK(param("?session_id=a%20b") == "session_id");
  CHECK(param("?audio=perhaps") == "audio");
  CHECK(param("?modality=smell") == "modality");
  CHECK(std::get<reply>(route("", "audio/wav", "")).status == 400);
}

TEST_CASE("what is neither JSON nor sound is refused with what is taken") {
  bench b;
  for (const auto* type : {"text/plain", "video/mp4", "audio", "multipart/form-data", ""}) {
    const auto refused = b.ask(post("RIFF", type));
    CHECK(refused.status == 415);
    CHECK(refused.body.find("FLAC") != std::string::npos);
  }
}

TEST_CASE("only sound for an interaction may be long") {
  CHECK(router::takes_sound("/v1/interactions?audio=true", "audio/wav"));
  CHECK(router::takes_sound("/v1/%69nteractions", "AUDIO/ogg; codecs=opus"));
  CHECK_FALSE(router::takes_sound("/v1/interactions", "application/json"));
  CHECK_FALSE(router::takes_sound("/", "audio/wav"));
  CHECK_FALSE(router::takes_sound("no path", "audio/wav"));
}
