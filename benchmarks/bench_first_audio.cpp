// How long from the words to the first sound?
//
// One client asks a list of questions, one after the other, and takes the time from sending
// response.create to the first audio event, over a real socket, with the face on. Once with the
// embedded engines (llama.cpp and Piper), once with a scripted engine that answers at once and
// flite.

#include <CLI/CLI.hpp>
#include <boost/asio.hpp>
#include <chrono>
#include <iostream>

#include "benchmarks/support/report.hpp"
#include "tests/support/realtime_client.hpp"
#include "tests/support/server_process.hpp"

namespace {

using namespace dhr::bench;
using namespace dhr::testing;
using namespace std::chrono_literals;
namespace asio = boost::asio;

const std::vector<std::string> questions{
    "Hello, who are you?",
    "What can you do for me?",
    "What is a share?",
    "How does inflation work?",
    "Can you explain what a bond is?",
    "Why do prices rise?",
    "Tell me about the moon.",
    "How are you today?",
    "What is the capital of France?",
    "Should I save money?",
    "What is a good breakfast?",
    "How do I learn to cook?",
    "Who was Ada Lovelace?",
    "What makes the sky blue?",
    "Can you tell me a short story?",
    "What is compound interest?",
    "How long is a marathon?",
    "Why is sleep important?",
    "What is a computer?",
    "Thank you, and goodbye.",
};

class asker {
 public:
  asker(asio::io_context& io, std::uint16_t port, int turns) : timer_{io}, io_{io}, turns_{turns} {
    client_ = std::make_unique<realtime_client>(
        io, port,
        realtime_client::callbacks{[this] {
                                     client_->send(with_face());
                                     ask();
                                   },
                                   [this](std::string_view event) { on_event(event); },
                                   [this](const std::string& reason) {
                                     std::cerr << "the connection ended: " << reason << '\n';
                                     io_.stop();
                                   }});
  }

  std::vector<double> first_audio_ms;

 private:
  void ask() {
    heard_ = false;
    const auto& question = questions[first_audio_ms.size() % questions.size()];
    client_->send(user_item(question));
    client_->send(response_create);
    asked_ = std::chrono::steady_clock::now();
  }

  void on_event(std::string_view event) {
    const auto type = type_of(event);
    if (type == "response.output_audio.delta" && !heard_) {
      heard_ = true;
      first_audio_ms.push_back(
          std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - asked_)
              .count());
      client_->send(R"({"type":"response.cancel"})");
    } else if (type == "response.done") {
      if (!heard_) std::cerr << "an answer without sound: " << event << '\n';
      timer_.expires_after(200ms);
      timer_.async_wait([this](boost::system::error_code problem) {
        if (problem) return;
        static_cast<int>(first_audio_ms.size()) >= turns_ ? io_.stop() : ask();
      });
    } else if (type == "error" && string_field(event, "code") != "response_cancel_not_active") {
      std::cerr << event << '\n';
    }
  }

  asio::steady_timer timer_;
  asio::io_context& io_;
  int turns_;
  std::unique_ptr<realtime_client> client_;
  bool heard_ = false;
  std::chrono::steady_clock::time_point asked_;
};

std::vector<double> run(std::map<std::string, std::string> environment, int turns) {
  environment.emplace("DHR_LOG_LEVEL", "warn");
  server_process server{environment};
  asio::io_context io{1};
  asker client{io, server.realtime_port(), turns};
  io.run_for(std::chrono::seconds{10 * turns});
  if (static_cast<int>(client.first_audio_ms.size()) < turns) {
    throw std::runtime_error{"only " + std::to_string(client.first_audio_ms.size()) + " of " +
                             std::to_string(turns) + " answers had sound"};
  }
  return client.first_audio_ms;
}

}  // namespace

int main(int argc, char** argv) try {
  CLI::App app{"Text in to first sound out, one conversation"};
  int turns = 40;
  std::string json;
  app.add_option("--turns", turns, "how many questions of each kind")->check(CLI::Range(1, 10'000));
  app.add_option("--json", json, "also write the figures to this file");
  CLI11_PARSE(app, argc, argv);

  const auto embedded = run({}, turns);
  const auto scripted = run({{"DHR_CONVERSATION_ENGINE", "scripted"},
                             {"DHR_CONVERSATION_SCRIPTED_TOKEN_INTERVAL_MS", "0"},
                             {"DHR_VOICE_NAME", "slt"}},
                            turns);
  report figures{"first_audio"};
  figures.figure("turns", turns, "");
  figures.figure("embedded_ms_p50", percentile(embedded, 0.5), "ms", "at most 450");
  figures.figure("embedded_ms_p95", percentile(embedded, 0.95), "ms");
  figures.figure("scripted_ms_p50", percentile(scripted, 0.5), "ms", "at most 60");
  figures.figure("scripted_ms_p95", percentile(scripted, 0.95), "ms");
  return figures.finish(json);
} catch (const std::exception& problem) {
  std::cerr << problem.what() << '\n';
  return 1;
}
