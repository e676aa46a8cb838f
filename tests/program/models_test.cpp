// Which models the real program tells that it has loaded, and how it exchanges one of them.

#include <signal.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <set>
#include <sstream>
#include <thread>

#include "tests/program/conversation.hpp"
#include "tests/support/http_get.hpp"
#include "tests/support/other_weights.hpp"
#include "tests/support/server_process.hpp"

using namespace dhr::testing;
using namespace std::chrono_literals;

namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

const fs::path prepared = fs::path{DHR_DEPS_DIR} / "models";

// No more than is needed for what is said to be read.
std::map<std::string, std::string> light(std::map<std::string, std::string> more = {}) {
  more.merge(
      std::map<std::string, std::string>{{"DHR_CONVERSATION_ENGINE", "scripted"},
                                         {"DHR_CONVERSATION_SCRIPTED_TOKEN_INTERVAL_MS", "1"},
                                         {"DHR_VOICE_NAME", "tone"},
                                         {"DHR_EARS_TRANSCRIPTION", "none"},
                                         {"DHR_STORE_KIND", "none"}});
  return more;
}

json::array models_of(const server_process& server) {
  return json::parse(http_get(server.http_port(), "/v1/status").body).at("models").as_array();
}

// The entry of this name and state; an empty object without it.
json::object model_of(const server_process& server, std::string_view name,
                      std::string_view state = "ready") {
  for (const auto& one : models_of(server)) {
    if (one.at("name").as_string() == name && one.at("state").as_string() == state) {
      return one.as_object();
    }
  }
  return {};
}

std::string hash_in_force(const server_process& server) {
  const auto model = model_of(server, "emotion");
  return model.empty() ? "" : std::string{model.at("sha256").as_string()};
}

// The values of a metric, whatever its labels are.
std::vector<double> values_of(const server_process& server, const std::string& metric) {
  std::istringstream text{http_get(server.http_port(), "/metrics").body};
  std::vector<double> found;
  for (std::string line; std::getline(text, line);) {
    if (!line.starts_with(metric + "{") && !line.starts_with(metric + " ")) continue;
    found.push_back(std::stod(line.substr(line.rfind(' ') + 1)));
  }
  return found;
}

// Someone who has one answer after the other written, of which each sentence is read.
struct listener {
  conversation talk;
  int answers = 0;
  explicit listener(const server_process& server) : talk{server.realtime_port()} {
    talk.client->send(
        R"({"type":"session.update","session":{"type":"realtime","output_modalities":["text"]}})");
  }
  void hear_one_more() {
    const auto feelings_before = talk.count["digital_human.emotion"];
    talk.client->send(user_item("Go on."));
    talk.client->send(response_create);
    REQUIRE(talk.wait_for("response.done", ++answers));
    CHECK(talk.last("response.done").at_pointer("/response/status").as_string() == "completed");
    // The recital has two sentences.
    REQUIRE(talk.wait_for("digital_human.emotion", feelings_before + 2));
  }
  // Goes on until the server says or does it, and a little longer.
  template <class Condition>
  bool hear_until(const Condition& is_so) {
    const auto end = std::chrono::steady_clock::now() + 60s;
    bool is = false;
    while (!(is = is_so()) && std::chrono::steady_clock::now() < end) hear_one_more();
    for (int i = 0; i < 3; ++i) hear_one_more();
    return is;
  }
};

}  // namespace

TEST_CASE(
    "at SIGHUP another version of a net is taken up without a reading lost, and a damaged one is "
    "refused") {
  const auto folder = fs::temp_directory_path() / ("dhr_models_" + std::to_string(getpid()));
  copy_emotion_net(prepared, folder);
  const auto weights = folder / "emotion.weights";
  {
    server_process server{light({{"DHR_EMOTIONS_MODEL", folder.string()}})};
    const auto first = hash_in_force(server);
    REQUIRE(first.size() == 64);
    listener someone{server};
    someone.hear_one_more();

    exchange_weights(weights);
    server.signal(SIGHUP);
    CHECK(someone.hear_until([&] { return hash_in_force(server) != first; }));
    const auto second = hash_in_force(server);
    CHECK(second.size() == 64);
    CHECK(model_of(server, "emotion", "retired").at("sha256").as_string() == first);
    CHECK(server.output().find("another version of a net is in force") != std::string::npos);

    auto bytes = bytes_of(weights);
    replace_file(weights, bytes.substr(0, bytes.size() / 2));
    server.signal(SIGHUP);
    CHECK(someone.hear_until([&] {
      return server.output().find("the old version of a net stays") != std::string::npos;
    }));
    CHECK(server.output().find(weights.string() + " is cut or damaged") != std::string::npos);
    CHECK(hash_in_force(server) == second);
    CHECK(http_get(server.http_port(), "/health/ready").status == 200);

    CHECK(someone.talk.count["error"] == 0);
    for (const auto* metric :
         {"digital_human_worker_drops_total", "digital_human_device_failures_total"}) {
      const auto values = values_of(server, metric);
      REQUIRE_FALSE(values.empty());
      for (const auto value : values) CHECK(value == 0);
    }
  }
  fs::remove_all(folder);
}

TEST_CASE("a node tells what each of its models is, where it runs and how far it is") {
  server_process server{{}};
  const std::set<std::string> names{"smollm2-135m-instruct-q4_0",
                                    "joe",
                                    "slt",
                                    "moonshine",
                                    "silero-vad",
                                    "smart-turn",
                                    "emotion"};
  // The hashes come a little later than the doors open.
  const auto end = std::chrono::steady_clock::now() + 60s;
  const auto has_all_hashes = [&] {
    for (const auto& one : models_of(server)) {
      if (one.at("name").as_string() != "slt" && one.at("sha256").as_string().empty()) return false;
    }
    return true;
  };
  while (!has_all_hashes() && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(50ms);
  }
  CHECK(has_all_hashes());
  std::set<std::string> told;
  for (const auto& one : models_of(server)) {
    INFO(json::serialize(one));
    const std::string name{one.at("name").as_string()};
    told.insert(name);
    CHECK(one.at("device").as_string() == "cpu");
    CHECK(one.at("state").as_string() == "ready");
    CHECK(one.at("since").as_int64() > 1'700'000'000);
    const bool has_file = name != "slt";  // the other is part of a library
    CHECK(one.at("sha256").as_string().size() == (has_file ? 64 : 0));
    CHECK(one.at("version").as_string().size() == (has_file ? 20 : 0));
  }
  CHECK(told == names);
  CHECK(model_of(server, "smollm2-135m-instruct-q4_0").at("precision").as_string() == "Q4_0");
  CHECK(model_of(server, "silero-vad").at("precision").as_string() == "fp32");
  CHECK(model_of(server, "moonshine").at("precision").as_string().empty());
  const auto language = model_of(server, "smollm2-135m-instruct-q4_0").at("sha256").as_string();
  CHECK(http_get(server.http_port(), "/metrics").body.find("hash=\"" + std::string{language}) !=
        std::string::npos);
}

#ifndef DHR_WITH_CUDA
TEST_CASE("a card stops the start of a program that was built without CUDA, with what to do") {
  const auto outcome = run_program({"serve"}, light({{"DHR_GPU_DEVICE", "cuda:0"}}));
  INFO(outcome.output);
  CHECK(outcome.status == 1);
  CHECK(outcome.output.find("gpu.device: cuda:0 was asked for, and this program was built without "
                            "CUDA; say auto or cpu, or build it with -DDHR_CUDA=ON") !=
        std::string::npos);
}
#endif
