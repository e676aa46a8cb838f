// How soon is it silent after a cancel?
//
// One client asks, waits until it hears the answer, and cancels at a random moment. Counted is the
// time from the cancel to the last event that still carries sound, words or frames of that answer,
// and how many of those came after the acknowledgement (response.done), which must never be.

#include <CLI/CLI.hpp>
#include <boost/asio.hpp>
#include <chrono>
#include <iostream>
#include <random>

#include "benchmarks/support/report.hpp"
#include "tests/support/realtime_client.hpp"
#include "tests/support/server_process.hpp"

namespace {

using namespace dhr::bench;
using namespace dhr::testing;
using namespace std::chrono_literals;
namespace asio = boost::asio;

class interrupter {
 public:
  interrupter(asio::io_context& io, std::uint16_t port, int turns)
      : timer_{io}, io_{io}, turns_{turns} {
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

  std::vector<double> stale_ms;
  std::vector<double> acknowledged_ms;
  int after_acknowledgement = 0;
  int completed = 0;

 private:
  void ask() {
    done_ = false;
    cancelled_ = false;
    heard_ = false;
    last_stale_ms_ = 0;
    client_->send(user_item("Tell me something long about the history of trade."));
    client_->send(response_create);
  }

  void on_event(std::string_view event) {
    const auto type = type_of(event);
    if (type.ends_with(".delta") && type.starts_with("response.")) {
      if (done_) ++after_acknowledgement;
      if (cancelled_) last_stale_ms_ = since_cancel();
      if (!heard_ && type == "response.output_audio.delta") {
        heard_ = true;
        after(std::chrono::milliseconds{random_() % 1'500}, [this] { cancel(); });
      }
    } else if (type == "response.done") {
      done_ = true;
      if (!cancelled_) {
        ++completed;
      } else {
        stale_ms.push_back(last_stale_ms_);
        acknowledged_ms.push_back(since_cancel());
      }
      // Long enough to see whether anything stale still comes.
      after(300ms, [this] { static_cast<int>(stale_ms.size()) >= turns_ ? io_.stop() : ask(); });
    } else if (type == "error") {
      std::cerr << event << '\n';
    }
  }

  void cancel() {
    if (done_) return;
    cancelled_ = true;
    cancelled_at_ = std::chrono::steady_clock::now();
    client_->send(R"({"type":"response.cancel"})");
  }

  double since_cancel() const {
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() -
                                                     cancelled_at_)
        .count();
  }

  template <class Function>
  void after(std::chrono::milliseconds wait, Function function) {
    timer_.expires_after(wait);
    timer_.async_wait([function](boost::system::error_code problem) {
      if (!problem) function();
    });
  }

  asio::steady_timer timer_;
  asio::io_context& io_;
  int turns_;
  std::mt19937 random_{1};
  std::unique_ptr<realtime_client> client_;
  bool done_ = false;
  bool cancelled_ = false;
  bool heard_ = false;
  double last_stale_ms_ = 0;
  std::chrono::steady_clock::time_point cancelled_at_;
};

}  // namespace

int main(int argc, char** argv) try {
  CLI::App app{"From a cancel to silence, embedded engines"};
  int turns = 60;
  std::string json;
  app.add_option("--turns", turns, "how many answers to interrupt")->check(CLI::Range(1, 10'000));
  app.add_option("--json", json, "also write the figures to this file");
  CLI11_PARSE(app, argc, argv);

  server_process server{{{"DHR_LOG_LEVEL", "warn"}}};
  asio::io_context io{1};
  interrupter client{io, server.realtime_port(), turns};
  io.run_for(std::chrono::seconds{10 * turns});
  if (static_cast<int>(client.stale_ms.size()) < turns) {
    std::cerr << "only " << client.stale_ms.size() << " of " << turns
              << " answers were interrupted\n";
    return 1;
  }
  report figures{"cancel"};
  figures.figure("turns", turns, "");
  figures.figure("stale_ms_p50", percentile(client.stale_ms, 0.5), "ms");
  figures.figure("stale_ms_p95", percentile(client.stale_ms, 0.95), "ms", "at most 50");
  figures.figure("acknowledged_ms_p95", percentile(client.acknowledged_ms, 0.95), "ms");
  figures.figure("after_acknowledgement", client.after_acknowledgement, "", "0");
  figures.figure("completed_before_cancel", client.completed, "");
  return figures.finish(json);
} catch (const std::exception& problem) {
  std::cerr << problem.what() << '\n';
  return 1;
}
