// The real program as a user meets it: over sockets, with signals, with mistakes.

#include <signal.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "tests/support/http_get.hpp"
#include "tests/support/server_process.hpp"
#include "tests/support/talking_client.hpp"

using namespace dhr::testing;
using namespace std::chrono_literals;

namespace {

const std::map<std::string, std::string> scripted{{"DHR_CONVERSATION_ENGINE", "scripted"},
                                                  {"DHR_VOICE_NAME", "tone"}};

std::filesystem::path scratch_folder() {
  std::string name = (std::filesystem::temp_directory_path() / "dhr_program_XXXXXX").string();
  REQUIRE(mkdtemp(name.data()) != nullptr);
  return name;
}

std::string content_of(const std::filesystem::path& file) {
  std::ostringstream text;
  text << std::ifstream{file}.rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE(
    "a typed sentence is answered with words, sound and a moving face by the embedded stack") {
  server_process server{{}};
  talking_client talk{server.realtime_port()};
  REQUIRE(talk.wait_for("session.created"));
  talk.socket->send(with_face());
  REQUIRE(talk.wait_for("session.updated"));
  talk.say("Hello, who are you?");
  REQUIRE(talk.wait_for("response.done", 1, 60s));
  CHECK(talk.count["error"] == 0);
  const auto done = talk.last("response.done");
  CHECK(done.at_pointer("/response/status").as_string() == "completed");
  const auto said = talk.last("response.output_audio_transcript.done").at("transcript").as_string();
  CHECK(said.size() > 5);

  std::int64_t samples = 0;
  std::int64_t frames = 0;
  double mouth = 0;
  for (const auto& event : talk.events) {
    if (type_of(event) == "response.output_audio.delta") samples += samples_in_delta(event);
    if (type_of(event) != "response.animation_blendshapes.delta") continue;
    const auto delta = boost::json::parse(event);
    CHECK(delta.at("frame_index").to_number<std::int64_t>() == frames);
    for (const auto& frame : delta.at("frames").as_array()) {
      REQUIRE(frame.as_array().size() == 52);
      mouth = std::max(mouth, frame.at(17).to_number<double>());
      ++frames;
    }
  }
  CHECK(samples > 24'000 / 2);
  CHECK(frames >= samples * 30 / 24'000);
  CHECK(frames <= samples * 30 / 24'000 + 37);  // 1.2 s to come to rest from a feeling
  CHECK(mouth > 0.1);
  CHECK(talk.count["response.audio_timestamp.delta"] > 1);
  CHECK(talk.count["response.animation_viseme.delta"] > 3);
}

TEST_CASE("two conversations at once get their own answers") {
  server_process server{scripted};
  talking_client first{server.realtime_port()};
  talking_client second{server.realtime_port()};
  for (auto* talk : {&first, &second}) {
    REQUIRE(talk->wait_for("session.created"));
    talk->say("Go on.");
  }
  REQUIRE(first.wait_for("response.done"));
  REQUIRE(second.wait_for("response.done"));
  const auto id = [](const talking_client& talk) {
    return std::string{talk.last("response.done").at_pointer("/response/id").as_string()};
  };
  CHECK(id(first) != id(second));
  for (const auto* talk : {&first, &second}) {
    for (const auto& event : talk->events) {
      const auto response = string_field(event, "response_id");
      if (!response.empty()) CHECK(response == id(*talk));
    }
  }
}

TEST_CASE("nothing of an answer comes after its cancellation was acknowledged") {
  server_process server{scripted};
  talking_client talk{server.realtime_port()};
  talk.socket->send(with_face());
  talk.say("Go on.");
  REQUIRE(talk.wait_for("response.output_audio.delta"));
  talk.socket->send(R"({"type":"response.cancel"})");
  REQUIRE(talk.wait_for("response.done"));
  CHECK(talk.last("response.done").at_pointer("/response/status").as_string() == "cancelled");
  const auto before = talk.events.size();
  talk.socket->send(R"({"type":"session.update","session":{"type":"realtime"}})");
  REQUIRE(talk.wait_for("session.updated", 2));
  for (auto i = before; i < talk.events.size(); ++i) {
    CHECK_FALSE(type_of(talk.events[i]).starts_with("response."));
  }
  talk.socket->send(response_create);
  CHECK(talk.wait_for("response.done", 2));
}

TEST_CASE("a mistake in an event is told and the connection lives on") {
  server_process server{scripted};
  talking_client talk{server.realtime_port()};
  talk.socket->send(R"({"type":"session.update","event_id":"e1","session":{"type":"realtime",)"
                    R"("audio":{"output":{"voice":"nobody"}}}})");
  REQUIRE(talk.wait_for("error"));
  const auto problem = talk.last("error").at("error");
  CHECK(problem.at("param").as_string() == "session.audio.output.voice");
  CHECK(problem.at("event_id").as_string() == "e1");
  talk.socket->send("{nonsense");
  REQUIRE(talk.wait_for("error", 2));
  talk.socket->send(response_create);
  CHECK(talk.wait_for("response.done"));
}

TEST_CASE("a turn under way at SIGTERM is finished or told, and the program exits with 0") {
  server_process server{scripted};
  talking_client talk{server.realtime_port()};
  talk.say("Go on.");
  REQUIRE(talk.wait_for("response.output_audio.delta"));
  server.signal(SIGTERM);
  REQUIRE(talk.wait_for("response.done"));
  CHECK(server.wait() == 0);
}

TEST_CASE(
    "a language server that is not there is replaced by the embedded engine, and the client told") {
  server_process server{
      {{"DHR_CONVERSATION_ENGINE", "sglang"},
       {"MODEL", "llama3:70b"},
       {"DHR_CONVERSATION_SGLANG_BASE_URL", "http://127.0.0.1:" + std::to_string(free_port())},
       {"DHR_VOICE_NAME", "tone"}}};
  talking_client talk{server.realtime_port()};
  talk.say("Hello!");
  REQUIRE(talk.wait_for("response.done", 1, 60s));
  CHECK(talk.last("response.done").at_pointer("/response/status").as_string() == "completed");
  REQUIRE(talk.count["digital_human.notice"] == 1);
  CHECK(talk.last("digital_human.notice").at("kind").as_string() == "engine_fallback");
}

TEST_CASE("the metrics count what happened under the specification's names") {
  server_process server{scripted};
  talking_client talk{server.realtime_port()};
  talk.say("Go on.");
  REQUIRE(talk.wait_for("response.done"));
  const auto metrics = http_get(server.http_port(), "/metrics").body;
  CHECK(metrics.find("digital_human_active_sessions 1") != std::string::npos);
  CHECK(metrics.find("digital_human_response_time_seconds_count{interaction_type=") !=
        std::string::npos);
  CHECK(metrics.find("digital_human_turns_total{status=\"completed\"} 1") != std::string::npos);
}

TEST_CASE("dhr say writes the answer as sound, frames and words") {
  const auto folder = scratch_folder();
  const auto outcome = run_program({"say", "Hello, who are you?", "--out", folder.string()});
  INFO(outcome.output);
  REQUIRE(outcome.status == 0);
  const auto wav = content_of(folder / "answer.wav");
  CHECK(wav.substr(0, 4) == "RIFF");
  CHECK(wav.size() > 24'000);
  std::istringstream frames{content_of(folder / "frames.csv")};
  std::string header;
  std::getline(frames, header);
  CHECK(header.find("frame,seconds,eyeBlinkLeft,") == 0);
  int rows = 0;
  for (std::string row; std::getline(frames, row);) ++rows;
  CHECK(rows > 10);
  CHECK(content_of(folder / "transcript.txt").size() > 5);
  std::filesystem::remove_all(folder);
}

TEST_CASE("dhr say --verbatim speaks the text itself") {
  const auto folder = scratch_folder();
  const auto outcome = run_program(
      {"say", "Revenue rose 4.5% in Q3, to $1.2bn.", "--verbatim", "--out", folder.string()});
  INFO(outcome.output);
  REQUIRE(outcome.status == 0);
  CHECK(content_of(folder / "transcript.txt").find("Revenue rose 4.5% in Q3, to $1.2bn.") !=
        std::string::npos);
  std::filesystem::remove_all(folder);
}

TEST_CASE("dhr talk sends a recording as a caller would and writes what is answered") {
  const auto folder = scratch_folder();
  const auto question = run_program(
      {"say", "What is the capital of France?", "--verbatim", "--out", folder.string()});
  INFO(question.output);
  REQUIRE(question.status == 0);
  const auto outcome =
      run_program({"talk", (folder / "answer.wav").string(), "--out",
                   (folder / "talk.wav").string(), "--frames", (folder / "talk.csv").string()},
                  {{"DHR_CONVERSATION_ENGINE", "scripted"}});
  INFO(outcome.output);
  REQUIRE(outcome.status == 0);
  const auto heard = outcome.output.find("heard: ");
  REQUIRE(heard != std::string::npos);
  CHECK(outcome.output.find("capital of France", heard) != std::string::npos);
  CHECK(outcome.output.find("answer: ", heard) != std::string::npos);
  const auto recording = content_of(folder / "answer.wav");
  const auto answer = content_of(folder / "talk.wav");
  CHECK(answer.substr(0, 4) == "RIFF");
  // The answer sounds after the question, so that its file is the longer one.
  CHECK(answer.size() > recording.size() + 24'000);
  const auto silent = answer.substr(44, recording.size() / 2);
  CHECK(silent.find_first_not_of('\0') == std::string::npos);
  CHECK(content_of(folder / "talk.csv").find("\n10,") != std::string::npos);
  std::filesystem::remove_all(folder);
}

TEST_CASE("dhr talk fails clearly on a recording without words and on what is none") {
  const auto folder = scratch_folder();
  std::ofstream{folder / "text.wav"} << "this is no sound";
  auto outcome = run_program({"talk", (folder / "text.wav").string()});
  CHECK(outcome.status == 1);
  CHECK(outcome.output.find("not a file of audio") != std::string::npos);
  // Half a second of 8 kHz silence.
  const std::string header{
      "RIFF\x64\x1f\0\0WAVEfmt \x10\0\0\0\1\0\1\0\x40\x1f\0\0\x80\x3e\0\0\2\0\x10\0"
      "data\x40\x1f\0\0",
      44};
  std::ofstream{folder / "silence.wav"} << header << std::string(8'000, '\0');
  outcome = run_program(
      {"talk", (folder / "silence.wav").string(), "--out", (folder / "none.wav").string()},
      {{"DHR_CONVERSATION_ENGINE", "scripted"}});
  INFO(outcome.output);
  CHECK(outcome.status == 1);
  CHECK(outcome.output.find("no words were heard") != std::string::npos);
  CHECK_FALSE(std::filesystem::exists(folder / "none.wav"));
  std::filesystem::remove_all(folder);
}

TEST_CASE("dhr status tells of a running server and fails clearly without one") {
  server_process server{scripted};
  const auto there =
      run_program({"status", "--url", "http://127.0.0.1:" + std::to_string(server.http_port())});
  INFO(there.output);
  CHECK(there.status == 0);
  CHECK(there.output.find("ready") != std::string::npos);
  const auto gone =
      run_program({"status", "--url", "http://127.0.0.1:" + std::to_string(free_port())});
  CHECK(gone.status == 1);
  CHECK(gone.output.find("cannot reach") != std::string::npos);
}

TEST_CASE("a wrong configuration stops the start with the place and the nearest key") {
  const auto folder = scratch_folder();
  const auto file = folder / "wrong.yml";
  std::ofstream{file} << "digital_human:\n  avatar:\n    fsp: 30\n";
  for (const auto& command : std::vector<std::vector<std::string>>{
           {"serve", "--config", file.string()}, {"config", "check", file.string()}}) {
    const auto outcome = run_program(command);
    INFO(outcome.output);
    CHECK(outcome.status == 2);
    CHECK(outcome.output.find("wrong.yml:3:5") != std::string::npos);
    CHECK(outcome.output.find("avatar.fps") != std::string::npos);
  }
  std::filesystem::remove_all(folder);
}

TEST_CASE("a port that is taken stops the start with what to do about it") {
  server_process server{scripted};
  auto environment = scripted;
  environment["DHR_DOORS_HTTP_PORT"] = std::to_string(server.http_port());
  environment["DHR_DOORS_REALTIME_PORT"] = std::to_string(free_port());
  const auto outcome = run_program({"serve"}, environment);
  INFO(outcome.output);
  CHECK(outcome.status == 1);
  CHECK(outcome.output.find("DHR_DOORS_HTTP_PORT") != std::string::npos);
}

TEST_CASE("help names every command") {
  const auto outcome = run_program({"--help"});
  CHECK(outcome.status == 0);
  for (const auto* command : {"serve", "say", "talk", "status", "config"}) {
    CHECK(outcome.output.find(command) != std::string::npos);
  }
  CHECK(run_program({"no-such-command"}).status != 0);
}
