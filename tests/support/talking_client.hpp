#pragma once
// A client of the running program, and what it was sent; and what is asked of such programs.

#include <boost/asio/io_context.hpp>
#include <boost/json.hpp>
#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/realtime_client.hpp"

namespace dhr::testing {

// One client and what it was sent, by type and in order.
struct talking_client {
  boost::asio::io_context io{1};
  std::vector<std::string> events;
  std::map<std::string, int> count;
  std::string closed;  // why, once it is
  std::unique_ptr<realtime_client> socket;

  // Without an id the server begins a new conversation.
  explicit talking_client(std::uint16_t realtime_port, const std::string& conversation = {});

  // Runs until an event of this type has come `times` times; false after the deadline.
  bool wait_for(const std::string& type, int times = 1,
                std::chrono::seconds deadline = std::chrono::seconds{30});
  // The last event of this type; null without one.
  [[nodiscard]] boost::json::value last(std::string_view type) const;

  void say(const std::string& text);
  // Whether it was answered whole.
  bool talk(const std::string& text, std::chrono::seconds deadline = std::chrono::seconds{30});
};

// The value of a metric without labels in the text of /metrics; -1: it is not there.
[[nodiscard]] double metric_in(const std::string& text, const std::string& name);

// Looks at `holds` until it does, or `deadline` is over.
template <class Condition>
bool comes_true(const Condition& holds, std::chrono::seconds deadline = std::chrono::seconds{30}) {
  const auto end = std::chrono::steady_clock::now() + deadline;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds{10});  // the other processes' turn
  }
  return true;
}

}  // namespace dhr::testing
