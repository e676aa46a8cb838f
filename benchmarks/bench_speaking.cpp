// How many conversations can speak at once?
//
// N clients hold one WebSocket each and talk without a pause: as soon as an answer has been heard,
// the next question is asked. The engine is scripted (20 tokens, 20 ms apart, the first sentence
// ends with the tenth, so the first sound cannot come before 200 ms), the voice is the instant tone
// voice, and the whole face is sent (52 blendshapes at 30 frames a second, visemes, word times).
// The server is a process of its own; the clients share the same cores.
//
// A chunk is late if it arrives after the moment at which a listener who began to play at the first
// chunk needs it. `holds` means: first audio p95 within 230 ms and no late chunk.

#include <CLI/CLI.hpp>
#include <boost/asio.hpp>
#include <chrono>
#include <iostream>
#include <memory>
#include <random>
#include <vector>

#include "benchmarks/support/report.hpp"
#include "tests/support/realtime_client.hpp"
#include "tests/support/server_process.hpp"

namespace {

using namespace dhr::bench;
using namespace dhr::testing;
using namespace std::chrono_literals;
using time_point = std::chrono::steady_clock::time_point;
namespace asio = boost::asio;

constexpr double first_audio_ms_max = 230;

double ms(std::chrono::nanoseconds duration) { return static_cast<double>(duration.count()) / 1e6; }

struct outcome {
  std::vector<double> first_audio_ms;
  std::uint64_t turns = 0;
  std::uint64_t chunks = 0;
  std::uint64_t late_chunks = 0;
  std::uint64_t frames_events = 0;
  std::uint64_t errors = 0;
  double rss_mb = 0;
  double cpu_percent = 0;
  [[nodiscard]] bool holds() const {
    return errors == 0 && turns > 0 && late_chunks == 0 &&
           percentile(first_audio_ms, 0.95) <= first_audio_ms_max;
  }
};

class talker {
 public:
  talker(asio::io_context& io, std::uint16_t port, std::chrono::nanoseconds first_after,
         const bool& measuring, outcome& out)
      : timer_{io}, measuring_{measuring}, out_{out} {
    client_ = std::make_unique<realtime_client>(
        io, port,
        realtime_client::callbacks{[this, first_after] {
                                     client_->send(with_face());
                                     ask_after(first_after);
                                   },
                                   [this](std::string_view event) { on_event(event); },
                                   [this](const std::string& reason) {
                                     if (out_.errors++ == 0)
                                       std::cerr << "a connection ended: " << reason << '\n';
                                   }});
  }

 private:
  void ask_after(std::chrono::nanoseconds wait) {
    timer_.expires_after(wait);
    timer_.async_wait([this](boost::system::error_code problem) {
      if (!problem) ask();
    });
  }

  void ask() {
    client_->send(user_item("And what happened next?"));
    client_->send(response_create);
    asked_ = std::chrono::steady_clock::now();
    samples_ = 0;
    counted_ = measuring_;
  }

  void on_event(std::string_view event) {
    const auto type = type_of(event);
    if (type == "response.output_audio.delta") {
      on_audio(event);
    } else if (type == "response.animation_blendshapes.delta") {
      if (counted_) ++out_.frames_events;
    } else if (type == "response.done") {
      if (counted_) ++out_.turns;
      const auto heard = started_ + std::chrono::nanoseconds{samples_ * 1'000'000'000 / 24'000};
      ask_after(heard - std::chrono::steady_clock::now());
    } else if (type == "error") {
      if (out_.errors++ == 0) std::cerr << event << '\n';
    }
  }

  void on_audio(std::string_view event) {
    const auto now = std::chrono::steady_clock::now();
    if (samples_ == 0) {
      started_ = now;
      if (counted_) out_.first_audio_ms.push_back(ms(now - asked_));
    }
    const auto needed = started_ + std::chrono::nanoseconds{samples_ * 1'000'000'000 / 24'000};
    if (counted_) {
      ++out_.chunks;
      if (now > needed && samples_ > 0) ++out_.late_chunks;
    }
    samples_ += samples_in_delta(event);
  }

  asio::steady_timer timer_;
  const bool& measuring_;
  outcome& out_;
  std::unique_ptr<realtime_client> client_;
  time_point asked_;
  time_point started_;
  std::int64_t samples_ = 0;
  bool counted_ = false;
};

// No comma and no connecting word, at which the first clause would leave before its sentence ends.
const std::string script =
    "many small boats sailed past our old house early yesterday seven large grey ships followed "
    "them "
    "slowly home last night";

outcome run(int conversations, std::chrono::seconds duration) {
  server_process server{{{"DHR_CONVERSATION_ENGINE", "scripted"},
                         {"DHR_CONVERSATION_SCRIPTED_TEXT", script},
                         {"DHR_VOICE_NAME", "tone"},
                         {"DHR_RUNTIME_SESSIONS_MAX", "10000"},
                         {"DHR_DOORS_REALTIME_CONNECTIONS_MAX", "10000"},
                         {"DHR_LOG_LEVEL", "warn"}}};
  asio::io_context io{1};
  outcome out;
  bool measuring = false;
  // The turns begin spread over the length of a turn, as those of independent people do.
  std::mt19937 random{1};
  std::uniform_int_distribution<std::int64_t> phase{0, 4'000'000'000};
  std::vector<std::unique_ptr<talker>> talkers;
  for (int i = 0; i < conversations; ++i) {
    talkers.push_back(std::make_unique<talker>(
        io, server.realtime_port(), std::chrono::nanoseconds{phase(random)}, measuring, out));
  }
  io.run_for(8s);
  measuring = true;
  const auto cpu_before = server.cpu_seconds();
  const auto begun = std::chrono::steady_clock::now();
  io.run_for(duration);
  const auto wall = ms(std::chrono::steady_clock::now() - begun) / 1'000;
  out.cpu_percent = (server.cpu_seconds() - cpu_before) / wall * 100;
  out.rss_mb = server.rss_mb();
  return out;
}

void say(int conversations, const outcome& out) {
  std::printf(
      "  %5d conversations: first audio p50 %.1f p95 %.1f ms, late %llu of %llu, %.0f %% cpu, "
      "%.0f MB: %s\n",
      conversations, percentile(out.first_audio_ms, 0.5), percentile(out.first_audio_ms, 0.95),
      static_cast<unsigned long long>(out.late_chunks), static_cast<unsigned long long>(out.chunks),
      out.cpu_percent, out.rss_mb, out.holds() ? "holds" : "does not hold");
  std::fflush(stdout);
}

// The largest multiple of 50 that holds, from `known` on upwards (or downwards).
int largest(int known, bool known_holds, std::chrono::seconds duration) {
  const int step = known_holds ? 50 : -50;
  int last = known_holds ? known : 0;
  for (int n = known + step; n > 0; n += step) {
    const auto out = run(n, duration);
    say(n, out);
    if (out.holds() != known_holds) return known_holds ? last : n;
    if (known_holds) last = n;
  }
  return last;
}

}  // namespace

int main(int argc, char** argv) try {
  CLI::App app{"Conversations that speak at once, over real sockets, with their faces"};
  int conversations = 300;
  int seconds = 20;
  bool find_largest = true;
  std::string json;
  app.add_option("--conversations", conversations, "how many speak at once")
      ->check(CLI::Range(1, 10'000));
  app.add_option("--seconds", seconds, "how long to measure")->check(CLI::Range(1, 3'600));
  app.add_flag("!--no-largest", find_largest, "do not look for the largest number that holds");
  app.add_option("--json", json, "also write the figures to this file");
  CLI11_PARSE(app, argc, argv);

  const auto out = run(conversations, std::chrono::seconds{seconds});
  say(conversations, out);
  report figures{"speaking"};
  figures.figure("conversations", conversations, "");
  figures.figure("first_audio_ms_p50", percentile(out.first_audio_ms, 0.5), "ms");
  figures.figure("first_audio_ms_p95", percentile(out.first_audio_ms, 0.95), "ms", "at most 230");
  figures.figure("late_chunks", static_cast<double>(out.late_chunks), "", "0");
  figures.figure("turns", static_cast<double>(out.turns), "");
  figures.figure("frame_events", static_cast<double>(out.frames_events), "");
  figures.figure("errors", static_cast<double>(out.errors), "", "0");
  figures.figure("rss_mb", out.rss_mb, "MiB");
  figures.figure("cpu_percent", out.cpu_percent, "% of one core");
  if (find_largest) {
    figures.figure("largest_n", largest(conversations, out.holds(), std::chrono::seconds{10}), "");
  }
  return figures.finish(json);
} catch (const std::exception& problem) {
  std::cerr << problem.what() << '\n';
  return 1;
}
