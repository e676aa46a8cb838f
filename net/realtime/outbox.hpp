#pragma once
// What waits to be written to one client. Bounded: a client that reads too slowly is not fed for
// ever, and what an interruption made worthless is not sent. Pure; not thread-safe.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "net/realtime/outgoing.hpp"

namespace dhr::realtime {

struct outbox_limits {
  std::size_t messages_max = 256;
  std::size_t bytes_max = 8'388'608;
};

class outbox {
 public:
  explicit outbox(outbox_limits limits) noexcept : limits_{limits} {}

  // False if it would go over a bound; the message is not added then. While the outbox is half
  // full, a text delta is joined to the one before it: a burst of words is no reason to lose a
  // client.
  [[nodiscard]] bool push(outgoing message);

  [[nodiscard]] std::optional<std::string> pop();

  // Removes the media of this turn and of older ones; returns how many messages that were.
  std::size_t drop_media_through(std::uint64_t turn);

  void clear() noexcept;
  [[nodiscard]] bool half_full() const noexcept {
    return messages_.size() * 2 >= limits_.messages_max;
  }
  [[nodiscard]] std::size_t size() const noexcept { return messages_.size(); }
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }

 private:
  [[nodiscard]] bool join(const outgoing& message);

  outbox_limits limits_;
  std::deque<outgoing> messages_;
  std::size_t bytes_ = 0;
};

}  // namespace dhr::realtime
