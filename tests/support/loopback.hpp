#pragma once
// Network threads for a door under test, and a client's io_context that never waits for ever.

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <optional>
#include <thread>

namespace dhr::testing {

// Runs a door's io_context on a thread of its own.
class network_thread {
 public:
  network_thread() : thread_{[this] { io.run(); }} {}
  ~network_thread() {
    work_.reset();
    io.stop();
    thread_.join();
  }
  boost::asio::io_context io;

 private:
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{io.get_executor()};
  std::thread thread_;
};

// Starts an asynchronous operation and runs it; false if it does not end in time. `start` gets the
// completion handler, which stores error and size.
struct finished_operation {
  boost::system::error_code trouble;
  std::size_t size = 0;
};

template <class Start>
std::optional<finished_operation> run_operation(boost::asio::io_context& io, Start start) {
  std::optional<finished_operation> done;
  start([&](boost::system::error_code trouble, auto... size) {
    done = finished_operation{trouble, (std::size_t{0} + ... + size)};
  });
  io.restart();
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{10};
  while (!done && io.run_one_until(end) > 0) {
  }
  return done;
}

}  // namespace dhr::testing
