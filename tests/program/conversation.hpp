#pragma once
// A client of the running program, and what it was told.

#include <boost/asio.hpp>
#include <boost/json.hpp>
#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/realtime_client.hpp"

namespace dhr::testing {

// One client and what it was sent, by type and in order.
struct conversation {
  boost::asio::io_context io{1};
  std::vector<std::string> events;
  std::map<std::string, int> count;
  bool closed = false;
  std::unique_ptr<realtime_client> client;

  explicit conversation(std::uint16_t port) {
    client = std::make_unique<realtime_client>(
        io, port,
        realtime_client::callbacks{[] {},
                                   [this](std::string_view event) {
                                     events.emplace_back(event);
                                     ++count[std::string{type_of(event)}];
                                   },
                                   [this](const std::string&) { closed = true; }});
  }

  // Runs until an event of this type has come `times` times; false after the deadline.
  bool wait_for(const std::string& type, int times = 1,
                std::chrono::seconds deadline = std::chrono::seconds{30}) {
    const auto end = std::chrono::steady_clock::now() + deadline;
    while (count[type] < times && !closed && std::chrono::steady_clock::now() < end) {
      io.run_one_for(std::chrono::milliseconds{100});
    }
    return count[type] >= times;
  }

  boost::json::value last(std::string_view type) const {
    for (auto it = events.rbegin(); it != events.rend(); ++it) {
      if (type_of(*it) == type) return boost::json::parse(*it);
    }
    return nullptr;
  }
};

}  // namespace dhr::testing
