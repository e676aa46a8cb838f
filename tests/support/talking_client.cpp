#include "tests/support/talking_client.hpp"

#include <cstdlib>

namespace dhr::testing {

talking_client::talking_client(std::uint16_t realtime_port, const std::string& conversation) {
  socket = std::make_unique<realtime_client>(
      io, realtime_port,
      realtime_client::callbacks{[] {},
                                 [this](std::string_view event) {
                                   events.emplace_back(event);
                                   ++count[std::string{type_of(event)}];
                                 },
                                 [this](const std::string& why) { closed = why + "."; }},
      conversation.empty() ? std::string{} : "conversation=" + conversation);
}

bool talking_client::wait_for(const std::string& type, int times, std::chrono::seconds deadline) {
  const auto end = std::chrono::steady_clock::now() + deadline;
  while (count[type] < times && closed.empty() && std::chrono::steady_clock::now() < end) {
    io.run_one_for(std::chrono::milliseconds{50});
  }
  return count[type] >= times;
}

boost::json::value talking_client::last(std::string_view type) const {
  for (auto it = events.rbegin(); it != events.rend(); ++it) {
    if (type_of(*it) == type) return boost::json::parse(*it);
  }
  return nullptr;
}

void talking_client::say(const std::string& text) {
  socket->send(user_item(text));
  socket->send(response_create);
}

bool talking_client::talk(const std::string& text, std::chrono::seconds deadline) {
  say(text);
  if (!wait_for("response.done", count["response.done"] + 1, deadline)) return false;
  return last("response.done").at("response").at("status").as_string() == "completed";
}

double metric_in(const std::string& text, const std::string& name) {
  const auto at = ("\n" + text).find("\n" + name + " ");
  return at == std::string::npos ? -1 : std::atof(text.c_str() + at + name.size() + 1);
}

}  // namespace dhr::testing
