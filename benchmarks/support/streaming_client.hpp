#pragma once
// One conversation with a microphone that is always on: what the benchmarks of hearing have in
// common.

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <string>
#include <string_view>

#include "benchmarks/support/microphone.hpp"
#include "tests/support/realtime_client.hpp"

namespace dhr::bench {

// Lives on: the thread of the io_context, which it stops when it is done. A connection that ends
// before that throws std::runtime_error out of its run().
class streaming_client {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  streaming_client(boost::asio::io_context& io, std::uint16_t port,
                   const microphone_options& options = {});
  virtual ~streaming_client() = default;
  streaming_client(const streaming_client&) = delete;
  streaming_client& operator=(const streaming_client&) = delete;

 protected:
  // The face is on and the microphone has run for a second.
  virtual void begin() = 0;
  // Errors and notices of the server are printed besides.
  virtual void on_event(std::string_view type, std::string_view event) = 0;

  void send(std::string event) { client_.send(std::move(event)); }
  // Asks in writing.
  void ask(std::string_view text);
  void cancel() { client_.send(R"({"type":"response.cancel"})"); }
  void leave() { io_.stop(); }
  [[nodiscard]] microphone& mic() noexcept { return microphone_; }

  // In place of what was to be done later before.
  template <class Function>
  void at(time_point when, Function function) {
    timer_.expires_at(when);
    timer_.async_wait([function](boost::system::error_code problem) {
      if (!problem) function();
    });
  }
  template <class Function>
  void after(std::chrono::nanoseconds wait, Function function) {
    at(std::chrono::steady_clock::now() + wait, std::move(function));
  }

 private:
  void receive(std::string_view event);

  boost::asio::io_context& io_;
  boost::asio::steady_timer timer_;
  testing::realtime_client client_;
  microphone microphone_;
};

[[nodiscard]] inline double ms_between(streaming_client::time_point from,
                                       streaming_client::time_point to) {
  return std::chrono::duration<double, std::milli>(to - from).count();
}

}  // namespace dhr::bench
