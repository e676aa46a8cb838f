#pragma once
// A client that asks the next question as soon as it has its answer, and takes note of what it is
// told while nodes of the cluster are in trouble.

#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "tests/support/realtime_client.hpp"

namespace dhr::bench {

using bench_clock = std::chrono::steady_clock;

[[nodiscard]] inline double ms(std::chrono::nanoseconds duration) {
  return static_cast<double>(duration.count()) / 1e6;
}

// Lives on: the thread that runs the io_context.
class talker {
 public:
  // Connects to 127.0.0.1:`port` in the network namespace of the caller.
  talker(boost::asio::io_context& io, std::uint16_t port, std::string conversation);

  [[nodiscard]] const std::string& conversation() const noexcept { return conversation_; }
  // The longest time from a question until its answer's end, as often as it had to be asked, since
  // forget_waits(); also of the question that still waits.
  [[nodiscard]] double longest_wait_ms(bench_clock::time_point now) const;
  void forget_waits();

  std::optional<bench_clock::time_point> troubled_at;  // it first heard that something is wrong
  std::optional<bench_clock::time_point> resumed_at;   // that its conversation goes on
  std::optional<bench_clock::time_point> answered_at;  // the last answer's end
  std::optional<double> gap_ms;  // between the last event of the old node and the first of the new
  std::uint64_t turns = 0;       // answers that ended whole
  std::uint64_t turns_broken = 0;  // told to be failed
  std::uint64_t turns_lost = 0;    // had ended whole, and are not in the conversation that goes on
  std::uint64_t questions_lost = 0;  // told to be left without an answer
  std::uint64_t errors = 0;          // any other
  std::string ended;                 // why the connection closed; empty: it did not

 private:
  void ask();
  void ask_after(std::chrono::milliseconds pause);
  void on_event(std::string_view event);
  void on_error(std::string_view event);
  void resumed(std::string_view event);
  void finished(std::string_view event);
  void trouble();

  const std::string conversation_;
  boost::asio::steady_timer timer_;
  std::unique_ptr<testing::realtime_client> client_;
  std::optional<bench_clock::time_point> last_event_;
  std::optional<bench_clock::time_point> asked_;  // what it waits to hear the answer of
  double longest_wait_ms_ = 0;
  bool waits_ = false;           // for an answer, and nothing was said against it
  std::set<std::string> whole_;  // items of answers that ended whole
  const std::shared_ptr<bool> lives_ = std::make_shared<bool>(true);
};

}  // namespace dhr::bench
