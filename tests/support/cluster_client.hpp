#pragma once
// A client of a node in a process of its own, and what it was sent; and what is asked of nodes.

#include <boost/asio.hpp>
#include <boost/json.hpp>
#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/http_get.hpp"
#include "tests/support/realtime_client.hpp"
#include "tests/support/server_process.hpp"

namespace dhr::testing {

struct cluster_client {
  boost::asio::io_context io{1};
  std::vector<std::string> events;
  std::map<std::string, int> count;
  std::string closed;
  std::unique_ptr<realtime_client> socket;

  cluster_client(std::uint16_t realtime_port, const std::string& conversation) {
    socket = std::make_unique<realtime_client>(
        io, realtime_port,
        realtime_client::callbacks{[] {},
                                   [this](std::string_view event) {
                                     events.emplace_back(event);
                                     ++count[std::string{type_of(event)}];
                                   },
                                   [this](const std::string& why) { closed = why + "."; }},
        "conversation=" + conversation);
  }
  bool wait_for(const std::string& type, int times = 1,
                std::chrono::seconds deadline = std::chrono::seconds{30}) {
    const auto end = std::chrono::steady_clock::now() + deadline;
    while (count[type] < times && closed.empty() && std::chrono::steady_clock::now() < end) {
      io.run_one_for(std::chrono::milliseconds{50});
    }
    return count[type] >= times;
  }
  boost::json::value last(std::string_view type) const {
    for (auto it = events.rbegin(); it != events.rend(); ++it) {
      if (type_of(*it) == type) return boost::json::parse(*it);
    }
    return nullptr;
  }
  void say(const std::string& text) {
    socket->send(user_item(text));
    socket->send(response_create);
  }
  // Whether it was answered whole.
  bool talk(const std::string& text, std::chrono::seconds deadline = std::chrono::seconds{30}) {
    say(text);
    if (!wait_for("response.done", count["response.done"] + 1, deadline)) return false;
    return last("response.done").at("response").at("status").as_string() == "completed";
  }
};

// The value of a metric without labels in the text of /metrics; -1: it is not there.
inline double metric_in(const std::string& text, const std::string& name) {
  const auto at = ("\n" + text).find("\n" + name + " ");
  return at == std::string::npos ? -1 : std::atof(text.c_str() + at + name.size() + 1);
}

// Looks at `holds` until it does, or `deadline` is over.
template <class Condition>
bool comes_true(const Condition& holds, std::chrono::seconds deadline = std::chrono::seconds{30}) {
  const auto end = std::chrono::steady_clock::now() + deadline;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > end) return false;
  }
  return true;
}

}  // namespace dhr::testing
