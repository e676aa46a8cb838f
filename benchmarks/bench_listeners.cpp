// What does it cost to listen to people who say nothing?
//
// N clients stream the faint noise of a quiet room (-70 dBFS), 40 ms at a time, at its own pace and
// spread over those 40 ms.
//   cores                 the server's processor time (user and system) per second;
//   rss_above_models_mb   what the server's process takes above what it took with its models loaded
//                         and no client;
//   late_ms_max           by how much the benchmark itself was late to send: much makes its figures
//                         too good.

#include <CLI/CLI.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <iostream>
#include <memory>
#include <vector>

#include "benchmarks/support/microphone.hpp"
#include "benchmarks/support/report.hpp"
#include "tests/support/realtime_client.hpp"
#include "tests/support/server_process.hpp"

namespace {

using namespace dhr::bench;
using namespace dhr::testing;
using namespace std::chrono_literals;
namespace asio = boost::asio;
using time_point = std::chrono::steady_clock::time_point;

constexpr auto piece_time = 40ms;
constexpr double noise_dbfs = -70;

struct outcome {
  int ready = 0;
  int lost = 0;
  int heard = 0;  // took the noise for speech
  std::uint64_t sent = 0;
  double late_ms_max = 0;
};

// All clients send from the same five seconds of noise, each from a place of its own, so that the
// benchmark spends little on making it.
std::vector<std::string> noise_events() {
  constexpr std::size_t piece = microphone_rate * piece_time.count() / 1'000;
  const auto noise = noise_floor(noise_dbfs, piece * 125, 1);
  std::vector<std::string> events;
  for (std::size_t at = 0; at < noise.size(); at += piece) {
    events.push_back(append_event(std::span{noise}.subspan(at, piece)));
  }
  return events;
}

class silent_person {
 public:
  silent_person(asio::io_context& io, std::uint16_t port, const std::vector<std::string>& noise,
                std::size_t place, outcome& out)
      : timer_{io},
        noise_{noise},
        next_{place},
        out_{out},
        client_{io,
                port,
                {[] {}, [this](std::string_view event) { on_event(event); },
                 [this](const std::string& reason) {
                   timer_.cancel();
                   if (out_.lost++ == 0) std::cerr << "a connection ended: " << reason << '\n';
                 }}} {}

  void start(time_point first) {
    due_ = first;
    wait();
  }

 private:
  void on_event(std::string_view event) {
    const auto type = type_of(event);
    if (type == "session.created") client_.send(with_face());
    if (type == "session.updated") ++out_.ready;
    if (type == "input_audio_buffer.speech_started") ++out_.heard;
    if (type == "error") std::cerr << event << '\n';
  }

  void wait() {
    timer_.expires_at(due_);
    timer_.async_wait([this](boost::system::error_code problem) {
      if (problem) return;
      const std::chrono::duration<double, std::milli> late =
          std::chrono::steady_clock::now() - due_;
      out_.late_ms_max = std::max(out_.late_ms_max, late.count());
      client_.send(noise_[next_++ % noise_.size()]);
      ++out_.sent;
      due_ += piece_time;
      wait();
    });
  }

  asio::steady_timer timer_;
  const std::vector<std::string>& noise_;
  std::size_t next_;
  outcome& out_;
  realtime_client client_;
  time_point due_;
};

}  // namespace

int main(int argc, char** argv) try {
  CLI::App app{"Conversations that listen to silence"};
  int listeners = 200;
  int seconds = 30;
  std::string json;
  app.add_option("--listeners", listeners, "how many are connected")->check(CLI::Range(1, 10'000));
  app.add_option("--seconds", seconds, "how long to measure")->check(CLI::Range(1, 3'600));
  app.add_option("--json", json, "also write the figures to this file");
  CLI11_PARSE(app, argc, argv);

  const auto noise = noise_events();
  server_process server{{{"DHR_RUNTIME_SESSIONS_MAX", "10000"},
                         {"DHR_DOORS_REALTIME_CONNECTIONS_MAX", "10000"},
                         {"DHR_LOG_LEVEL", "warn"}}};
  const auto rss_models = server.rss_mb();
  asio::io_context io{1};
  outcome out;
  std::vector<std::unique_ptr<silent_person>> people;
  for (int i = 0; i < listeners; ++i) {
    people.push_back(std::make_unique<silent_person>(io, server.realtime_port(), noise,
                                                     static_cast<std::size_t>(i) * 37, out));
    if (i % 50 == 49) io.run_for(50ms);
  }
  for (int i = 0; i < 100 && out.ready + out.lost < listeners; ++i) io.run_for(100ms);
  if (out.ready != listeners) {
    std::cerr << "only " << out.ready << " of " << listeners << " conversations came up\n";
    return 1;
  }
  const auto first = std::chrono::steady_clock::now();
  for (std::size_t i = 0; i < people.size(); ++i) {
    people[i]->start(first + std::chrono::nanoseconds{piece_time} * i / people.size());
  }
  io.run_for(3s);
  out.late_ms_max = 0;
  const auto sent_before = out.sent;
  const auto cpu_before = server.cpu_seconds();
  const auto begun = std::chrono::steady_clock::now();
  io.run_for(std::chrono::seconds{seconds});
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
  const auto cores = (server.cpu_seconds() - cpu_before) / took.count();
  const auto rss = server.rss_mb();

  report figures{"listeners"};
  figures.config("listeners", listeners);
  figures.config("seconds", seconds);
  figures.config("piece_ms", static_cast<double>(piece_time.count()));
  figures.config("noise_dbfs", noise_dbfs);
  figures.figure("cores", cores, "", "under 1 for 200");
  figures.figure("rss_mb", rss, "MiB");
  figures.figure("rss_models_mb", rss_models, "MiB");
  figures.figure("rss_above_models_mb", rss - rss_models, "MiB", "under 300 for 200");
  figures.figure("pieces_per_second", static_cast<double>(out.sent - sent_before) / took.count(),
                 "");
  figures.figure("late_ms_max", out.late_ms_max, "ms");
  figures.figure("taken_for_speech", out.heard, "", "0");
  figures.figure("connections_lost", out.lost, "", "0");
  return figures.finish(json);
} catch (const std::exception& problem) {
  std::cerr << problem.what() << '\n';
  return 1;
}
