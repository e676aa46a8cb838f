// Which models the real program tells that it has loaded, and how it exchanges one of them.

#include <signal.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <set>
#include <sstream>
#include <thread>

#include "tests/support/http_get.hpp"
#include "tests/support/other_weights.hpp"
#include "tests/support/server_process.hpp"
#include "tests/support/talking_client.hpp"

using namespace dhr::testing;
using namespace std::chrono_literals;

namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

const fs::path prepared = fs::path{DHR_DEPS_DIR} / "models";

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

// The metric's values by its labels, of those lines whose labels contain this.
std::map<std::string, double> values_of(const server_process& server, const std::string& metric,
                                        const std::string& label) {
  std::istringstream text{http_get(server.http_port(), "/metrics").body};
  std::map<std::string, double> found;
  for (std::string line; std::getline(text, line);) {
    const auto end = line.rfind(' ');
    if (!line.starts_with(metric + "{") || line.find(label) == line.npos) continue;
    found[line.substr(0, end)] = std::stod(line.substr(end + 1));
  }
  return found;
}

// How many sentences the net has read.
double readings(const server_process& server) {
  const auto found =
      values_of(server, "digital_human_worker_batch_items_sum", "worker=\"emotion\"");
  REQUIRE(found.size() == 1);
  return found.begin()->second;
}

// Someone who has one answer after the other written, of which each sentence is read.
struct listener {
  const server_process& server;
  talking_client talk{server.realtime_port()};
  int answers = 0;
  explicit listener(const server_process& at) : server{at} {
    talk.socket->send(
        R"({"type":"session.update","session":{"type":"realtime","output_modalities":["text"]}})");
  }
  void hear_one_more() {
    talk.say("Go on.");
    REQUIRE(talk.wait_for("response.done", ++answers));
    CHECK(talk.last("response.done").at_pointer("/response/status").as_string() == "completed");
  }
  // Goes on until this is so; false after a minute.
  template <class Condition>
  bool hear_until(const Condition& is_so) {
    const auto end = std::chrono::steady_clock::now() + 60s;
    while (!is_so()) {
      if (std::chrono::steady_clock::now() > end) return false;
      hear_one_more();
    }
    return true;
  }
  bool hear_until_read() {
    const auto before = readings(server);
    return hear_until([&] { return readings(server) >= before + 4; });
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
    server_process server{light_settings({{"DHR_EMOTIONS_MODEL", folder.string()}})};
    const auto first = hash_in_force(server);
    REQUIRE(first.size() == 64);
    listener someone{server};
    REQUIRE(someone.hear_until_read());

    exchange_weights(weights);
    server.signal(SIGHUP);
    CHECK(someone.hear_until([&] { return hash_in_force(server) != first; }));
    CHECK(someone.hear_until_read());
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
    CHECK(someone.hear_until_read());
    CHECK(server.output().find(weights.string() + " is cut or damaged") != std::string::npos);
    CHECK(hash_in_force(server) == second);
    CHECK(http_get(server.http_port(), "/health/ready").status == 200);

    CHECK(someone.talk.count["error"] == 0);
    const auto drops = values_of(server, "digital_human_worker_drops_total", "worker=\"emotion\"");
    CHECK_FALSE(drops.empty());
    for (const auto& [labels, count] : drops) {
      INFO(labels);
      // An answer that has ended does not wait for its last reading.
      if (labels.find("cancelled") == labels.npos) CHECK(count == 0);
    }
    const auto failures = values_of(server, "digital_human_device_failures_total", "cpu");
    CHECK_FALSE(failures.empty());
    for (const auto& [labels, count] : failures) CHECK(count == 0);
  }
  fs::remove_all(folder);
}

TEST_CASE("a node tells what each of its models is, where it runs and how far it is") {
  server_process server{{{"DHR_GPU_DEVICE", "cpu"}}};
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
  const auto models = models_of(server);
  CHECK(models.size() == names.size());
  for (const auto& one : models) {
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
  const auto outcome = run_program({"serve"}, light_settings({{"DHR_GPU_DEVICE", "cuda:0"}}));
  INFO(outcome.output);
  CHECK(outcome.status == 1);
  CHECK(outcome.output.find("gpu.device: cuda:0 was asked for, and this program was built without "
                            "CUDA; say auto or cpu, or build it with -DDHR_CUDA=ON") !=
        std::string::npos);
}
#endif
